/** The longest time that one speaker has the floor. */
import type { Span, Turn } from '../meeting.ts';

/** A listener's "right, right" ends no monologue; see find-interruptions.ts for the length. */
const SHORT_TURN_MS = 1_000;
/** After a longer silence it is another one: people read, wait, or share a screen. */
const LONG_PAUSE_MS = 5_000;

/** @param turns of all speakers, in time order; null when the speaker has none */
export function findLongestMonologue(speaker: string, turns: readonly Turn[]): Span | null {
  let longest: Span | null = null;
  let current: Span | null = null;
  for (const turn of turns) {
    if (turn.speaker !== speaker) {
      if (turn.endMs - turn.startMs >= SHORT_TURN_MS) current = null;
      continue;
    }
    const goesOn: boolean = current !== null && turn.startMs - current.endMs < LONG_PAUSE_MS;
    current = { startMs: goesOn && current ? current.startMs : turn.startMs, endMs: turn.endMs };
    if (!longest || current.endMs - current.startMs > longest.endMs - longest.startMs) longest = current;
  }
  return longest;
}
