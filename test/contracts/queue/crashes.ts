import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { handle } from '../../../src/pipeline/queue/run-stored.ts';
import { readEvents, startWorkerProcess } from '../../builders/queue-worker.ts';
import { echoJob } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { type QueueHarness, queueTest } from './harness.ts';

export function describeCrashes(harness: QueueHarness): void {
  queueTest(harness, 'the job of a killed worker runs again elsewhere, with no attempt counted', async (bench, t) => {
    const log = path.join(bench.folder, 'events');
    const child = startWorkerProcess(t, { address: bench.address, log, workMs: 20_000, concurrency: 1 });
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await until('it runs', () => readEvents(log, 'start').length === 1);
    process.kill(child.pid, 'SIGKILL');
    await child.gone;
    await bench.queue.work('cpu', [handle(echoJob, async (_payload, { attempt }) => attempt)], { concurrency: 1 });
    const status = await bench.reaches('echo.a', 'done');
    assert.deepEqual([status.result, status.failedAttempts, status.crashes], [1, 0, 1]);
    assert.ok(
      bench.lines.some(line => line.jobId === 'echo.a' && line.level === 40),
      'it was logged',
    );
  });

  queueTest(harness, 'a job that brings down three workers is given up, and the others go on', async (bench, t) => {
    const log = path.join(bench.folder, 'events');
    await bench.queue.add(echoJob, { key: 'poison', payload: { n: 1 }, priority: 1 });
    for (let round = 1; round <= 3; round++) {
      const child = startWorkerProcess(t, { address: bench.address, log, workMs: 20_000, concurrency: 1 });
      await until(`run ${round}`, () => readEvents(log, 'start').length === round, 15_000);
      process.kill(child.pid, 'SIGKILL');
      await child.gone;
    }
    await bench.queue.add(echoJob, { key: 'harmless', payload: { n: 1 } });
    let runs = 0;
    const echo = handle(echoJob, async (_payload, { jobId }) => {
      if (jobId === 'echo.poison') runs++;
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    const status = await bench.reaches('echo.poison', 'failed');
    await bench.reaches('echo.harmless', 'done');
    assert.deepEqual([status.failure?.code, status.crashes, runs], ['job_crashed', 3, 0]);
    assert.equal(await bench.queue.retry('echo.poison'), true);
    const after = await bench.reaches('echo.poison', 'done');
    assert.deepEqual([after.crashes, runs], [0, 1]);
  });

  queueTest(harness, 'a worker that slept through its lease has no effect any more', async (bench, t) => {
    const log = path.join(bench.folder, 'events');
    const child = startWorkerProcess(t, { address: bench.address, log, workMs: 400, concurrency: 1 });
    await until('it is ready', () => readEvents(log, 'ready').length === 1);
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await until('it runs', () => readEvents(log, 'start').length === 1);
    process.kill(child.pid, 'SIGSTOP');
    await bench.queue.work('cpu', [handle(echoJob, async () => 'by the other')], { concurrency: 1 });
    await bench.reaches('echo.a', 'done');
    process.kill(child.pid, 'SIGCONT');
    await until('it noticed', () => readEvents(log, 'lost').length === 1);
    await delay(300);
    assert.deepEqual(readEvents(log, 'effect'), []);
    assert.equal((await bench.queue.status('echo.a'))?.result, 'by the other');
  });

  queueTest(harness, 'several worker processes that are killed again and again lose no job', async (bench, t) => {
    const log = path.join(bench.folder, 'events');
    const ids: string[] = [];
    for (let n = 0; n < 60; n++) {
      const { id } = await bench.queue.add(echoJob, { key: `j${n}`, payload: { n }, user: `U${n % 5}` });
      ids.push(id);
    }
    const options = { address: bench.address, log, workMs: 60, concurrency: 2 };
    const workers = [0, 1, 2].map(() => startWorkerProcess(t, options));
    const seed = Number(process.env.HANSARD_SEED ?? Date.now() % 100_000);
    t.diagnostic(`HANSARD_SEED=${seed}`);
    const random = randomFrom(seed);
    for (let kill = 0; kill < 4; kill++) {
      const before = readEvents(log, 'start').length;
      await until('work goes on', () => readEvents(log, 'start').length > before, 15_000);
      await delay(random() * 150);
      const victim = Math.floor(random() * workers.length);
      process.kill(workers[victim]!.pid, 'SIGKILL');
      await workers[victim]!.gone;
      workers[victim] = startWorkerProcess(t, options);
    }
    const statuses = await until(
      'all jobs are over',
      async () => {
        const all = await Promise.all(ids.map(id => bench.queue.status(id)));
        return all.every(status => status?.state === 'done' || status?.state === 'failed') && all;
      },
      30_000,
    );
    // a kill is not the job's fault, but three in a row look like it: none may be lost without a word
    for (const status of statuses) assert.ok(status?.state === 'done' || status?.failure?.code === 'job_crashed');
    assert.ok(statuses.filter(status => status?.state === 'done').length >= 59);
    const effects = readEvents(log, 'effect').map(({ jobId }) => jobId);
    assert.equal(new Set(effects).size, statuses.filter(status => status?.state === 'done').length);
  });
}

/** Mulberry32: small, good enough for choosing victims, and repeatable. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
