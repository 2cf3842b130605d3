import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from '../../src/bot/pace.ts';

test('a few go at once, the others one per interval, each key for itself', async () => {
  const pace = createPace({ burst: 3, intervalMs: 50 });
  const startedAt = performance.now();
  const at: number[] = [];
  await Promise.all([1, 2, 3, 4, 5].map(() => pace.take('C1').then(() => at.push(performance.now() - startedAt))));
  assert.ok(
    at.slice(0, 3).every(ms => ms < 40),
    String(at),
  );
  assert.ok((at[3] ?? 0) >= 45 && (at[4] ?? 0) >= 95, String(at));
  const other = performance.now();
  await pace.take('C2');
  assert.ok(performance.now() - other < 40);
});

test('whoever does not want to wait is told', async () => {
  const pace = createPace({ burst: 2, intervalMs: 10_000 });
  assert.deepEqual(
    [1, 2, 3].map(() => pace.tryTake('T1')),
    [true, true, false],
  );
});

test('what was held up goes an interval apart all the same', async () => {
  const pace = createPace({ burst: 1, intervalMs: 60 });
  await Promise.all([pace.take('C1'), pace.take('C1')]);
  const startedAt = performance.now();
  await Promise.all([pace.keepApart('C1'), pace.keepApart('C1'), pace.keepApart('C2')]);
  assert.ok(performance.now() - startedAt >= 55);
});
