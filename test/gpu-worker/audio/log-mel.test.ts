import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createComplexFft } from '../../../src/gpu-worker/audio/complex-fft.ts';
import { buildMelBands, computeLogMel } from '../../../src/gpu-worker/audio/log-mel.ts';

test('the transform is the sum that defines it', () => {
  const size = 20;
  const real = Float64Array.from({ length: size }, (_, n) => Math.sin(n * n));
  const imaginary = Float64Array.from({ length: size }, (_, n) => Math.cos(3 * n));
  const found = createComplexFft([4, 5])({ real: real.slice(), imaginary: imaginary.slice() });
  for (let k = 0; k < size; k++) {
    let [re, im] = [0, 0];
    for (let n = 0; n < size; n++) {
      const [c, s] = [Math.cos((2 * Math.PI * k * n) / size), -Math.sin((2 * Math.PI * k * n) / size)];
      re += real[n]! * c - imaginary[n]! * s;
      im += real[n]! * s + imaginary[n]! * c;
    }
    assert.ok(Math.abs(found.real[k]! - re) < 1e-9 && Math.abs(found.imaginary[k]! - im) < 1e-9, `bin ${k}`);
  }
});

/** The same numbers as in tools/record_graph_outputs.py; half a second of them is a thousand times quieter. */
const noise = Float32Array.from({ length: 32_000 }, (_, i) => {
  const value = (((i * i * 31 + i * 17) % 1009) / 1009 - 0.5) * 0.2;
  return i >= 8_000 && i < 16_000 ? value * 0.001 : value;
});

// faster-whisper 1.2.1, FeatureExtractor(feature_size).__call__(noise, padding=0)[band, frame]
const recorded: { count: number; values: [band: number, frame: number, value: number][] }[] = [
  {
    count: 80,
    values: [
      [0, 0, 0.668],
      [0, 10, 0.56384],
      [40, 25, 0.40268],
      [79, 49, 0.45109],
      [3, 70, -1.03625],
      [26, 120, 0.49645],
      [79, 150, 0.44686],
      [10, 190, 0.64902],
    ],
  },
  {
    count: 128,
    values: [
      [0, 0, 0.59224],
      [0, 10, 0.48808],
      [64, 25, 0.40094],
      [127, 49, 0.41717],
      [3, 70, -0.97774],
      [42, 120, 0.5351],
      [127, 150, 0.39161],
      [10, 190, 0.37716],
    ],
  },
];
for (const { count, values } of recorded) {
  test(`${count} bands are those of Whisper's own features`, () => {
    const features = computeLogMel(noise, 200, buildMelBands(count));
    for (const [band, frame, value] of values) {
      const found = features[band * 200 + frame]!;
      assert.ok(Math.abs(found - value) < 1e-4, `band ${band}, frame ${frame}: ${found} instead of ${value}`);
    }
  });
}

test('what is asked beyond the samples is silence, 80 dB below the loudest', () => {
  const features = computeLogMel(noise, 300, buildMelBands(80));
  const loudest = Math.max(...features);
  assert.ok(Math.abs(features[299]! - (loudest - 2)) < 1e-6);
});
