/** What buttons, menus and dialogs carry: what to do, and an opaque id of what. They outlive us, and anybody can forge them. */
import { HansardError } from '../../errors.ts';
import { LIMITS } from './limits.ts';

export interface CustomId {
  action: string;
  value: string;
}

/** Before an action: it asks first whether that is meant. */
export const ASK_FIRST = 'ask.';
/** In the place of a choice: the menu is opened. */
export const MENU = 'menu';

/** @throws HansardError `platform_refused` when it is longer than Discord takes */
export function formatCustomId(action: string, value: string): string {
  const id = `${action}:${value}`;
  if (id.length > LIMITS.customId) throw new HansardError('platform_refused', `a custom id of ${id.length} characters`);
  return id;
}

/** Whatever it is: what is not ours names an action that nobody hears. */
export function parseCustomId(id: string): CustomId {
  const colon = id.indexOf(':');
  return colon === -1 ? { action: id, value: '' } : { action: id.slice(0, colon), value: id.slice(colon + 1) };
}
