/**
 * Tells whether one track holds what another one says: a copy, a mix of all, a second microphone in the same room. Such
 * a track is no speaker of its own.
 */
import type { WavFile } from '../audio/wav-file.ts';
import { correlate, levelOf, QUIETEST_DB, quantile } from './levels.ts';

const FRAME_SAMPLES = 1_600;
const FRAMES_AT_ONCE = 600;
/** A track sounds where it is louder than its own background by so much, and not far below its loudest. */
const ABOVE_BACKGROUND_DB = 10;
const BELOW_LOUDEST_DB = 25;
/** Less than a second of sound proves nothing. */
const MIN_FRAMES = 10;
/** Frames that are compared, spread over the track: a minute. */
const MAX_FRAMES = 600;

/**
 * A mix correlates with each of its parts, even under music of the same loudness (0.7); tracks of different people do
 * not (below 0.1). Between microphones of one room the delay of the sound takes the correlation away, but not the
 * course of the loudness; a headset that hears the others softly follows their loudness too, at a distance.
 */
const SAME_WAVE = 0.5;
const SAME_COURSE = 0.8;
const MAX_SOFTER_DB = 12;

/** Where a track sounds. */
export interface TrackProfile {
  wav: WavFile;
  /** Frames of 0.1 s, evenly spread; empty for a silent track. */
  frames: number[];
}

export function profileTrack(wav: WavFile): TrackProfile {
  const levels: number[] = [];
  const frameCount = Math.floor(wav.sampleCount / FRAME_SAMPLES);
  for (let first = 0; first < frameCount; first += FRAMES_AT_ONCE) {
    const count = Math.min(FRAMES_AT_ONCE, frameCount - first);
    const samples = wav.read(first * FRAME_SAMPLES, (first + count) * FRAME_SAMPLES);
    for (let frame = 0; frame < count; frame++) {
      levels.push(levelOf(samples.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)));
    }
  }
  const sorted = levels.toSorted((a, b) => a - b);
  const background = quantile(sorted, 0.1);
  const loudest = quantile(sorted, 0.95);
  const threshold = Math.max(
    QUIETEST_DB,
    Math.min(background + ABOVE_BACKGROUND_DB, loudest),
    loudest - BELOW_LOUDEST_DB,
  );
  const active = levels.flatMap((level, frame) => (level >= threshold ? [frame] : []));
  const step = Math.max(1, active.length / MAX_FRAMES);
  const chosen = Array.from({ length: Math.min(active.length, MAX_FRAMES) }, (_, i) => active[Math.floor(i * step)]!);
  return { wav, frames: chosen.length < MIN_FRAMES ? [] : chosen };
}

/** Whether `whole` holds what `part` says. Never true for a silent part. */
export function holds(whole: TrackProfile, part: TrackProfile): boolean {
  if (part.frames.length === 0) return false;
  const pairs = part.frames.map(frame => {
    const [from, to] = [frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES];
    const [a, b] = [part.wav.read(from, to), whole.wav.read(from, to)];
    return { correlation: Math.abs(correlate(a, b)), part: levelOf(a), whole: levelOf(b) };
  });
  const middle = (values: number[]) =>
    quantile(
      values.toSorted((a, b) => a - b),
      0.5,
    );
  if (middle(pairs.map(pair => pair.correlation)) >= SAME_WAVE) return true;
  const softerDb = middle(pairs.map(pair => pair.part - pair.whole));
  const [partLevels, wholeLevels] = [pairs.map(pair => pair.part), pairs.map(pair => pair.whole)];
  return softerDb <= MAX_SOFTER_DB && correlate(centred(partLevels), centred(wholeLevels)) >= SAME_COURSE;
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map(value => value - mean);
}
