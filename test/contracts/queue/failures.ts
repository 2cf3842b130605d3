import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { HansardError } from '../../../src/errors.ts';
import { handle } from '../../../src/pipeline/queue/run-stored.ts';
import { briefJob, echoJob } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { type QueueHarness, queueTest } from './harness.ts';

export function describeFailures(harness: QueueHarness): void {
  queueTest(harness, 'a retryable error is tried again after a growing wait, until it works', async bench => {
    const runs: { attempt: number; at: number }[] = [];
    const echo = handle(echoJob, async (_payload, { attempt }) => {
      runs.push({ attempt, at: Date.now() });
      if (attempt < 3) throw new HansardError('summarizer_offline', 'refused');
      return 'at last';
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    const status = await bench.reaches('echo.a', 'done');
    assert.deepEqual([status.result, status.failedAttempts], ['at last', 2]);
    assert.deepEqual(
      runs.map(({ attempt }) => attempt),
      [1, 2, 3],
    );
    const [first = 0, second = 0] = runs.slice(1).map(({ at }, i) => at - runs[i]!.at);
    assert.ok(first >= 19 && second >= 39, `waited ${first} and ${second} ms for 40 and 80 ± 50 %`);
  });

  queueTest(harness, 'a job that uses up its attempts is a dead letter that tells why', async bench => {
    let runs = 0;
    const echo = handle(echoJob, async () => {
      runs++;
      throw new HansardError('summarizer_offline', `refused ${runs}`);
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    const status = await bench.reaches('echo.a', 'failed');
    assert.deepEqual(status.failure, { code: 'summarizer_offline', message: 'refused 3' });
    assert.deepEqual([status.failedAttempts, runs], [3, 3]);
    assert.ok(status.finishedAtMs);
    assert.deepEqual(
      (await bench.queue.list('cpu', 'failed', 10)).map(({ id }) => id),
      ['echo.a'],
    );
    assert.equal((await bench.queue.counts('cpu')).failed, 1);
  });

  queueTest(harness, 'an error that may not be retried is a dead letter at once', async bench => {
    const echo = handle(echoJob, async () => {
      throw new HansardError('no_audio', 'no stream');
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    const status = await bench.reaches('echo.a', 'failed');
    assert.deepEqual([status.failure, status.failedAttempts], [{ code: 'no_audio', message: 'no stream' }, 1]);
  });

  queueTest(harness, 'an error that is not ours is a bug: it is retried and keeps its message', async bench => {
    const echo = handle(echoJob, async () => {
      throw new TypeError('x is not a function');
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    const status = await bench.reaches('echo.a', 'failed');
    assert.deepEqual(status.failure, { code: 'unexpected', message: 'x is not a function' });
    assert.equal(status.failedAttempts, 3);
  });

  queueTest(harness, 'a dead letter is retried with all its attempts, and purged', async bench => {
    let broken = true;
    const attempts: number[] = [];
    const echo = handle(echoJob, async (_payload, { attempt }) => {
      attempts.push(attempt);
      if (broken) throw new HansardError('no_audio', 'no stream');
      return 'fixed';
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    for (const key of ['a', 'b']) await bench.queue.add(echoJob, { key, payload: { n: 1 } });
    await bench.reaches('echo.a', 'failed');
    await bench.reaches('echo.b', 'failed');
    assert.equal((await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } })).state, 'failed');
    broken = false;
    assert.equal(await bench.queue.retry('echo.a'), true);
    const status = await bench.reaches('echo.a', 'done');
    assert.deepEqual([status.failedAttempts, status.failure, status.result], [0, null, 'fixed']);
    assert.deepEqual(attempts, [1, 1, 1]);
    assert.equal(await bench.queue.retry('echo.a'), false);
    assert.equal(await bench.queue.retry('echo.nobody'), false);
    assert.equal(await bench.queue.purge('cpu', ['failed'], 60_000), 0);
    await delay(2);
    assert.equal(await bench.queue.purge('cpu', ['failed'], 0), 1);
    assert.equal(await bench.queue.status('echo.b'), undefined);
    assert.equal((await bench.queue.status('echo.a'))?.state, 'done');
  });

  queueTest(harness, 'a result too large for a queue is an error, not a lost job', async bench => {
    await bench.queue.work('cpu', [handle(echoJob, async () => 'x'.repeat(70_000))], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    assert.equal((await bench.reaches('echo.a', 'failed')).failure?.code, 'invalid_job');
  });

  queueTest(harness, 'at the soft limit a job is asked to stop, and is tried again', async bench => {
    const heard: unknown[] = [];
    const brief = handle(briefJob, async (_payload, { signal, attempt }) => {
      if (attempt === 2) return 'quick';
      await delay(5_000, undefined, { signal }).catch(() => heard.push((signal.reason as HansardError).code));
      signal.throwIfAborted();
      return 'slow';
    });
    await bench.queue.work('cpu', [brief], { concurrency: 1 });
    await bench.queue.add(briefJob, { key: 'a', payload: { n: 1 } });
    const status = await bench.reaches('brief.a', 'done');
    assert.deepEqual([status.result, status.failedAttempts, heard], ['quick', 1, ['job_timed_out']]);
  });

  queueTest(harness, 'at the hard limit a job is taken from a handler that does not stop', async bench => {
    let ended = 0;
    const brief = handle(briefJob, async (_payload, { attempt }) => {
      if (attempt === 2) return 'second';
      await delay(700);
      ended++;
      return 'first, too late';
    });
    await bench.queue.work('cpu', [brief], { concurrency: 1 });
    await bench.queue.add(briefJob, { key: 'a', payload: { n: 1 } });
    const status = await bench.reaches('brief.a', 'done');
    assert.deepEqual([status.result, status.failedAttempts], ['second', 1]);
    await until('the first run ended', () => ended === 1);
    assert.equal((await bench.queue.status('brief.a'))?.result, 'second');
  });

  queueTest(harness, 'progress can be read while the job runs', async bench => {
    const finish = Promise.withResolvers<void>();
    const echo = handle(echoJob, async (_payload, { onProgress }) => {
      onProgress(0.4);
      onProgress(0.3);
      await finish.promise;
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await until('progress', async () => (await bench.queue.status('echo.a'))?.progress === 0.4);
    finish.resolve();
    assert.equal((await bench.reaches('echo.a', 'done')).progress, 1);
  });
}
