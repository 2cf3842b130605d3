/** What our dialogs have in common: a few inputs about one meeting. */
import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';

export interface DialogMeeting {
  id: string;
  channel: string;
}

export function buildDialog(
  callbackId: string,
  { id, channel }: DialogMeeting,
  { title, submit, blocks }: { title: string; submit: string; blocks: KnownBlock[] },
): ModalView {
  const text = (shown: string) => ({ type: 'plain_text' as const, text: shown });
  return {
    type: 'modal',
    callback_id: callbackId,
    private_metadata: JSON.stringify({ id, channel } satisfies DialogMeeting),
    title: text(title),
    submit: text(submit),
    close: text('Leave it'),
    blocks,
  };
}

/** Reads back of which meeting a dialog was. */
export const dialogMeeting = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.object({ id: z.uuid(), channel: z.string() }));
