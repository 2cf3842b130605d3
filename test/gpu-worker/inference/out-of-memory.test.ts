import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShrinkingBatches, isOutOfMemory } from '../../../src/gpu-worker/inference/out-of-memory.ts';

const items = [1, 2, 3, 4, 5, 6, 7];
const quiet = { frugal: false, onProgress: () => {} };

/** Doubles each number, for at most so many at once. */
function worker(most: number) {
  const sizes: number[] = [];
  const work = async (batch: readonly number[]) => {
    sizes.push(batch.length);
    if (batch.length > most) throw new Error('CUDA failure 2: out of memory');
    return batch.map(item => item * 2);
  };
  return { work, sizes };
}

test('what fits is done together', async () => {
  const { work, sizes } = worker(10);
  assert.deepEqual(await createShrinkingBatches().run(items, work, quiet), [2, 4, 6, 8, 10, 12, 14]);
  assert.deepEqual(sizes, [7]);
  assert.deepEqual(await createShrinkingBatches().run([], work, quiet), []);
});

test('what does not is halved until it does, and that is remembered', async () => {
  const { work, sizes } = worker(2);
  const batches = createShrinkingBatches();
  assert.deepEqual(await batches.run(items, work, quiet), [2, 4, 6, 8, 10, 12, 14]);
  assert.deepEqual(sizes, [7, 4, 2, 2, 2, 1]);
  await batches.run(items, work, quiet);
  assert.deepEqual(sizes.slice(6), [2, 2, 2, 1]);
});

test('one item that does not fit, and any other fault, is passed on', async () => {
  await assert.rejects(createShrinkingBatches().run(items, worker(0).work, quiet), /out of memory/);
  const { work, sizes } = worker(10);
  const broken = async (batch: readonly number[]) => {
    await work(batch);
    throw new Error('broken');
  };
  await assert.rejects(createShrinkingBatches().run(items, broken, quiet), /broken/);
  assert.deepEqual(sizes, [7]);
});

test('frugal work is one item at a time, with one progress', async () => {
  const { work, sizes } = worker(10);
  const fractions: number[] = [];
  const report = async (batch: readonly number[], onProgress: (fraction: number) => void) => {
    onProgress(1);
    return work(batch);
  };
  await createShrinkingBatches().run([1, 2], report, {
    frugal: true,
    onProgress: fraction => fractions.push(fraction),
  });
  assert.deepEqual(
    [sizes, fractions],
    [
      [1, 1],
      [0.5, 1],
    ],
  );
});

test('failed allocations are known by their words', () => {
  for (const message of [
    'std::bad_alloc',
    'Failed to allocate memory for requested buffer of size 4',
    'CUDA error: out of memory',
    'Array buffer allocation failed',
  ])
    assert.ok(isOutOfMemory(new Error(message)), message);
  assert.equal(isOutOfMemory(new Error('invalid dimensions')), false);
});
