import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSpeech } from '../../../src/gpu-worker/asr/speech-regions.ts';

/** `[probability, frames]` pairs laid end to end. */
function frames(...runs: [number, number][]): Float32Array {
  return Float32Array.from(runs.flatMap(([probability, count]) => new Array<number>(count).fill(probability)));
}

test('speech begins at the first likely frame and ends after the last', () => {
  assert.deepEqual(findSpeech(frames([0.1, 10], [0.9, 20], [0.1, 20])), [{ startMs: 320, endMs: 960 }]);
});

test('speech goes on while the probability stays above the lower threshold', () => {
  assert.deepEqual(findSpeech(frames([0.9, 10], [0.4, 10], [0.1, 20])), [{ startMs: 0, endMs: 640 }]);
});

test('a short pause does not part speech, a long one does', () => {
  assert.equal(findSpeech(frames([0.9, 10], [0.1, 5], [0.9, 10])).length, 1);
  assert.equal(findSpeech(frames([0.9, 10], [0.1, 15], [0.9, 10])).length, 2);
});

test('a click is not speech', () => {
  assert.deepEqual(findSpeech(frames([0.1, 20], [0.9, 2], [0.1, 20])), []);
});

test('doubtful sound alone is not speech', () => {
  assert.deepEqual(findSpeech(frames([0.45, 100])), []);
});

test('speech at the end of the recording is closed there', () => {
  assert.deepEqual(findSpeech(frames([0.1, 10], [0.9, 10])), [{ startMs: 320, endMs: 640 }]);
});
