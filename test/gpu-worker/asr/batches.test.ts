import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planBatches } from '../../../src/gpu-worker/asr/batches.ts';

const ofLengths = (...lengthsMs: number[]) => lengthsMs.map(endMs => ({ startMs: 0, endMs }));

test('pieces of similar length go together, longest first', () => {
  assert.deepEqual(planBatches(ofLengths(2_000, 15_000, 3_000, 14_000)), [[1, 3, 2, 0]]);
});

test('a batch is at most 80 s long with its padding', () => {
  const batches = planBatches(ofLengths(...new Array<number>(12).fill(15_000)));
  assert.deepEqual(
    batches.map(batch => batch.length),
    [5, 5, 2],
  );
});

test('every piece is in one batch', () => {
  const lengths = Array.from({ length: 50 }, (_, index) => 500 + ((index * 7919) % 14_000));
  const indexes = planBatches(ofLengths(...lengths)).flat();
  assert.deepEqual(
    indexes.toSorted((a, b) => a - b),
    lengths.map((_, index) => index),
  );
});

test('no piece needs no batch', () => {
  assert.deepEqual(planBatches([]), []);
});
