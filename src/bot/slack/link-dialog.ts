/** The dialog of the global shortcut: a link to a recording, and the channel for its minutes. Pure. */
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { paragraph } from '../message.ts';
import { asBlocks } from './blocks.ts';
import { dialogAnswers, textField } from './dialog.ts';

export const LINK_DIALOG = 'hansard_link_dialog';

const MOST_LINK_CHARACTERS = 2_000;

/** @param refusal why there is nothing to fill in */
export function buildLinkDialog(refusal?: string): ModalView {
  const title = { type: 'plain_text' as const, text: 'Meeting from a link' };
  const close = { type: 'plain_text' as const, text: 'Close' };
  if (refusal)
    return { type: 'modal', callback_id: LINK_DIALOG, title, close, blocks: asBlocks([paragraph({ text: refusal })]) };
  return {
    type: 'modal',
    callback_id: LINK_DIALOG,
    title,
    close,
    submit: { type: 'plain_text', text: 'Write the minutes' },
    blocks: [
      textField(
        { block: 'link', label: 'Link to the recording', hint: 'https, and to the file itself, not to a page.' },
        { most: MOST_LINK_CHARACTERS },
      ),
      {
        type: 'input',
        block_id: 'channel',
        label: { type: 'plain_text', text: 'Channel for the minutes' },
        element: {
          type: 'conversations_select',
          action_id: 'value',
          default_to_current_conversation: true,
          filter: { include: ['public', 'private'], exclude_bot_users: true },
        },
      },
    ],
  };
}

const channelAnswer = z.looseObject({
  state: z.looseObject({
    values: z.looseObject({
      channel: z.looseObject({ value: z.looseObject({ selected_conversation: z.string() }) }),
    }),
  }),
});

export function readLinkDialog(view: unknown): { link: string; channel: string } {
  const { values } = dialogAnswers.omit({ private_metadata: true }).parse(view).state;
  const channel = channelAnswer.parse(view).state.values.channel.value.selected_conversation;
  return { link: values.link?.value ?? '', channel };
}
