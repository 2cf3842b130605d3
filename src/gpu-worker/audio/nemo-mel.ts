/** The features that Parakeet was trained on (NVIDIA NeMo, AudioToMelSpectrogramPreprocessor), as its export's nemo128.onnx gives them. */
import FFT from 'fft.js';
import { buildMelBands } from './log-mel.ts';

export const NEMO_BANDS = 128;
/** Samples from one feature frame to the next (10 ms). */
const NEMO_STEP = 160;

const FFT_SIZE = 512;
/** Samples that a frame looks at, in the middle of those of the transform. */
const WIDTH = 400;
const PREEMPHASIS = 0.97;
const FLOOR = 2 ** -24;
/** Added to the deviation of a band, which is 0 in digital silence. */
const LEAST_DEVIATION = 1e-5;

/**
 * Logarithms of 128 mel bands, each with mean 0 and deviation 1 over the frames given. Frame f looks at 400 samples around
 * sample 160 f; beyond both ends the sound is mirrored.
 * @param samples 16 kHz mono in [-1, 1), at least 257
 * @returns [bands, frames]
 */
export function computeNemoMel(samples: Float32Array): Float32Array {
  const frames = Math.floor(samples.length / NEMO_STEP) + 1;
  const emphasised = samples.map((value, index) => value - PREEMPHASIS * (index > 0 ? samples[index - 1]! : 0));
  const features = new Float32Array(NEMO_BANDS * frames);
  const windowed = new Float64Array(FFT_SIZE);
  const spectrum = fft.createComplexArray();
  const power = new Float64Array(FFT_SIZE / 2 + 1);
  for (let frame = 0; frame < frames; frame++) {
    fillWindow(emphasised, frame * NEMO_STEP - WIDTH / 2, windowed);
    fft.realTransform(spectrum, windowed);
    for (let k = 0; k < power.length; k++) power[k] = spectrum[2 * k]! ** 2 + spectrum[2 * k + 1]! ** 2;
    for (let band = 0; band < NEMO_BANDS; band++) {
      const { first, weights } = bands[band]!;
      let energy = 0;
      for (let k = 0; k < weights.length; k++) energy += power[first + k]! * weights[k]!;
      features[band * frames + frame] = Math.log(energy + FLOOR);
    }
  }
  for (let band = 0; band < NEMO_BANDS; band++) normalise(features.subarray(band * frames, (band + 1) * frames));
  return features;
}

const fft = new FFT(FFT_SIZE);
const bands = buildMelBands(NEMO_BANDS, FFT_SIZE);
const hann = Float64Array.from({ length: WIDTH }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (WIDTH - 1)));

function fillWindow(samples: Float32Array, from: number, windowed: Float64Array): void {
  const offset = (FFT_SIZE - WIDTH) / 2;
  const last = samples.length - 1;
  for (let i = 0; i < WIDTH; i++) {
    const index = Math.abs(from + i);
    windowed[offset + i] = samples[index > last ? 2 * last - index : index]! * hann[i]!;
  }
}

/** The deviation is that of a sample (one less than there are). */
function normalise(values: Float32Array): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, values.length - 1)) + LEAST_DEVIATION;
  for (let index = 0; index < values.length; index++) values[index] = (values[index]! - mean) / deviation;
}
