/** Which clusters are voices of their own, and which are only scraps of others. */
import { dot } from './embeddings.ts';

/** Seconds that a voice needs to be one; less is enough for one that is unlike all others: a short remark by somebody. */
const ENOUGH_SECONDS = 2;
const ODD_SECONDS = 0.8;
const ODD_BELOW = 0.25;
/**
 * The longer a recording, the more laughter, coughs and half words gather into clusters: shares of all speech that count
 * where they are more than the seconds above. Without them the 62 minutes of `long` had 16 voices instead of 6.
 */
const ENOUGH_SHARE = 0.004;
const ODD_SHARE = 0.001;

export interface VoiceSize {
  seconds: number;
  /** Mean of its embeddings, unit length. */
  mean: Float64Array;
}

/** Indices of the voices to keep, in their order. In a very short recording the largest voice is enough for itself. */
export function keepVoices(voices: readonly VoiceSize[]): number[] {
  const most = Math.max(...voices.map(voice => voice.seconds));
  const total = voices.reduce((sum, voice) => sum + voice.seconds, 0);
  const enough = Math.min(Math.max(ENOUGH_SECONDS, ENOUGH_SHARE * total), 0.9 * most);
  const oddEnough = Math.max(ODD_SECONDS, ODD_SHARE * total);
  const large = voices.filter(voice => voice.seconds >= enough);
  const isOdd = (voice: VoiceSize) =>
    voice.seconds >= oddEnough && large.every(other => dot(voice.mean, other.mean) < ODD_BELOW);
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
