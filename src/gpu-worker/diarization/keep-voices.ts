/** Which clusters are voices of their own, and which are only scraps of others. */
import { dot } from './embeddings.ts';

/** Seconds that a voice needs to be one. */
const ENOUGH_SECONDS = 2;
/** Less is enough for a voice that is unlike all others: a short remark by somebody else. */
const ODD_SECONDS = 0.8;
const ODD_BELOW = 0.25;

export interface VoiceSize {
  seconds: number;
  /** Mean of its embeddings, unit length. */
  mean: Float64Array;
}

/** Indices of the voices to keep, in their order. In a very short recording the largest voice is enough for itself. */
export function keepVoices(voices: readonly VoiceSize[]): number[] {
  const most = Math.max(...voices.map(voice => voice.seconds));
  const large = voices.filter(voice => voice.seconds >= Math.min(ENOUGH_SECONDS, 0.9 * most));
  const isOdd = (voice: VoiceSize) =>
    voice.seconds >= ODD_SECONDS && large.every(other => dot(voice.mean, other.mean) < ODD_BELOW);
  return voices.flatMap((voice, i) => (large.includes(voice) || isOdd(voice) ? [i] : []));
}

/** The `count` voices with most seconds, in their order. */
export function keepLargest(voices: readonly VoiceSize[], count: number): number[] {
  const bySeconds = voices.map((_, i) => i).sort((a, b) => voices[b]!.seconds - voices[a]!.seconds);
  return bySeconds.slice(0, count).sort((a, b) => a - b);
}

/** Voices that are long enough to be a short remark, if the user says that there are more than `keepVoices` finds. */
export function countPossible(voices: readonly VoiceSize[]): number {
  return voices.filter(voice => voice.seconds >= ODD_SECONDS).length;
}
