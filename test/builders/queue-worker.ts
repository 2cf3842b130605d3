/**
 * A worker process of its own, for tests that kill it: `node queue-worker.ts OPTIONS`, OPTIONS being the JSON of
 * `WorkerProcessOptions`. It appends one line per event to `log`.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { JobQueue } from '../../src/pipeline/queue/job-queue.ts';
import { handle } from '../../src/pipeline/queue/run-stored.ts';
import { echoJob, QUICK, testRegistry } from './test-jobs.ts';

/** Which queue to open: the file of one adapter, or the address of the other. */
export type QueueAddress = { file: string } | { url: string };

export interface WorkerProcessOptions {
  address: QueueAddress;
  log: string;
  /** How long each job takes. */
  workMs: number;
  concurrency: number;
  /** Block the event loop instead of waiting. */
  deaf?: boolean;
}

export interface Event {
  what: 'ready' | 'start' | 'effect' | 'lost' | 'stop';
  pid: number;
  jobId: string;
}

export function readEvents(log: string, what: Event['what']): Event[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  return lines.map(line => JSON.parse(line) as Event).filter(event => event.what === what);
}

export interface WorkerProcess {
  pid: number;
  /** Resolves when it is gone. */
  gone: Promise<void>;
}

export function startWorkerProcess(t: TestContext, options: WorkerProcessOptions): WorkerProcess {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
  t.after(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  return { pid: child.pid!, gone };
}

export async function openQueueAt(address: QueueAddress): Promise<JobQueue> {
  const options = { registry: testRegistry, logger: pino({ level: 'silent' }), timing: QUICK };
  if ('file' in address) {
    const { openSqliteQueue } = await import('../../src/pipeline/queue/sqlite-queue.ts');
    return openSqliteQueue({ ...options, file: address.file });
  }
  const { openBullmqQueue } = await import('../../src/pipeline/queue/bullmq-queue.ts');
  return await openBullmqQueue({ ...options, url: address.url });
}

async function main({ address, log, workMs, concurrency, deaf }: WorkerProcessOptions): Promise<void> {
  const tell = (what: Event['what'], jobId = '') =>
    appendFileSync(log, `${JSON.stringify({ what, pid: process.pid, jobId })}\n`);
  const queue = await openQueueAt(address);
  const echo = handle(echoJob, async ({ n }, context) => {
    tell('start', context.jobId);
    if (deaf) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workMs);
    else await delay(workMs, undefined, { signal: context.signal }).catch(() => tell('stop', context.jobId));
    await context.confirm().catch(error => {
      tell('lost', context.jobId);
      throw error;
    });
    tell('effect', context.jobId);
    return { n, pid: process.pid };
  });
  const worker = await queue.work('cpu', [echo], { concurrency });
  tell('ready');
  process.once('SIGTERM', async () => {
    await worker.stop();
    await queue.close();
    process.exit(0);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(JSON.parse(process.argv[2] ?? '{}'));
