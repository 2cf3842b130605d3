/** Kaldi filter-bank features, which the voice model and SenseVoice were trained on. */
import FFT from 'fft.js';
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';

export const FBANK_BINS = 80;
/** Samples from one feature frame to the next (10 ms). */
export const FBANK_STEP = 160;
/** Samples that one feature frame looks at (25 ms). */
export const FBANK_WIDTH = 400;

const FFT_SIZE = 512;
const PREEMPHASIS = 0.97;
const LOW_HZ = 20;
const HIGH_HZ = 8000;
/** The float epsilon below which Kaldi takes no logarithm. */
const FLOOR = 1.1920928955078125e-7;

/** The feature frames that lie wholly inside `sampleCount` samples (Kaldi: snip_edges). */
export function fbankFrameCount(sampleCount: number): number {
  return sampleCount < FBANK_WIDTH ? 0 : 1 + Math.floor((sampleCount - FBANK_WIDTH) / FBANK_STEP);
}

/**
 * Log energies of 80 mel bands, 20–8000 Hz, as Kaldi computes them: 25 ms every 10 ms, mean removed per frame,
 * preemphasis 0.97 with the first sample repeated, no dither, samples on the 16-bit scale.
 * @param samples 16 kHz mono in [-1, 1)
 * @returns [frames, 80]
 */
export function computeFbank(samples: Float32Array, window: keyof typeof windows = 'povey'): Float32Array {
  const frames = fbankFrameCount(samples.length);
  const features = new Float32Array(frames * FBANK_BINS);
  const windowed = new Float64Array(FFT_SIZE);
  const spectrum = fft.createComplexArray();
  const power = new Float64Array(FFT_SIZE / 2);
  for (let frame = 0; frame < frames; frame++) {
    fillWindow(samples, frame * FBANK_STEP, windows[window], windowed);
    fft.realTransform(spectrum, windowed);
    for (let k = 0; k < power.length; k++) power[k] = spectrum[2 * k]! ** 2 + spectrum[2 * k + 1]! ** 2;
    for (let bin = 0; bin < FBANK_BINS; bin++) {
      const { first, weights } = melBands[bin]!;
      let energy = 0;
      for (let k = 0; k < weights.length; k++) energy += power[first + k]! * weights[k]!;
      features[frame * FBANK_BINS + bin] = Math.log(Math.max(energy, FLOOR));
    }
  }
  return features;
}

const fft = new FFT(FFT_SIZE);

const cosineWindow = (shape: (cosine: number) => number) =>
  Float64Array.from({ length: FBANK_WIDTH }, (_, i) => shape(Math.cos((2 * Math.PI * i) / (FBANK_WIDTH - 1))));

const windows = {
  povey: cosineWindow(cosine => (0.5 - 0.5 * cosine) ** 0.85),
  hamming: cosineWindow(cosine => 0.54 - 0.46 * cosine),
};

const melBands = buildMelBands();

function fillWindow(samples: Float32Array, from: number, window: Float64Array, windowed: Float64Array): void {
  let mean = 0;
  for (let i = 0; i < FBANK_WIDTH; i++) mean += samples[from + i]!;
  mean /= FBANK_WIDTH;
  let previous = samples[from]! - mean;
  for (let i = 0; i < FBANK_WIDTH; i++) {
    const value = samples[from + i]! - mean;
    windowed[i] = (value - PREEMPHASIS * previous) * window[i]! * 32768;
    previous = value;
  }
}

/** Triangles of equal width on the mel scale; only the part that is not zero is kept. The Nyquist bin is left out. */
function buildMelBands(): { first: number; weights: Float64Array }[] {
  const mel = (hz: number) => 1127 * Math.log(1 + hz / 700);
  const lowest = mel(LOW_HZ);
  const width = (mel(HIGH_HZ) - lowest) / (FBANK_BINS + 1);
  return Array.from({ length: FBANK_BINS }, (_, bin) => {
    const left = lowest + bin * width;
    const all = Array.from({ length: FFT_SIZE / 2 }, (_, k) => {
      const at = mel((k * SAMPLE_RATE_HZ) / FFT_SIZE);
      return Math.max(0, Math.min((at - left) / width, (left + 2 * width - at) / width));
    });
    const first = all.findIndex(weight => weight > 0);
    const last = all.findLastIndex(weight => weight > 0);
    return { first: Math.max(0, first), weights: Float64Array.from(all.slice(Math.max(0, first), last + 1)) };
  });
}
