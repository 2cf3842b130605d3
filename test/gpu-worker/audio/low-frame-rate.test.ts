import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stackFrames } from '../../../src/gpu-worker/audio/low-frame-rate.ts';

test('frames are stacked around every sixth, the outermost repeated', () => {
  const features = Float32Array.from({ length: 8 * 2 }, (_, index) => index); // frame f holds 2 f and 2 f + 1
  const stacked = stackFrames(features, 2, { width: 7, step: 6 });
  const frames = Array.from({ length: stacked.length / 2 }, (_, index) => stacked[index * 2]! / 2);
  // as FunASR's apply_lfr does it
  assert.deepEqual(frames, [0, 0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 7, 7]);
});

test('one frame is enough', () => {
  assert.deepEqual([...stackFrames(Float32Array.of(1, 2), 2, { width: 3, step: 2 })], [1, 2, 1, 2, 1, 2]);
});
