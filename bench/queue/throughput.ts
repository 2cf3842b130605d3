/**
 * How many jobs a second: the queue alone with one worker process, and the whole pipeline (bot, worker, store, blobs) with
 * stages that do nothing. usage: node bench/queue/throughput.ts [MEETINGS]   (see ../README.md)
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { assignJob } from '../../src/pipeline/jobs.ts';
import type { JobQueue } from '../../src/pipeline/queue/job-queue.ts';
import { handle } from '../../src/pipeline/queue/run-stored.ts';
import { ADAPTERS, type Adapter, createChaos, skipFor } from '../../test/chaos/harness.ts';
import { openQueueAt, type QueueAddress } from '../../test/chaos/role.ts';
import { startRedis } from '../../test/fakes/redis-server.ts';

const LEASE_MS = 30_000;
const CONCURRENCY = 16;
const STAGE_JOBS_PER_MEETING = 7; // all but fetch, which is answered at once

/** Runs what a test's context would run in the end. */
function createContext() {
  const callbacks: (() => unknown)[] = [];
  return {
    after: (callback: () => unknown) => void callbacks.unshift(callback),
    async [Symbol.asyncDispose]() {
      for (const callback of callbacks) await callback();
    },
  };
}

async function measureQueue(adapter: Adapter, count: number): Promise<{ added: number; done: number }> {
  await using context = createContext();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-bench-'));
  context.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const redis = adapter === 'bullmq' ? await startRedis(context, folder) : undefined;
  const address: QueueAddress = redis ? { url: redis.url } : { file: path.join(folder, 'queue.db') };
  const queue = await openQueueAt(address, LEASE_MS);
  context.after(() => queue.close());
  const addingSince = performance.now();
  const payload = { meetingId: '01a21bee-f48e-7734-9a9d-fc8590c186eb', resultKey: 'x', inputs: {}, options: {} };
  for (let at = 0; at < count; at += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => queue.add(assignJob, { key: `${at + i}`, payload, user: `U${i % 5}` })),
    );
  const added = count / ((performance.now() - addingSince) / 1000);
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'worker', JSON.stringify(address)], {
    stdio: 'inherit',
  });
  context.after(() => child.kill('SIGKILL'));
  while ((await queue.counts('cpu')).waiting === count) await delay(5);
  const workingSince = performance.now();
  while (await hasWork(queue)) await delay(20);
  return { added, done: count / ((performance.now() - workingSince) / 1000) };
}

async function hasWork(queue: JobQueue): Promise<boolean> {
  const { waiting, running } = await queue.counts('cpu');
  return waiting + running > 0;
}

async function measurePipeline(adapter: Adapter, meetings: number): Promise<number> {
  await using context = createContext();
  const chaos = await createChaos(context as never, adapter, { stageMs: 0, leaseMs: LEASE_MS });
  await chaos.submit(meetings);
  const since = performance.now();
  await chaos.startAll();
  await chaos.assertAllDone(600_000);
  return (meetings * STAGE_JOBS_PER_MEETING) / ((performance.now() - since) / 1000);
}

if (process.argv[2] === 'worker') {
  const queue = await openQueueAt(JSON.parse(process.argv[3] ?? '{}'), LEASE_MS);
  await queue.work('cpu', [handle(assignJob, async () => ({}))], { concurrency: CONCURRENCY });
} else {
  const meetings = Number(process.argv[2] ?? 1_000);
  console.log(`${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Node ${process.version}; jobs per second`);
  for (const adapter of ADAPTERS.filter(one => !skipFor(one))) {
    const { added, done } = await measureQueue(adapter, meetings * STAGE_JOBS_PER_MEETING);
    console.log(`${adapter}: added ${Math.round(added)}, done by one worker process ${Math.round(done)}`);
    const stageJobs = await measurePipeline(adapter, Math.min(meetings, 300));
    console.log(`${adapter}: stage jobs of the whole pipeline ${Math.round(stageJobs)}`);
  }
}
