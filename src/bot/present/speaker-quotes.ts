/** What helps people to tell who a speaker is: something that each of them said. Pure. */
import type { Speaker, Transcript, Turn } from '../../pipeline/meeting.ts';
import { formatClock } from '../../pipeline/render/format-time.ts';
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

/** The longest turn tells most. */
export function quoteOf(turns: readonly Turn[]): string {
  const [longest] = turns.toSorted((a, b) => b.text.length - a.text.length);
  if (!longest) return 'says nothing that I could understand.';
  return `[${formatClock(longest.startMs)}] “${cut(plain(longest.text), QUOTE_CHARACTERS)}”`;
}
