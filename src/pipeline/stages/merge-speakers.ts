/** Makes one speaker of several, where people say that they are one person. */
import type { Transcript, Turn } from '../meeting.ts';
import { cutTurns } from './cut-turns.ts';

type Merges = Readonly<Record<string, string>>;

/**
 * The turns are cut anew, since those of one person may now stand side by side; the others keep their ids.
 * @param merges from the speaker that goes to the one that stays; chains are followed, circles and unknown ids left alone
 */
export function mergeSpeakers(transcript: Transcript, merges: Merges = {}): Transcript {
  const ids = new Set(transcript.speakers.map(({ id }) => id));
  const into = new Map([...ids].map(id => [id, findLast(id, merges, ids)]));
  if ([...into].every(([from, to]) => from === to)) return transcript;
  const stays = (id: string) => into.get(id) ?? id;
  // in the order of the turns: people who talk at once are not to be cut word by word
  const words = transcript.turns.flatMap(turn => turn.words.map(word => ({ ...word, speaker: stays(word.speaker) })));
  const overlapping = transcript.turns.filter(({ overlap }) => overlap);
  const touches = (turn: Turn) => (other: Turn) => other.startMs < turn.endMs && other.endMs > turn.startMs;
  const turns = cutTurns(words).map(turn => ({ ...turn, overlap: overlapping.some(touches(turn)) }));
  const speakers = transcript.speakers
    .filter(({ id }) => stays(id) === id)
    .map(speaker => ({
      ...speaker,
      speechMs: transcript.speakers
        .filter(({ id }) => stays(id) === speaker.id)
        .reduce((sum, { speechMs }) => sum + speechMs, 0),
    }));
  return { ...transcript, speakers, turns };
}

/** The same for the diarizer's spans. */
export function mergeSpans<S extends { speaker: string }>(spans: readonly S[], merges: Merges = {}): S[] {
  const ids = new Set(spans.map(({ speaker }) => speaker));
  return spans.map(span => ({ ...span, speaker: findLast(span.speaker, merges, ids) }));
}

function findLast(id: string, merges: Merges, ids: ReadonlySet<string>): string {
  const seen = new Set<string>();
  let last = id;
  while (!seen.has(last)) {
    seen.add(last);
    const next = Object.hasOwn(merges, last) ? merges[last] : undefined;
    if (next === undefined || !ids.has(next)) return last;
    last = next;
  }
  return id; // in a circle nobody stays
}
