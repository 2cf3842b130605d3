/**
 * Interruptions, by overlap alone: what was meant is not looked at. After West and Zimmerman (1983; as Okamoto, Rashotte
 * and Smith-Lovin put it, Social Psychology Quarterly 65, 2002) somebody interrupts who begins more than two syllables
 * before the end of what another says. Here the one who began must also go on, and
 * be heard when the other has stopped, so that neither "mhm" nor a failed attempt counts.
 */
import type { NamedSpan } from '../stages/assign-speakers.ts';

/** Two syllables at about four a second; the edges of a diarizer's spans are within that. */
const TWO_SYLLABLES_MS = 500;
/** Shorter speech is mostly a sign of listening: "mhm", "yes, right". */
const MIN_SPEECH_MS = 1_000;

export interface Interruption {
  atMs: number;
  by: string;
  of: string;
}

/** @param stretches by start time */
export function findInterruptions(stretches: readonly NamedSpan[]): Interruption[] {
  const found: Interruption[] = [];
  let speaking: NamedSpan[] = [];
  for (const stretch of stretches) {
    const { speaker: by, startMs: atMs, endMs } = stretch;
    speaking = speaking.filter(other => other.endMs > atMs);
    if (endMs - atMs >= MIN_SPEECH_MS) {
      const cutOff = speaking.find(
        other =>
          other.speaker !== by &&
          atMs - other.startMs >= TWO_SYLLABLES_MS &&
          other.endMs - atMs >= TWO_SYLLABLES_MS &&
          other.endMs < endMs,
      );
      if (cutOff) found.push({ atMs, by, of: cutOff.speaker });
    }
    speaking.push(stretch);
  }
  return found;
}
