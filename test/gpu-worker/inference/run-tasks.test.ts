import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { HansardError } from '../../../src/errors.ts';
import type { Task } from '../../../src/gpu-worker/inference/protocol.ts';
import { partOf, runTasks } from '../../../src/gpu-worker/inference/run-tasks.ts';
import type { StageContext } from '../../../src/pipeline/ports.ts';
import { createFakePool, createStageContext } from '../../fakes/inference-pool.ts';

const numbers = z.array(z.number());

/** A task of this weight that must be answered by two numbers. */
function weighing(weight: number, name = '') {
  return { task: { kind: 'segment', wavPath: name, firstWindow: weight, windowCount: 1 } as const, weight, length: 2 };
}

function weightOf(task: Task): number {
  return task.kind === 'segment' ? task.firstWindow : 0;
}

/** Rejects as the pool does: soon after its signal is aborted. */
function untilCancelled({ signal }: StageContext): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => setTimeout(() => reject(new HansardError('cancelled', 'segment')), 10);
    signal.addEventListener('abort', onAbort);
  });
}

describe('tasks that make one piece of work', () => {
  test('are answered in their own order, whichever is done first', async () => {
    const pool = createFakePool(3, async task => {
      for (let turn = weightOf(task); turn > 0; turn--) await new Promise(setImmediate);
      return [weightOf(task), 0];
    });
    const { context } = createStageContext();
    const tasks = [weighing(9), weighing(1), weighing(5)];
    assert.deepEqual(await runTasks(pool, tasks, numbers, context), [
      [9, 0],
      [1, 0],
      [5, 0],
    ]);
  });

  test('have one progress, to which each gives its weight', async () => {
    const pool = createFakePool(1, (_task, { onProgress }) => {
      onProgress(0.5);
      return [1, 2];
    });
    const { context, said } = createStageContext();
    await runTasks(pool, [weighing(3), weighing(1)], numbers, context);
    assert.deepEqual(said.fractions, [0.375, 0.5, 0.875, 1]);
  });

  test('never fall back in their progress when one is tried again', async () => {
    const pool = createFakePool(1, (_task, { onProgress }) => {
      for (const fraction of [0.6, 0.1, 0.4, 0.8]) onProgress(fraction);
      return [1, 2];
    });
    const { context, said } = createStageContext();
    await runTasks(pool, [weighing(1)], numbers, context);
    assert.deepEqual(said.fractions, [0.6, 0.8, 1]);
  });

  test('are all stopped when one fails, before its fault is told', async () => {
    let stopped = 0;
    const pool = createFakePool(3, async (task, context) => {
      if (task.wavPath === 'bad') throw new HansardError('out_of_memory', 'the second task');
      return untilCancelled(context).finally(() => stopped++);
    });
    const { context } = createStageContext();
    const tasks = [weighing(1), weighing(1, 'bad'), weighing(1)];
    await assert.rejects(runTasks(pool, tasks, numbers, context), { code: 'out_of_memory', detail: 'the second task' });
    assert.equal(stopped, 2);
    assert.equal(context.signal.aborted, false, 'the stage itself was not stopped');
  });

  test('are stopped with their stage', async () => {
    const controller = new AbortController();
    const { context } = createStageContext(controller.signal);
    const running = runTasks(
      createFakePool(1, (_task, own) => untilCancelled(own)),
      [weighing(1)],
      numbers,
      context,
    );
    controller.abort();
    await assert.rejects(running, { code: 'cancelled' });
  });

  for (const [what, value, detail] of [
    ['another shape', ['one', 'two'], /^segment: /],
    ['another length', [1, 2, 3], /^segment: 3 values instead of 2$/],
  ] as const) {
    test(`are refused an answer of ${what}`, async () => {
      const pool = createFakePool(1, () => value);
      const { context } = createStageContext();
      await assert.rejects(runTasks(pool, [weighing(1)], numbers, context), { code: 'inference_failed', detail });
    });
  }

  test('may be none', async () => {
    const { context, said } = createStageContext();
    assert.deepEqual(await runTasks(createFakePool(1, assert.fail), [], numbers, context), []);
    assert.deepEqual(said.fractions, []);
  });
});

test('a part of a stage fills its part of the progress', () => {
  const { context, said } = createStageContext();
  const part = partOf(partOf(context, 0.5, 1), 0, 0.5);
  for (const fraction of [0, 0.5, 1]) part.onProgress(fraction);
  assert.deepEqual(said.fractions, [0.5, 0.625, 0.75]);
});
