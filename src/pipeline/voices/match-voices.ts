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
}

/**
 * From `hansard bench --voices` (bench/RESULTS.md): from 0.69 on at most 0.1 % of others are accepted in clean sound, and none
 * from 0.70 on in any; near `suggested` misses and false accepts are about equal in noise. Noise and narrow bands lower the
 * score, so that what they leave is suggested rather than set.
 */
export const VOICE_THRESHOLDS = { automatic: 0.75, suggested: 0.5 } as const;
/** How far the best must lead the second. */
export const LEAST_LEAD = 0.08;
/** Less speech says too little. */
export const LEAST_SECONDS = 3;
/** Two voices that are heard at once for longer than this are two people. */
const TOGETHER_MS = 500;

/** From score to confidence: even here, where the two strangers of the bench who sound most alike come (0.69); 0.9 at `automatic`. */
const EVEN_AT = 0.65;
const STEEPNESS = Math.log(9) / (VOICE_THRESHOLDS.automatic - EVEN_AT);

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
    .map(({ voice, personId, score, isAhead }) => ({
      voice,
      personId,
      decision: score >= VOICE_THRESHOLDS.automatic && isAhead ? 'automatic' : 'suggested',
      confidence: confidenceOf(score),
    }));
}

/** 0..1, two decimals: more would be a measurement of the voice. */
export function confidenceOf(score: number): number {
  const confidence = 1 / (1 + Math.exp(-STEEPNESS * (score - EVEN_AT)));
  return Math.round(confidence * 100) / 100;
}

interface Scored {
  voice: number;
  personId: string;
  score: number;
  isAhead: boolean;
}

function findPerson({ voice, vector, seconds }: HeardVoice, references: readonly VoiceReference[]): Scored | undefined {
  if (seconds < LEAST_SECONDS) return undefined;
  let best: Scored | undefined;
  let second = -1;
  for (const { personId, vector: known } of references) {
    const score = cosine(vector, known);
    if (!best || score > best.score) {
      second = best?.score ?? second;
      best = { voice, personId, score, isAhead: true };
    } else if (score > second) second = score;
  }
  if (!best || best.score < VOICE_THRESHOLDS.suggested) return undefined;
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
