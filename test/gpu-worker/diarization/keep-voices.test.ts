import assert from 'node:assert/strict';
import test from 'node:test';
import { countPossible, keepLargest, keepVoices } from '../../../src/gpu-worker/diarization/keep-voices.ts';
import { EMBEDDING_SIZE } from '../../../src/gpu-worker/diarization/voice-models.ts';

function voice(seconds: number, towardsFirst: number, axis: number) {
  const mean = new Float64Array(EMBEDDING_SIZE);
  mean[axis] = Math.sqrt(1 - towardsFirst ** 2);
  mean[0]! += towardsFirst;
  return { seconds, mean };
}

test('voices of two seconds stay; shorter ones only when they are unlike the others', () => {
  const voices = [voice(10, 0, 0), voice(2, 0.5, 1), voice(1.5, 0.5, 2), voice(1, 0.1, 3), voice(0.7, 0, 4)];
  assert.deepEqual(keepVoices(voices), [0, 1, 3]);
});

test('in an hour of speech seconds of scraps are no voice, a remark unlike all others is', () => {
  const voices = [voice(3000, 0, 0), voice(8, 0.5, 1), voice(3, 0.1, 2), voice(13, 0.5, 3), voice(5, 0.1, 4)];
  assert.deepEqual(keepVoices(voices), [0, 3, 4]);
});

test('in a very short recording the largest voice is enough for itself', () => {
  assert.deepEqual(keepVoices([voice(0.3, 0.9, 1), voice(0.6, 0, 0)]), [1]);
});

test('the largest voices are named in their own order', () => {
  assert.deepEqual(keepLargest([voice(1, 0, 0), voice(3, 0, 1), voice(2, 0, 2)], 2), [1, 2]);
});

test('a remark of eight tenths of a second could be a voice', () => {
  assert.equal(countPossible([voice(0.79, 0, 0), voice(0.8, 0, 1)]), 1);
});
