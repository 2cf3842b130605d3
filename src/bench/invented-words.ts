/** Words where the truth has nobody speaking: what a recogniser makes up from silence, noise and music. */
import type { TimedWord } from './word-times.ts';

/** Words are this much beside their place with the slowest of the peers (models.md §1, 90th percentile). */
const TOLERANCE_MS = 250;

/** How many words lie wholly outside speech, widened by a tolerance; all of them when there is none. */
export function countInventedWords(
  words: readonly TimedWord[],
  speech: readonly { startMs: number; endMs: number }[],
): number {
  return words.filter(
    word =>
      !speech.some(({ startMs, endMs }) => word.endMs > startMs - TOLERANCE_MS && word.startMs < endMs + TOLERANCE_MS),
  ).length;
}
