/** Who is heard when: the ground of talk time, overlap and interruptions. */
import type { Transcript } from '../meeting.ts';
import type { NamedSpan } from '../stages/assign-speakers.ts';

/** A shorter gap is no pause: even between speakers it is about so long (Levinson and Torreira, Front. Psychol. 6:731, 2015). */
const MIN_PAUSE_MS = 200;

/** Each voice's stretches by start time, those with no pause between joined; only voices that the transcript has. */
export function voiceStretches({ speakers, turns }: Transcript, spans: readonly NamedSpan[]): NamedSpan[] {
  const sources = spans.length > 0 ? spans : turns;
  const stretches = speakers.flatMap(({ id }) => {
    const joined: NamedSpan[] = [];
    const own = sources.filter(({ speaker }) => speaker === id).toSorted((a, b) => a.startMs - b.startMs);
    for (const { startMs, endMs } of own) {
      const last = joined.at(-1);
      if (last && startMs - last.endMs < MIN_PAUSE_MS) last.endMs = Math.max(last.endMs, endMs);
      else joined.push({ speaker: id, startMs, endMs });
    }
    return joined;
  });
  return stretches.sort((a, b) => a.startMs - b.startMs);
}

/** Stretches during which two or more of these are heard. */
export function findOverlaps(stretches: readonly NamedSpan[]): { startMs: number; endMs: number }[] {
  return sweep(stretches).filter(({ voices }) => voices > 1);
}

/** @returns how long anybody is heard, and how long two or more are */
export function countVoices(stretches: readonly NamedSpan[]): { talkMs: number; overlapMs: number } {
  let [talkMs, overlapMs] = [0, 0];
  for (const { startMs, endMs, voices } of sweep(stretches)) {
    if (voices > 0) talkMs += endMs - startMs;
    if (voices > 1) overlapMs += endMs - startMs;
  }
  return { talkMs, overlapMs };
}

/** The time between any two borders, with the number of voices in it. */
function sweep(stretches: readonly NamedSpan[]) {
  const borders = stretches
    .flatMap(({ startMs, endMs }) => [
      { atMs: startMs, change: 1 },
      { atMs: endMs, change: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs);
  const parts: { startMs: number; endMs: number; voices: number }[] = [];
  let voices = 0;
  for (const [index, { atMs, change }] of borders.entries()) {
    voices += change;
    const endMs = borders[index + 1]?.atMs ?? atMs;
    if (endMs > atMs) parts.push({ startMs: atMs, endMs, voices });
  }
  return parts;
}
