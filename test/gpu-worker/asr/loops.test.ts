import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLoop } from '../../../src/gpu-worker/asr/loops.ts';

test('a phrase said four times in a row is a loop, and is kept once', () => {
  assert.equal(findLoop([7, 8, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]), 5);
});

test('a phrase said three times is speech', () => {
  assert.equal(findLoop([1, 2, 3, 1, 2, 3, 1, 2, 3]), undefined);
});

test('one token may be said seven times, not eight', () => {
  assert.equal(findLoop([5, ...new Array<number>(7).fill(9)]), undefined);
  assert.equal(findLoop([5, ...new Array<number>(8).fill(9)]), 2);
});

test('a loop that has ended is no longer one', () => {
  assert.equal(findLoop([1, 2, 1, 2, 1, 2, 1, 2, 3]), undefined);
});
