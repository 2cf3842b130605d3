/** Whether a sample is fit to learn a voice from: one voice, enough of it, loud enough, nothing beside it. */
import { HansardError } from '../../errors.ts';
import type { SpeakerSpan } from '../../pipeline/meeting.ts';
import { LEAST_LEARNED_SECONDS, soloSpans } from '../../pipeline/voices/solo-spans.ts';

export interface Sample {
  /** Loudness of each 100 ms, in dB below full scale (0 is the loudest there is). */
  levelsDb: readonly number[];
  /** Of the diarizer. */
  spans: readonly SpeakerSpan[];
}

export const LEVEL_MS = 100;
/** A cough or a backchannel of somebody else is no second voice. */
const OTHER_SECONDS = 1.5;
const OTHER_SHARE = 0.08;
/** Of the louder half of the speech. */
const LEAST_LEVEL_DB = -45;
/** Speech has pauses: between its loud and its quiet moments lie 25 dB and more; with music or noise beneath, less. */
const LEAST_RANGE_DB = 14;
/** Sound beside the speech that is nearly as loud as the speech, for so long. */
const LOUD_BESIDE_DB = 12;
const BESIDE_SECONDS = 2;

/**
 * @returns the number of the voice to learn
 * @throws HansardError `voice_too_quiet`, `voice_too_short`, `voice_mixed`, `voice_too_noisy`
 */
export function assessSample({ levelsDb, spans }: Sample): number {
  const { speech, beside } = divide({ levelsDb, spans });
  const speechDb = percentile(speech, 0.75);
  const loudestDb = percentile(
    levelsDb.toSorted((a, b) => a - b),
    0.95,
  );
  if (loudestDb < LEAST_LEVEL_DB) throw new HansardError('voice_too_quiet', `${Math.round(loudestDb)} dB`);
  const voices = [...new Set(spans.map(({ speaker }) => speaker))]
    .map(voice => ({ voice, seconds: secondsOf(spans.filter(({ speaker }) => speaker === voice)) }))
    .toSorted((a, b) => b.seconds - a.seconds);
  const [main, other] = voices;
  if (!main) throw new HansardError('voice_too_short', 'no speech was found');
  assertLoud(speechDb);
  if (other && other.seconds > Math.max(OTHER_SECONDS, OTHER_SHARE * main.seconds))
    throw new HansardError('voice_mixed', `${other.seconds.toFixed(1)} s of another voice`);
  const besideSeconds = (beside.filter(level => level > speechDb - LOUD_BESIDE_DB).length * LEVEL_MS) / 1000;
  if (besideSeconds > BESIDE_SECONDS)
    throw new HansardError('voice_too_noisy', `${besideSeconds.toFixed(1)} s of sound beside the voice`);
  assertEnough(spans, main.voice);
  assertClean(speech);
  return main.voice;
}

/**
 * The same of one voice among others, whose stretches are known.
 * @param sample its `spans` alone are looked at
 * @throws HansardError `voice_too_quiet`, `voice_too_short`, `voice_too_noisy`
 */
export function assessVoice(sample: Sample, voice: number): void {
  const { speech } = divide(sample);
  assertEnough(sample.spans, voice);
  assertLoud(percentile(speech, 0.75));
  assertClean(speech);
}

/** Levels in the spans, sorted, and those beside. */
function divide({ levelsDb, spans }: Sample): { speech: number[]; beside: number[] } {
  const inside = (index: number) => spans.some(({ startMs, endMs }) => within(index, startMs, endMs));
  return {
    speech: levelsDb.filter((_, index) => inside(index)).toSorted((a, b) => a - b),
    beside: levelsDb.filter((_, index) => !inside(index)),
  };
}

function assertLoud(speechDb: number): void {
  if (speechDb < LEAST_LEVEL_DB) throw new HansardError('voice_too_quiet', `${Math.round(speechDb)} dB`);
}

function assertEnough(spans: readonly SpeakerSpan[], voice: number): void {
  const seconds = secondsOf(soloSpans(spans, voice));
  if (seconds < LEAST_LEARNED_SECONDS)
    throw new HansardError(
      'voice_too_short',
      `${seconds.toFixed(1)} s of speech, ${LEAST_LEARNED_SECONDS} s are needed`,
    );
}

function assertClean(speech: readonly number[]): void {
  const rangeDb = percentile(speech, 0.9) - percentile(speech, 0.05);
  if (rangeDb < LEAST_RANGE_DB)
    throw new HansardError('voice_too_noisy', `loud and quiet are ${Math.round(rangeDb)} dB apart`);
}

function within(index: number, startMs: number, endMs: number): boolean {
  const middleMs = (index + 0.5) * LEVEL_MS;
  return startMs <= middleMs && middleMs < endMs;
}

function secondsOf(spans: readonly { startMs: number; endMs: number }[]): number {
  return spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) / 1000;
}

/** Of sorted values. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NEGATIVE_INFINITY;
}
