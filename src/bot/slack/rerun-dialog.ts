/** The dialog of Re-run: what people may choose anew. Pure. */
import type { ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import {
  MOST_SPEAKERS,
  parseSpeakerRange,
  type RecordingOptions,
  type SpeakerRange,
} from '../../pipeline/recording-options.ts';
import { buildDialog, type DialogMeeting, dialogMeeting } from './dialog.ts';

export const RERUN_DIALOG = 'hansard_rerun_dialog';

const summarizers: Record<RecordingOptions['summarizer'], string> = {
  auto: 'by the language model where there is one',
  ollama: 'by the language model',
  extractive: 'by rules',
};

const option = (value: string): PlainTextOption => ({
  value,
  text: { type: 'plain_text', text: summarizers[value as RecordingOptions['summarizer']] },
});

export function buildRerunDialog(meeting: DialogMeeting & { options: Record<string, unknown> }): ModalView {
  const summarizer = String(meeting.options.summarizer ?? 'auto');
  const range = presentRange(meeting.options);
  return buildDialog(RERUN_DIALOG, meeting, {
    title: 'Run it again',
    submit: 'Run',
    blocks: [
      {
        type: 'input',
        block_id: 'speakers',
        optional: true,
        label: { type: 'plain_text', text: 'How many people speak' },
        hint: { type: 'plain_text', text: 'A number such as 4, or a range such as 2-6. Empty: I find out.' },
        element: {
          type: 'plain_text_input',
          action_id: 'value',
          max_length: 5,
          ...(range && { initial_value: range }),
        },
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
  });
}

/** As it was chosen before; '' when it was not. */
function presentRange({ minSpeakers, maxSpeakers }: Record<string, unknown>): string {
  if (!minSpeakers) return '';
  return minSpeakers === maxSpeakers ? `${minSpeakers}` : `${minSpeakers}-${maxSpeakers}`;
}

const viewSchema = z.looseObject({
  private_metadata: dialogMeeting,
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
  | { meeting: DialogMeeting; changes: SpeakerRange & Pick<RecordingOptions, 'summarizer'> }
  /** What is wrong, by the block that it stands in. */
  | { errors: Record<string, string> };

export function readRerunDialog(view: unknown): RerunWish {
  const { private_metadata: meeting, state } = viewSchema.parse(view);
  const text = state.values.speakers.value.value?.trim() ?? '';
  const range = text === '' ? { minSpeakers: 0, maxSpeakers: MOST_SPEAKERS } : parseSpeakerRange(text);
  if (!range) return { errors: { speakers: `A number from 1 to ${MOST_SPEAKERS}, or a range such as 2-6.` } };
  return { meeting, changes: { ...range, summarizer: state.values.summarizer.value.selected_option.value } };
}
