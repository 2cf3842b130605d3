import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignTokens } from '../../../src/gpu-worker/asr/align-tokens.ts';

function peaks(frameCount: number, ...at: number[][]): Float32Array[] {
  return at.map(frames => {
    const row = new Float32Array(frameCount);
    for (const frame of frames) row[frame] = 1 / frames.length;
    return row;
  });
}

test('each token starts at the first frame it attends to', () => {
  assert.deepEqual(alignTokens(peaks(8, [0, 1, 2], [3, 4], [5, 6, 7]), 8), [0, 3, 5]);
});

test('a token that looks back does not go before the one ahead of it', () => {
  const starts = alignTokens(peaks(6, [0, 1], [4, 5], [1]), 6);
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
  );
});

test('more tokens than frames are spread evenly', () => {
  assert.deepEqual(alignTokens(peaks(2, [0], [0], [1], [1]), 2), [0, 0, 1, 1]);
});

test('no token needs no time', () => {
  assert.deepEqual(alignTokens([], 10), []);
});
