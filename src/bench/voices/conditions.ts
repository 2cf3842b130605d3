/** The same speech as other microphones would have heard it. */
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';

export const CONDITIONS = ['clean', 'noise 10 dB', 'telephone'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** @param samples 16 kHz, in [-1, 1) */
export function hearThrough(condition: Condition, samples: Float32Array): Float32Array {
  switch (condition) {
    case 'clean':
      return samples;
    case 'noise 10 dB':
      return addNoise(samples, 10);
    case 'telephone':
      return overTelephone(samples);
  }
}

/** Pink noise (three poles, after Paul Kellet, musicdsp.org no. 76), the same at each run. */
function addNoise(samples: Float32Array, ratioDb: number): Float32Array {
  let seed = 1;
  const white = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
  let [slow, middle, fast] = [0, 0, 0];
  const noise = samples.map(() => {
    const value = white();
    slow = 0.99765 * slow + value * 0.099046;
    middle = 0.963 * middle + value * 0.2965164;
    fast = 0.57 * fast + value * 1.0526913;
    return slow + middle + fast + value * 0.1848;
  });
  const gain = rootMeanSquare(samples) / rootMeanSquare(noise) / 10 ** (ratioDb / 20);
  return samples.map((value, index) => value + gain * (noise[index] ?? 0));
}

function rootMeanSquare(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / Math.max(1, samples.length));
}

const LOW_HZ = 300;
const HIGH_HZ = 3_400;
const HALF_TAPS = 100;
/** G.711, μ-law. */
const MU = 255;

/** 300 to 3400 Hz (windowed sinc), then the steps of μ-law. */
function overTelephone(samples: Float32Array): Float32Array {
  const taps = Float32Array.from({ length: 2 * HALF_TAPS + 1 }, (_, index) => {
    const at = index - HALF_TAPS;
    const window = 0.54 + 0.46 * Math.cos((Math.PI * at) / HALF_TAPS);
    return window * (lowPass(HIGH_HZ, at) - lowPass(LOW_HZ, at));
  });
  return samples.map((_, index) => {
    let sum = 0;
    const first = Math.max(0, HALF_TAPS - index);
    const last = Math.min(taps.length, samples.length + HALF_TAPS - index);
    for (let tap = first; tap < last; tap++) sum += taps[tap]! * samples[index + tap - HALF_TAPS]!;
    const compressed = Math.log1p(MU * Math.min(1, Math.abs(sum))) / Math.log1p(MU);
    return (Math.sign(sum) * Math.expm1((Math.round(compressed * 127) / 127) * Math.log1p(MU))) / MU;
  });
}

function lowPass(cutHz: number, at: number): number {
  const share = (2 * cutHz) / SAMPLE_RATE_HZ;
  return at === 0 ? share : Math.sin(Math.PI * share * at) / (Math.PI * at);
}
