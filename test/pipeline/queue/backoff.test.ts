import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffMs, restMs } from '../../../src/pipeline/queue/backoff.ts';

const TEN_MINUTES = 10 * 60 * 1000;

test('the wait doubles, half less or more by chance, and is ten minutes at most', () => {
  assert.deepEqual(
    [1, 2, 3].map(failed => backoffMs(5_000, failed, 0.5)),
    [5_000, 10_000, 20_000],
  );
  assert.deepEqual(
    [0, 1].map(random => backoffMs(5_000, 1, random)),
    [2_500, 7_500],
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600_000 }),
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (first, failed, random) => {
        const wait = backoffMs(first, failed, random);
        assert.ok(wait >= 0 && wait <= TEN_MINUTES);
      },
    ),
  );
});

test('a job whose worker died runs again at once the first time, then rests longer and longer', () => {
  assert.deepEqual(
    [1, 2, 3].map(crashes => restMs(5_000, crashes, 0.5)),
    [0, 5_000, 10_000],
  );
});
