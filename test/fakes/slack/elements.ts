/** What people do with the elements of messages and views, in the form in which Slack tells the app. */

export interface Option {
  value: string;
  text: unknown;
  description?: unknown;
}

export interface Element {
  type: string;
  action_id?: string;
  value?: string;
  text?: unknown;
  options?: Option[];
  option_groups?: { options: Option[] }[];
  max_length?: number;
  min_length?: number;
  [initial: string]: unknown;
}

export interface Block {
  type: string;
  block_id?: string;
  child_blocks?: Block[];
  elements?: Element[];
  accessory?: Element;
  element?: Element;
  actions?: Element[];
  optional?: boolean;
}

/** A value, or several; null: nothing is chosen. */
export type Chosen = string | readonly string[] | null;
export type StateValues = Record<string, Record<string, Record<string, unknown>>>;

/** Slack gives names to the blocks and elements that have none. */
export function nameAll(blocks: readonly unknown[], prefix = 'b'): Block[] {
  return (blocks as Block[]).map((block, index) => {
    const id = block.block_id ?? `${prefix}${index}`;
    const named: Block = { ...block, block_id: id };
    const name = (element: Element, at: number) =>
      isInteractive(element) ? { ...element, action_id: element.action_id ?? `${id}.${at}` } : element;
    if (block.child_blocks) named.child_blocks = nameAll(block.child_blocks, `${id}.`);
    if (block.elements && block.type !== 'rich_text') named.elements = block.elements.map(name);
    if (block.accessory) named.accessory = name(block.accessory, 0);
    if (block.element) named.element = name(block.element, 0);
    return named;
  });
}

const isInteractive = ({ type }: Element) => !['image', 'plain_text', 'mrkdwn'].includes(type);

export interface Place {
  blockId: string;
  block: Block;
  element: Element;
}

export function placesOf(blocks: readonly Block[]): Place[] {
  return blocks.flatMap(block => {
    const elements = block.type === 'rich_text' ? [] : (block.elements ?? []);
    const own = [...elements, block.accessory, block.element, ...(block.actions ?? [])]
      .filter(element => element !== undefined)
      .map(element => ({ blockId: block.block_id ?? '', block, element }));
    return [...own, ...placesOf(block.child_blocks ?? [])];
  });
}

/** @throws Error when nobody could press it: it is not there */
export function findPlace(blocks: readonly Block[], action: string, blockId?: string): Place {
  const found = placesOf(blocks).find(
    place => place.element.action_id === action && (blockId === undefined || place.blockId === blockId),
  );
  if (!found) throw new Error(`there is nothing called ${action}: ${JSON.stringify(blocks)}`);
  return found;
}

/** How each kind is named in `state` and in an action. */
const SELECTED: Record<string, string> = {
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  multi_users_select: 'selected_users',
  multi_conversations_select: 'selected_conversations',
  multi_channels_select: 'selected_channels',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
};
const INPUTS = ['plain_text_input', 'email_text_input', 'url_text_input', 'number_input'];
const ONE_OF = ['static_select', 'external_select', 'radio_buttons', 'overflow'];
const SOME_OF = ['checkboxes', 'multi_static_select', 'multi_external_select'];
const STATELESS = ['button', 'workflow_button', 'overflow', 'feedback_buttons', 'icon_button', 'image'];

/** What an element holds, by what was chosen or else by what it began with. @throws Error when that cannot be chosen */
export function holdOf(element: Element, chosen?: Chosen): Record<string, unknown> {
  const { type } = element;
  if (INPUTS.includes(type)) return { type, value: holdText(element, chosen) };
  if (ONE_OF.includes(type)) {
    const one = typeof chosen === 'string' ? offered(element, chosen) : null;
    return { type, selected_option: chosen === undefined ? (element.initial_option ?? null) : one };
  }
  if (SOME_OF.includes(type)) {
    const some = listOf(chosen).map(value => offered(element, value));
    return { type, selected_options: chosen === undefined ? (element.initial_options ?? []) : some };
  }
  const key = SELECTED[type];
  if (key === undefined) return { type };
  const initial = element[key.replace('selected', 'initial')];
  if (key.endsWith('s')) return { type, [key]: chosen === undefined ? (initial ?? []) : listOf(chosen) };
  const one = key === 'selected_date_time' && chosen ? Number(chosen) : chosen;
  return { type, [key]: chosen === undefined ? (initial ?? null) : one };
}

function holdText({ initial_value: initial, max_length: most = 3_000 }: Element, chosen: Chosen | undefined) {
  const text = (chosen === undefined ? initial : chosen) || null;
  if (typeof text === 'string' && text.length > most) throw new Error(`nobody can type more than ${most} characters`);
  return text;
}

const listOf = (chosen: Chosen | undefined): readonly string[] =>
  chosen === undefined || chosen === null ? [] : typeof chosen === 'string' ? [chosen] : chosen;

function offered({ type, options, option_groups: groups = [] }: Element, value: string): Option {
  if (type.includes('external')) return { value, text: { type: 'plain_text', text: value } };
  const all = options ?? groups.flatMap(group => group.options);
  const found = all.find(option => option.value === value);
  if (!found) throw new Error(`there is no choice ${value}, only ${all.map(option => option.value).join(', ')}`);
  return found;
}

/** `state.values`: of everything that holds something. @param before what people had chosen already */
export function stateOf(blocks: readonly Block[], before: StateValues = {}): StateValues {
  const values: StateValues = {};
  for (const { blockId, element } of placesOf(blocks)) {
    const { action_id: action } = element;
    if (action === undefined || STATELESS.includes(element.type)) continue;
    const held = before[blockId]?.[action] ?? holdOf(element);
    values[blockId] = { ...values[blockId], [action]: held };
  }
  return values;
}

/** `actions[0]` of `block_actions`. */
export function actionOf({ element, blockId }: Place, chosen: Chosen | undefined, ts: string): Record<string, unknown> {
  const { type, action_id: id, value, text } = element;
  const common = { type, action_id: id, block_id: blockId, action_ts: ts };
  if (type === 'button') return { ...common, text, ...(value !== undefined && { value }) };
  if (STATELESS.includes(type) && type !== 'overflow') return { ...common, value: chosen ?? value };
  if (chosen === undefined) throw new Error(`what is chosen of ${id}?`);
  return { ...common, ...holdOf(element, chosen) };
}

export function isEmpty(held: Record<string, unknown>): boolean {
  return Object.entries(held).every(
    ([key, value]) => key === 'type' || value === null || (Array.isArray(value) && value.length === 0),
  );
}
