/**
 * Says which of the voices of a meeting are people who agreed to be recognised. The score is the cosine of two CAM++
 * embeddings; whom else the workspace knows is the cohort that it is measured against: the best has to lead the second.
 * Normalising by the mean and deviation of a cohort (AS-norm, Matějka et al., Interspeech 2017) was tried with 60 background
 * voices and with 300 drawn from their distribution; here it made more misses, see bench/RESULTS.md.
 */
import type { SpeakerSpan } from '../meeting.ts';
import type { VoiceMatch } from '../store/speakers.ts';
import type { VoiceReference } from '../store/voiceprints.ts';
import { cosine, type VoiceVector } from './voice-vector.ts';

/** One voice of a meeting, for as long as the job lasts. */
export interface HeardVoice {
  /** The diarizer's number. */
  voice: number;
  vector: VoiceVector;
  /** Of speech in which it is alone, that the vector was made of. */
  seconds: number;
  /** It came over a telephone, and is compared with what telephones let through of the others. */
  isNarrow: boolean;
}

/**
 * Chosen on one half of the voices of `hansard bench --voices` (bench/RESULTS.md): `automatic` lies 0.05 above the highest score
 * of two people there. `suggested` is what a voice still reaches in noise, and on another day with another microphone. Noise lowers
 * the score, so that what it leaves is suggested rather than set; in the band of a telephone all voices are more alike.
 */
export const VOICE_THRESHOLDS = { automatic: 0.75, suggested: 0.5 } as const;
export const NARROW_THRESHOLDS = { automatic: 0.78, suggested: 0.5 } as const;
/** How far the best must lead the second. */
export const LEAST_LEAD = 0.08;
/** Less speech says too little. */
export const LEAST_SECONDS = 3;
/** Two voices that are heard at once for longer than this are two people. */
const TOGETHER_MS = 500;

/** From score to confidence: even so much below `automatic`, where the two strangers of the bench who sound most alike come; 0.9 there. */
const EVEN_BELOW = 0.1;
const STEEPNESS = Math.log(9) / EVEN_BELOW;

/**
 * @param spans of the diarizer: nobody speaks at the same time as themselves
 * @returns by voice; voices that are nobody's are left out
 */
export function matchVoices(
  heard: readonly HeardVoice[],
  references: readonly VoiceReference[],
  spans: readonly SpeakerSpan[] = [],
): VoiceMatch[] {
  const found = heard.flatMap(voice => findPerson(voice, references) ?? []).toSorted((a, b) => b.score - a.score);
  const taken: Scored[] = [];
  for (const match of found)
    if (!taken.some(other => other.personId === match.personId && areTogether(other.voice, match.voice, spans)))
      taken.push(match);
  return taken
    .toSorted((a, b) => a.voice - b.voice)
    .map(({ voice, personId, score, isNarrow, isAhead }) => ({
      voice,
      personId,
      decision: score >= thresholdsOf({ isNarrow }).automatic && isAhead ? 'automatic' : 'suggested',
      confidence: confidenceOf(score, isNarrow),
    }));
}

/** 0..1, two decimals: more would be a measurement of the voice. */
export function confidenceOf(score: number, isNarrow = false): number {
  const evenAt = thresholdsOf({ isNarrow }).automatic - EVEN_BELOW;
  const confidence = 1 / (1 + Math.exp(-STEEPNESS * (score - evenAt)));
  return Math.round(confidence * 100) / 100;
}

function thresholdsOf({ isNarrow }: Pick<HeardVoice, 'isNarrow'>): { automatic: number; suggested: number } {
  return isNarrow ? NARROW_THRESHOLDS : VOICE_THRESHOLDS;
}

/** Undefined for somebody of whom there is nothing to compare with. */
export function scoreOf({ vector, isNarrow }: Pick<HeardVoice, 'vector' | 'isNarrow'>, known: VoiceReference) {
  const own = isNarrow ? known.narrow : known.vector;
  return own && cosine(vector, own);
}

interface Scored extends Pick<HeardVoice, 'voice' | 'isNarrow'> {
  personId: string;
  score: number;
  isAhead: boolean;
}

function findPerson(heard: HeardVoice, references: readonly VoiceReference[]): Scored | undefined {
  if (heard.seconds < LEAST_SECONDS) return undefined;
  const { voice, isNarrow } = heard;
  let best: Scored | undefined;
  let second = -1;
  for (const known of references) {
    const score = scoreOf(heard, known);
    if (score === undefined) continue;
    if (!best || score > best.score) {
      second = best?.score ?? second;
      best = { voice, isNarrow, personId: known.personId, score, isAhead: true };
    } else if (score > second) second = score;
  }
  if (!best || best.score < thresholdsOf(heard).suggested) return undefined;
  return { ...best, isAhead: best.score - second >= LEAST_LEAD };
}

function areTogether(one: number, other: number, spans: readonly SpeakerSpan[]): boolean {
  const [mine, theirs] = [one, other].map(voice => spans.filter(({ speaker }) => speaker === voice));
  let togetherMs = 0;
  for (const a of mine ?? [])
    for (const b of theirs ?? [])
      togetherMs += Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs));
  return togetherMs > TOGETHER_MS;
}
