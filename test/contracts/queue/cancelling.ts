import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { handle } from '../../../src/pipeline/queue/run-stored.ts';
import { readEvents, startWorkerProcess } from '../../builders/queue-worker.ts';
import { echoJob } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { type QueueHarness, queueTest } from './harness.ts';

export function describeCancelling(harness: QueueHarness): void {
  queueTest(harness, 'a job that waits is cancelled at once and never starts', async bench => {
    let runs = 0;
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await bench.queue.add(echoJob, { key: 'later', payload: { n: 1 }, delayMs: 100 });
    assert.equal(await bench.queue.cancel('echo.a', 'not needed'), 'cancelled');
    assert.equal(await bench.queue.cancel('echo.later', 'not needed'), 'cancelled');
    for (const id of ['echo.a', 'echo.later']) {
      const status = await bench.queue.status(id);
      assert.deepEqual([status?.state, status?.type, status?.cancelling], ['cancelled', 'echo', false]);
    }
    await bench.queue.work('cpu', [handle(echoJob, async () => ++runs)], { concurrency: 2 });
    await delay(300);
    assert.equal(runs, 0);
    assert.deepEqual(await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } }), {
      id: 'echo.a',
      added: false,
      state: 'cancelled',
    });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 }, again: true });
    await bench.reaches('echo.a', 'done');
  });

  queueTest(
    harness,
    'a job that is over says that it cannot be cancelled, and so does one nobody knows',
    async bench => {
      await bench.queue.work('cpu', [handle(echoJob, async () => 1)], { concurrency: 1 });
      await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
      await bench.reaches('echo.a', 'done');
      assert.equal(await bench.queue.cancel('echo.a', 'too late'), 'finished');
      assert.equal((await bench.queue.status('echo.a'))?.state, 'done');
      await bench.queue.add(echoJob, { key: 'b', payload: { n: 1 }, delayMs: 60_000 });
      assert.equal(await bench.queue.cancel('echo.b', 'once'), 'cancelled');
      assert.equal(await bench.queue.cancel('echo.b', 'twice'), 'finished');
      assert.equal(await bench.queue.cancel('echo.nobody', 'who'), 'unknown');
    },
  );

  queueTest(harness, 'a running job is told to stop and ends cancelled, with no attempt counted', async bench => {
    const started = Promise.withResolvers<void>();
    let reason: unknown;
    const echo = handle(echoJob, async (_payload, { signal }) => {
      started.resolve();
      await delay(20_000, undefined, { signal }).catch(() => {
        reason = signal.reason;
      });
      throw new Error('stopped in the middle');
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await started.promise;
    assert.equal(await bench.queue.cancel('echo.a', 'changed my mind'), 'cancelling');
    const status = await bench.reaches('echo.a', 'cancelled');
    assert.deepEqual([status.failedAttempts, status.cancelling, status.failure], [0, false, null]);
    assert.match(String(reason), /changed my mind/);
    assert.equal((await bench.queue.counts('cpu')).failed, 0);
  });

  queueTest(harness, 'a job that runs in another process hears the cancel within 3 s', async (bench, t) => {
    const log = path.join(bench.folder, 'events');
    startWorkerProcess(t, { address: bench.address, log, workMs: 20_000, concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await until('it runs', () => readEvents(log, 'start').length === 1);
    const askedAt = Date.now();
    assert.equal(await bench.queue.cancel('echo.a', 'elsewhere'), 'cancelling');
    await bench.reaches('echo.a', 'cancelled');
    assert.ok(Date.now() - askedAt < 3_000, `${Date.now() - askedAt} ms`);
    assert.equal(readEvents(log, 'effect').length, 0);
  });

  queueTest(harness, 'a handler that does not hear is left behind, and its result is dropped', async bench => {
    const started = Promise.withResolvers<void>();
    let ended = false;
    const echo = handle(echoJob, async () => {
      started.resolve();
      await delay(900);
      ended = true;
      return 'too late';
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await started.promise;
    assert.equal(await bench.queue.cancel('echo.a', 'now'), 'cancelling');
    assert.equal((await bench.queue.status('echo.a'))?.cancelling, true);
    await bench.reaches('echo.a', 'cancelled');
    assert.equal(ended, false);
    await until('it ended', () => ended);
    const status = await bench.queue.status('echo.a');
    assert.deepEqual([status?.state, status?.result], ['cancelled', null]);
  });

  queueTest(harness, 'a job that finishes in spite of a cancel is done', async bench => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<string>();
    const echo = handle(echoJob, async () => {
      started.resolve();
      return finish.promise;
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await started.promise;
    await bench.queue.cancel('echo.a', 'late');
    finish.resolve('done all the same');
    const status = await bench.reaches('echo.a', 'done');
    assert.equal(status.result, 'done all the same');
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 }, again: true });
    await delay(50);
    assert.equal((await bench.reaches('echo.a', 'done')).state, 'done', 'the old cancel does not hit the new run');
  });
}
