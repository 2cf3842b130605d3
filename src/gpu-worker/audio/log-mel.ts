/** The features that Whisper was trained on (openai/whisper, audio.py): logarithms of mel bands, 100 frames a second. */
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';
import { createComplexFft } from './complex-fft.ts';

/** Samples from one feature frame to the next (10 ms). */
export const LOG_MEL_STEP = 160;

const WINDOW = 400;
const RADICES = [4, 4, 5, 5] as const;
const POWER_BINS = WINDOW / 2 + 1;
/** Nothing is quieter than this, and nothing counts that is 80 dB below the loudest. */
const FLOOR = 1e-10;
const RANGE = 8;

export type MelBands = readonly { first: number; weights: Float64Array }[];

/**
 * Frame f looks at 400 samples around sample 160 f; before the beginning the sound is mirrored, after the end it is silent.
 * @param samples 16 kHz mono in [-1, 1)
 * @param frameCount frames to compute: those that reach beyond the samples hear silence
 * @param bands from `buildMelBands`
 * @returns [bands, frames], about -1 to 1.5
 */
export function computeLogMel(samples: Float32Array, frameCount: number, bands: MelBands): Float32Array {
  const features = new Float32Array(bands.length * frameCount);
  const pair = { real: new Float64Array(WINDOW), imaginary: new Float64Array(WINDOW) };
  const power = [new Float64Array(POWER_BINS), new Float64Array(POWER_BINS)] as const;
  const heard = Math.min(frameCount, Math.ceil((samples.length + WINDOW / 2) / LOG_MEL_STEP));
  features.fill(Math.log10(FLOOR));
  let loudest = Math.log10(FLOOR);
  // two frames at once: the spectra of two real signals come out of one complex transform
  for (let frame = 0; frame < heard; frame += 2) {
    fillWindow(samples, frame, pair.real);
    fillWindow(samples, frame + 1, pair.imaginary);
    separatePowers(fft(pair), power);
    for (let second = 0; second < 2 && frame + second < heard; second++) {
      const spectrum = power[second === 0 ? 0 : 1];
      for (let band = 0; band < bands.length; band++) {
        const { first, weights } = bands[band]!;
        let energy = 0;
        for (let k = 0; k < weights.length; k++) energy += spectrum[first + k]! * weights[k]!;
        const level = Math.log10(Math.max(energy, FLOOR));
        features[band * frameCount + frame + second] = level;
        if (level > loudest) loudest = level;
      }
    }
  }
  for (let index = 0; index < features.length; index++) {
    features[index] = (Math.max(features[index]!, loudest - RANGE) + 4) / 4;
  }
  return features;
}

const fft = createComplexFft(RADICES);

const hann = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));

function fillWindow(samples: Float32Array, frame: number, window: Float64Array): void {
  const from = frame * LOG_MEL_STEP - WINDOW / 2;
  for (let i = 0; i < WINDOW; i++) window[i] = (samples[Math.abs(from + i)] ?? 0) * hann[i]!;
}

function separatePowers(
  { real, imaginary }: { real: Float64Array; imaginary: Float64Array },
  [first, second]: readonly [Float64Array, Float64Array],
): void {
  for (let k = 0; k < POWER_BINS; k++) {
    const mirror = (WINDOW - k) % WINDOW;
    const [a, b, c, d] = [real[k]!, imaginary[k]!, real[mirror]!, imaginary[mirror]!];
    first[k] = ((a + c) ** 2 + (b - d) ** 2) / 4;
    second[k] = ((a - c) ** 2 + (b + d) ** 2) / 4;
  }
}

/**
 * Triangles of equal area on Slaney's mel scale from 0 to 8000 Hz, as librosa makes them; only the part that is not zero is kept.
 * @param count 80, or 128 for Whisper large-v3 and its kin
 * @param fftSize of the spectrum that they are applied to
 */
export function buildMelBands(count: number, fftSize = WINDOW): MelBands {
  const highest = toMel(SAMPLE_RATE_HZ / 2);
  const edges = Array.from({ length: count + 2 }, (_, i) => toHz((highest * i) / (count + 1)));
  return Array.from({ length: count }, (_, band) => {
    const [left, middle, right] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
    const all = Array.from({ length: fftSize / 2 + 1 }, (_, k) => {
      const hz = (k * SAMPLE_RATE_HZ) / fftSize;
      const rising = (hz - left) / (middle - left);
      const falling = (right - hz) / (right - middle);
      return (Math.max(0, Math.min(rising, falling)) * 2) / (right - left);
    });
    const first = Math.max(
      0,
      all.findIndex(weight => weight > 0),
    );
    const last = all.findLastIndex(weight => weight > 0);
    return { first, weights: Float64Array.from(all.slice(first, last + 1)) };
  });
}

/** Slaney's scale: even up to 1000 Hz (15 mel), then 27 mel for a factor of 6.4. */
const BREAK_HZ = 1000;
const BREAK_MEL = 15;
const LOG_STEP = Math.log(6.4) / 27;

function toMel(hz: number): number {
  return hz < BREAK_HZ ? (hz * BREAK_MEL) / BREAK_HZ : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

function toHz(mel: number): number {
  return mel < BREAK_MEL ? (mel * BREAK_HZ) / BREAK_MEL : BREAK_HZ * Math.exp((mel - BREAK_MEL) * LOG_STEP);
}
