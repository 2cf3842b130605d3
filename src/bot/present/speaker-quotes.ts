/** What helps people to tell who a speaker is: something that each of them said. Pure. */
import type { NameSuggestion } from '../../pipeline/files.ts';
import type { Speaker, Transcript, Turn } from '../../pipeline/meeting.ts';
import { suggestionsFor } from '../../pipeline/minutes/suggest-names.ts';
import { MOST_NAME_CHARACTERS } from '../../pipeline/recording-options.ts';
import { formatClock } from '../../pipeline/render/format-time.ts';
import type { SpeakerName } from '../../pipeline/summary.ts';
import type { Piece } from '../message.ts';
import { cut, plain } from '../text.ts';

/** Those who speak most; the others keep their numbers. */
const MOST_SPEAKERS_SHOWN = 20;
const QUOTE_CHARACTERS = 140;

/** In the order of their ids. */
export function speakersShown({ speakers }: Transcript): Speaker[] {
  return speakers
    .toSorted((a, b) => b.speechMs - a.speechMs)
    .slice(0, MOST_SPEAKERS_SHOWN)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What one says, and who that may be: a name is never set by itself. @param read names that a language model read */
export function hintsOf(id: string, transcript: Transcript, read: readonly SpeakerName[]): Piece[] {
  const [likeliest] = suggestionsFor(id, transcript, read);
  const quote = quoteOf(transcript.turns.filter(({ speaker }) => speaker === id));
  return [{ text: quote }, ...(likeliest ? [{ text: ` ${sentenceOf(likeliest)}`, style: 'italic' as const }] : [])];
}

function sentenceOf({ name, evidence }: NameSuggestion): string {
  const who = `Perhaps ${cut(plain(name), MOST_NAME_CHARACTERS)}`;
  return evidence ? `${who}: “${cut(plain(evidence.quote), QUOTE_CHARACTERS)}”` : `${who}, by the voice.`;
}

/** The longest turn tells most. */
export function quoteOf(turns: readonly Turn[]): string {
  const [longest] = turns.toSorted((a, b) => b.text.length - a.text.length);
  if (!longest) return 'says nothing that I could understand.';
  return `[${formatClock(longest.startMs)}] “${cut(plain(longest.text), QUOTE_CHARACTERS)}”`;
}
