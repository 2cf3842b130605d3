/** The dialog that names speakers: who is who, with something that each of them said. Pure. */
import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Transcript, Turn } from '../../pipeline/meeting.ts';
import { MOST_NAME_CHARACTERS } from '../../pipeline/recording-options.ts';
import { formatClock, formatLength } from '../../pipeline/render/format-time.ts';
import { buildDialog, type DialogMeeting, dialogMeeting } from './dialog.ts';
import { cut, plain } from './text.ts';

export const SPEAKERS_DIALOG = 'hansard_speakers_dialog';

/** Those who speak most; the others keep their numbers. */
const MOST_SPEAKERS_SHOWN = 20;
const QUOTE_CHARACTERS = 140;

export function buildSpeakersDialog(meeting: DialogMeeting, transcript: Transcript): ModalView {
  const shown = transcript.speakers.toSorted((a, b) => b.speechMs - a.speechMs).slice(0, MOST_SPEAKERS_SHOWN);
  const blocks: KnownBlock[] = shown
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, label, speechMs }) => ({
      type: 'input',
      block_id: id,
      optional: true,
      label: { type: 'plain_text', text: `${id}, ${formatLength(speechMs)}` },
      hint: { type: 'plain_text', text: quoteOf(transcript.turns.filter(({ speaker }) => speaker === id)) },
      element: {
        type: 'plain_text_input',
        action_id: 'value',
        max_length: MOST_NAME_CHARACTERS,
        ...(label !== id && { initial_value: label }),
      },
    }));
  return buildDialog(SPEAKERS_DIALOG, meeting, { title: 'Who is who', submit: 'Use these names', blocks });
}

/** The longest turn tells most. */
function quoteOf(turns: readonly Turn[]): string {
  const [longest] = turns.toSorted((a, b) => b.text.length - a.text.length);
  if (!longest) return 'Says nothing that I could understand.';
  return `[${formatClock(longest.startMs)}] “${cut(plain(longest.text), QUOTE_CHARACTERS)}”`;
}

const viewSchema = z.looseObject({
  private_metadata: dialogMeeting,
  state: z.looseObject({
    values: z.record(z.string(), z.looseObject({ value: z.looseObject({ value: z.string().nullish() }) })),
  }),
});

/** @returns names by speaker id, without those that were left empty */
export function readSpeakersDialog(view: unknown): { meeting: DialogMeeting; names: Record<string, string> } {
  const { private_metadata: meeting, state } = viewSchema.parse(view);
  const names = Object.entries(state.values).flatMap(([id, { value }]) => {
    const name = (value.value ?? '').trim();
    return name === '' ? [] : [[id, name] as const];
  });
  return { meeting, names: Object.fromEntries(names) };
}
