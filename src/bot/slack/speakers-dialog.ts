/** The dialog that names speakers: who is who, with something that each of them said. Pure. */
import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Transcript, Turn } from '../../pipeline/meeting.ts';
import { MOST_NAME_CHARACTERS } from '../../pipeline/recording-options.ts';
import { formatClock, formatLength } from '../../pipeline/render/format-time.ts';
import { cut, plain } from './text.ts';

export const SPEAKERS_DIALOG = 'hansard_speakers_dialog';

const metadata = z.object({ meetingId: z.uuid(), channel: z.string() });

/** Those who speak most; the others keep their numbers. */
const MOST_SPEAKERS_SHOWN = 20;
const QUOTE_CHARACTERS = 140;

export function buildSpeakersDialog(meeting: { id: string; channel: string }, transcript: Transcript): ModalView {
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
  return {
    type: 'modal',
    callback_id: SPEAKERS_DIALOG,
    private_metadata: JSON.stringify({ meetingId: meeting.id, channel: meeting.channel }),
    title: { type: 'plain_text', text: 'Who is who' },
    submit: { type: 'plain_text', text: 'Use these names' },
    close: { type: 'plain_text', text: 'Leave it' },
    blocks,
  };
}

/** The longest turn tells most. */
function quoteOf(turns: readonly Turn[]): string {
  const [longest] = turns.toSorted((a, b) => b.text.length - a.text.length);
  if (!longest) return 'Says nothing that I could understand.';
  return `[${formatClock(longest.startMs)}] “${cut(plain(longest.text), QUOTE_CHARACTERS)}”`;
}

const viewSchema = z.looseObject({
  private_metadata: z.string().transform(text => metadata.parse(JSON.parse(text))),
  state: z.looseObject({
    values: z.record(z.string(), z.looseObject({ value: z.looseObject({ value: z.string().nullish() }) })),
  }),
});

/** @returns names by speaker id, without those that were left empty */
export function readSpeakersDialog(view: unknown): {
  meetingId: string;
  channel: string;
  names: Record<string, string>;
} {
  const { private_metadata: about, state } = viewSchema.parse(view);
  const names = Object.entries(state.values).flatMap(([id, { value }]) => {
    const name = (value.value ?? '').trim();
    return name === '' ? [] : [[id, name] as const];
  });
  return { ...about, names: Object.fromEntries(names) };
}
