import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createJobRegistry, type JobType } from '../../../src/pipeline/queue/job-type.ts';
import { handle } from '../../../src/pipeline/queue/run-stored.ts';
import { echoJob, gpuJob, otherJob, type TestPayload, testRegistry } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { type QueueHarness, queueTest } from './harness.ts';

export function describeAdding(harness: QueueHarness): void {
  queueTest(harness, 'a job runs with its payload, and its status tells the result and the times', async bench => {
    const before = Date.now();
    const { id, added, state } = await bench.queue.add(echoJob, {
      key: 'a',
      payload: { n: 7 },
      user: 'U1',
      priority: 1,
    });
    assert.deepEqual([id, added, state], ['echo.a', true, 'waiting']);
    const waiting = await bench.queue.status(id);
    assert.deepEqual([waiting?.state, waiting?.position, waiting?.startedAtMs], ['waiting', 0, null]);
    await bench.queue.work('cpu', [handle(echoJob, async ({ n }, { attempt }) => ({ n, attempt }))], {
      concurrency: 1,
    });
    const status = await bench.reaches(id, 'done');
    const { createdAtMs, startedAtMs, finishedAtMs, ...rest } = status;
    assert.deepEqual(rest, {
      id,
      type: 'echo',
      queue: 'cpu',
      state: 'done',
      progress: 1,
      priority: 1,
      user: 'U1',
      payload: { n: 7 },
      result: { n: 7, attempt: 1 },
      failure: null,
      failedAttempts: 0,
      maxAttempts: 3,
      crashes: 0,
      cancelling: false,
      position: null,
    });
    assert.ok(before <= createdAtMs && createdAtMs <= startedAtMs! && startedAtMs! <= finishedAtMs!);
  });

  queueTest(harness, 'an unknown id has no status', async ({ queue }) => {
    assert.equal(await queue.status('echo.nobody'), undefined);
    assert.equal(await queue.status('no such thing'), undefined);
  });

  queueTest(harness, 'a job added twice under one key runs once, and the second adder is told', async bench => {
    let runs = 0;
    const request = { key: 'twice', payload: { n: 1 } };
    const both = await Promise.all([bench.queue.add(echoJob, request), bench.queue.add(echoJob, request)]);
    assert.deepEqual(
      both.map(({ id }) => id),
      ['echo.twice', 'echo.twice'],
    );
    assert.deepEqual(await bench.queue.add(echoJob, request), { id: 'echo.twice', added: false, state: 'waiting' });
    await bench.queue.work('cpu', [handle(echoJob, async () => ++runs)], { concurrency: 4 });
    await bench.reaches('echo.twice', 'done');
    assert.deepEqual(await bench.queue.add(echoJob, request), { id: 'echo.twice', added: false, state: 'done' });
    await delay(100);
    assert.equal(runs, 1);
  });

  queueTest(harness, 'a finished job runs again only when that is asked for', async bench => {
    let runs = 0;
    await bench.queue.work('cpu', [handle(echoJob, async () => ++runs)], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await bench.reaches('echo.a', 'done');
    const again = await bench.queue.add(echoJob, { key: 'a', payload: { n: 2 }, again: true });
    assert.equal(again.added, true);
    await until('the second run', () => runs === 2);
    const status = await bench.reaches('echo.a', 'done');
    assert.deepEqual([status.payload, status.result], [{ n: 2 }, 2]);
  });

  queueTest(harness, 'what is not valid is rejected before it is queued', async ({ queue }) => {
    const bad = { n: 'seven' } as unknown as TestPayload;
    const long: JobType<{ text: string }> = { ...echoJob, name: 'other', payload: z.object({ text: z.string() }) };
    await assert.rejects(queue.add(echoJob, { key: 'a', payload: bad }), {
      code: 'invalid_job',
      detail: /expected number/,
    });
    await assert.rejects(queue.add(long, { key: 'a', payload: { text: '' } }), { code: 'unknown_job' });
    for (const key of ['', 'a:b', 'a b', '../a', 'ä', 'x'.repeat(200)])
      await assert.rejects(queue.add(echoJob, { key, payload: { n: 1 } }), { code: 'invalid_job' }, key);
    for (const priority of [0, 16, 1.5, Number.NaN])
      await assert.rejects(queue.add(echoJob, { key: 'a', payload: { n: 1 }, priority }), { code: 'invalid_job' });
    for (const delayMs of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      await assert.rejects(queue.add(echoJob, { key: 'a', payload: { n: 1 }, delayMs }), { code: 'invalid_job' });
    const depth = await queue.counts('cpu');
    assert.deepEqual(depth, { waiting: 0, delayed: 0, running: 0, failed: 0, paused: false });
  });

  queueTest(harness, 'a payload too large for a queue is rejected', async ({ openAgain }) => {
    const wide: JobType<{ text: string }> = { ...echoJob, name: 'wide', payload: z.object({ text: z.string() }) };
    const queue = await openAgain(createJobRegistry([wide]));
    const payload = { text: 'x'.repeat(70_000) };
    await assert.rejects(queue.add(wide, { key: 'a', payload }), { code: 'invalid_job', detail: /65536 bytes/ });
  });

  queueTest(harness, 'a type that is not declared is rejected and logged; declared ones can be listed', async bench => {
    const stranger: JobType<TestPayload> = { ...echoJob, name: 'stranger' };
    await assert.rejects(bench.queue.add(stranger, { key: 'a', payload: { n: 1 } }), { code: 'unknown_job' });
    assert.ok(bench.lines.some(line => line.type === 'stranger' && line.level === 40));
    assert.deepEqual(
      bench.queue.types().map(type => type.name),
      ['brief', 'echo', 'gpu-echo', 'other'],
    );
  });

  queueTest(harness, 'a stored payload that the schema no longer accepts never reaches the handler', async bench => {
    const older = await bench.openAgain(createJobRegistry([{ ...echoJob, payload: z.object({ old: z.string() }) }]));
    const [type] = older.types();
    await older.add(type!, { key: 'old', payload: { old: 'x' } });
    let runs = 0;
    await bench.queue.work('cpu', [handle(echoJob, async () => ++runs)], { concurrency: 1 });
    const status = await bench.reaches('echo.old', 'failed');
    assert.deepEqual([status.failure?.code, status.failedAttempts, runs], ['invalid_job', 1, 0]);
  });

  queueTest(
    harness,
    'a stored job of a type that is no longer declared becomes a dead letter and is logged',
    async bench => {
      const gone: JobType<TestPayload> = { ...echoJob, name: 'gone' };
      const older = await bench.openAgain(createJobRegistry([...testRegistry.types, gone]));
      await older.add(gone, { key: 'a', payload: { n: 1 } });
      await bench.queue.work('cpu', [handle(echoJob, async () => 1)], { concurrency: 1 });
      const status = await bench.reaches('gone.a', 'failed');
      assert.equal(status.failure?.code, 'unknown_job');
      assert.ok(bench.lines.some(line => line.jobId === 'gone.a' && line.level === 50));
    },
  );

  queueTest(harness, 'a worker takes only the types that it can do, and leaves the rest to others', async bench => {
    await bench.queue.work('cpu', [handle(echoJob, async () => 'echo')], { concurrency: 2 });
    await bench.queue.add(otherJob, { key: 'a', payload: { n: 1 } });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await bench.reaches('echo.a', 'done');
    const left = await bench.queue.status('other.a');
    assert.ok(left?.state === 'waiting' || left?.state === 'delayed', left?.state);
    const capable = await bench.openAgain();
    await capable.work('cpu', [handle(otherJob, async () => 'other')], { concurrency: 1 });
    const status = await bench.reaches('other.a', 'done');
    assert.deepEqual([status.result, status.failedAttempts, status.crashes], ['other', 0, 0]);
  });

  queueTest(harness, 'a handler of another queue is refused', async ({ queue }) => {
    const handler = handle(gpuJob, async () => 1);
    await assert.rejects(queue.work('cpu', [handler], { concurrency: 1 }), { code: 'invalid_job' });
  });

  queueTest(harness, 'counts, lists, purge and forget', async bench => {
    for (const n of [1, 2, 3]) await bench.queue.add(echoJob, { key: `w${n}`, payload: { n } });
    await bench.queue.add(echoJob, { key: 'later', payload: { n: 4 }, delayMs: 60_000 });
    assert.deepEqual(await bench.queue.counts('cpu'), { waiting: 3, delayed: 1, running: 0, failed: 0, paused: false });
    const waiting = await bench.queue.list('cpu', 'waiting', 2);
    assert.deepEqual(
      waiting.map(({ id, position }) => [id, position]),
      [
        ['echo.w1', 0],
        ['echo.w2', 1],
      ],
    );
    assert.deepEqual(
      (await bench.queue.list('cpu', 'delayed', 10)).map(({ id }) => id),
      ['echo.later'],
    );
    assert.equal(await bench.queue.forget('echo.w1'), true);
    assert.equal(await bench.queue.forget('echo.w1'), false);
    assert.equal(await bench.queue.status('echo.w1'), undefined);
    assert.equal(await bench.queue.purge('cpu', ['waiting', 'delayed'], 60_000), 0);
    await delay(2);
    assert.equal(await bench.queue.purge('cpu', ['waiting'], 0), 2);
    assert.deepEqual(await bench.queue.counts('cpu'), { waiting: 0, delayed: 1, running: 0, failed: 0, paused: false });
    assert.deepEqual(await bench.queue.problems(), []);
  });
}
