import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { handle } from '../../../src/pipeline/queue/run-stored.ts';
import { readEvents, startWorkerProcess } from '../../builders/queue-worker.ts';
import { echoJob } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { type QueueHarness, queueTest } from './harness.ts';

export function describeStopping(harness: QueueHarness): void {
  queueTest(harness, 'a stop gives a running job back, counts no attempt, and another worker ends it', async bench => {
    const started = Promise.withResolvers<void>();
    const first = handle(echoJob, async (_payload, { signal }) => {
      started.resolve();
      await delay(20_000, undefined, { signal });
    });
    const worker = await bench.queue.work('cpu', [first], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await started.promise;
    await Promise.all([worker.stop(), worker.stop()]);
    assert.deepEqual(worker.running(), []);
    const back = await bench.queue.status('echo.a');
    assert.deepEqual([back?.state, back?.failedAttempts, back?.crashes], ['waiting', 0, 0]);
    const other = await bench.openAgain();
    await other.work('cpu', [handle(echoJob, async (_payload, { attempt }) => attempt)], { concurrency: 1 });
    const status = await bench.reaches('echo.a', 'done');
    assert.deepEqual([status.result, status.failedAttempts, status.crashes], [1, 0, 0]);
  });

  queueTest(harness, 'a stop does not wait for a handler that does not hear', async bench => {
    const started = Promise.withResolvers<void>();
    let ended = false;
    const deaf = handle(echoJob, async () => {
      started.resolve();
      await delay(1_500);
      ended = true;
      return 'too late';
    });
    const worker = await bench.queue.work('cpu', [deaf], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await started.promise;
    const stoppedAt = Date.now();
    await worker.stop();
    assert.ok(Date.now() - stoppedAt < 1_200 && !ended, `${Date.now() - stoppedAt} ms`);
    await until('it ended', () => ended);
    const status = await bench.queue.status('echo.a');
    assert.deepEqual([status?.state, status?.result, status?.failedAttempts], ['waiting', null, 0]);
  });

  queueTest(harness, 'a stopped worker takes nothing more', async bench => {
    let runs = 0;
    const worker = await bench.queue.work('cpu', [handle(echoJob, async () => ++runs)], { concurrency: 1 });
    await worker.stop();
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await delay(200);
    assert.equal(runs, 0);
  });

  queueTest(
    harness,
    'a worker process that gets SIGTERM ends by itself, and its job goes on elsewhere',
    async (bench, t) => {
      const log = path.join(bench.folder, 'events');
      const child = startWorkerProcess(t, { address: bench.address, log, workMs: 20_000, concurrency: 2 });
      for (const key of ['a', 'b']) await bench.queue.add(echoJob, { key, payload: { n: 1 } });
      await until('both run', () => readEvents(log, 'start').length === 2);
      process.kill(child.pid, 'SIGTERM');
      await child.gone;
      for (const id of ['echo.a', 'echo.b']) {
        const status = await bench.queue.status(id);
        assert.deepEqual([status?.state, status?.failedAttempts, status?.crashes], ['waiting', 0, 0]);
      }
    },
  );
}
