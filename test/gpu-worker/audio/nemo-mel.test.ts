import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeNemoMel, NEMO_BANDS } from '../../../src/gpu-worker/audio/nemo-mel.ts';

/** A tone that rises again and again in noise, a quarter of a second. */
function quarterOfASecond(): Float32Array {
  let state = 1;
  return Float32Array.from({ length: 4000 }, (_, i) => {
    state = (state * 16807) % 2147483647;
    const tone = Math.sin((2 * Math.PI * (300 + 0.8 * (i % 1600)) * i) / 16000);
    return 0.02 * (state / 1073741824 - 1) + 0.3 * tone;
  });
}

test("features are those of Parakeet's export", () => {
  const features = computeNemoMel(quarterOfASecond());
  const frames = 26;
  assert.equal(features.length, NEMO_BANDS * frames);
  // recorded from nemo128.onnx (sha256 a9fde148…), the published front end of Parakeet v2 and v3
  for (const { band, frame, value } of [
    { band: 0, frame: 0, value: 2.8026 },
    { band: 0, frame: 25, value: 3.1094 },
    { band: 20, frame: 3, value: 0.1797 },
    { band: 60, frame: 12, value: -0.5892 },
    { band: 100, frame: 7, value: -0.2011 },
    { band: 127, frame: 25, value: 1.4885 },
    { band: 64, frame: 0, value: -0.1009 },
  ]) {
    assert.ok(Math.abs(features[band * frames + frame]! - value) < 2e-3, `band ${band}, frame ${frame}`);
  }
});

test('digital silence gives zeros', () => {
  assert.ok(computeNemoMel(new Float32Array(1600)).every(value => Math.abs(value) < 1e-3));
});
