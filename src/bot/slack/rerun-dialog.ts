/** The dialog of Re-run: what people may choose anew. Pure. */
import type { ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import { MOST_SPEAKERS, parseSpeakerRange, type RecordingOptions } from '../../pipeline/recording-options.ts';

export const RERUN_DIALOG = 'hansard_rerun_dialog';

const metadata = z.object({ meetingId: z.uuid(), channel: z.string() });

const summarizers: Record<RecordingOptions['summarizer'], string> = {
  auto: 'by the language model where there is one',
  ollama: 'by the language model',
  extractive: 'by rules',
};

const option = (value: string): PlainTextOption => ({
  value,
  text: { type: 'plain_text', text: summarizers[value as RecordingOptions['summarizer']] },
});

export function buildRerunDialog(meeting: {
  id: string;
  channel: string;
  options: Record<string, unknown>;
}): ModalView {
  const summarizer = String(meeting.options.summarizer ?? 'auto');
  return {
    type: 'modal',
    callback_id: RERUN_DIALOG,
    private_metadata: JSON.stringify({ meetingId: meeting.id, channel: meeting.channel }),
    title: { type: 'plain_text', text: 'Run it again' },
    submit: { type: 'plain_text', text: 'Run' },
    close: { type: 'plain_text', text: 'Leave it' },
    blocks: [
      {
        type: 'input',
        block_id: 'speakers',
        optional: true,
        label: { type: 'plain_text', text: 'How many people speak' },
        hint: { type: 'plain_text', text: 'A number such as 4, or a range such as 2-6. Empty: I find out.' },
        element: { type: 'plain_text_input', action_id: 'value', max_length: 5 },
      },
      {
        type: 'input',
        block_id: 'summarizer',
        label: { type: 'plain_text', text: 'The summary is written' },
        element: {
          type: 'static_select',
          action_id: 'value',
          options: Object.keys(summarizers).map(option),
          initial_option: option(summarizer in summarizers ? summarizer : 'auto'),
        },
      },
    ],
  };
}

const viewSchema = z.looseObject({
  private_metadata: z.string().transform(text => metadata.parse(JSON.parse(text))),
  state: z.looseObject({
    values: z.looseObject({
      speakers: z.looseObject({ value: z.looseObject({ value: z.string().nullish() }) }),
      summarizer: z.looseObject({
        value: z.looseObject({ selected_option: z.looseObject({ value: z.enum(['auto', 'ollama', 'extractive']) }) }),
      }),
    }),
  }),
});

export type RerunWish =
  | { meetingId: string; channel: string; changes: { minSpeakers: number; maxSpeakers: number; summarizer: string } }
  /** What is wrong, by the block that it stands in. */
  | { errors: Record<string, string> };

export function readRerunDialog(view: unknown): RerunWish {
  const { private_metadata: about, state } = viewSchema.parse(view);
  const text = state.values.speakers.value.value?.trim() ?? '';
  const range = text === '' ? { minSpeakers: 0, maxSpeakers: MOST_SPEAKERS } : parseSpeakerRange(text);
  if (!range) return { errors: { speakers: `A number from 1 to ${MOST_SPEAKERS}, or a range such as 2-6.` } };
  return { ...about, changes: { ...range, summarizer: state.values.summarizer.value.selected_option.value } };
}
