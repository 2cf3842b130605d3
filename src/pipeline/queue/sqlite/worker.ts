/** A worker on the table of jobs: looks for work, keeps its leases alive, hears cancels, stops in time. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../../logger.ts';
import type { Database } from '../../store/open-database.ts';
import type { QueueTiming, Worker } from '../job-queue.ts';
import type { QueueName } from '../job-type.ts';
import { type Handler, type Run, startStored } from '../run-stored.ts';
import { logOutcome, throttle } from '../worker-log.ts';
import { claimJobs } from './claim-jobs.ts';
import type { LeasedJob } from './rows.ts';
import { extendLeases, rejectUnknown, settleJob, sweepJobs } from './settle-jobs.ts';

interface WorkerOptions {
  db: Database;
  logger: Logger;
  timing: QueueTiming;
  queue: QueueName;
  handlers: readonly Handler[];
  concurrency: number;
  /** Names of all declared types. */
  knownTypes: readonly string[];
  /** The end of a job was written. */
  onSettled(): void;
}

export interface SqliteWorker extends Worker {
  /** A job may have become ready in this process. */
  wake(): void;
  /** A cancel was asked for in this process. */
  lookForCancels(): void;
}

const PROGRESS_WRITE_MS = 1_000;

export function startSqliteWorker(options: WorkerOptions): SqliteWorker {
  const { db, logger, timing, queue, handlers, concurrency, knownTypes, onSettled } = options;
  const byType = new Map(handlers.map(handler => [handler.type.name, handler]));
  const types = [...byType.keys()];
  const runs = new Map<string, { job: LeasedJob; run: Run; settled: Promise<void> }>();
  let stopping = false;
  let alarm = Promise.withResolvers<void>();

  /** A busy or full disk must not end the worker: it is told, and tried again at the next turn. */
  const guarded = (what: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      complain(what, error);
    }
  };
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.error({ queue, err, suppressed }, `${what} did not work; it is tried again`),
  );

  const start = (job: LeasedJob) => {
    const startedAt = performance.now();
    const run = startStored({
      handler: byType.get(job.type)!,
      stored: job.payload,
      context: { jobId: job.id, attempt: job.failedAttempts + 1, onProgress: progressWriter(db, job) },
      holdsLease: async () => extendLeases(db, [job.lease], timing.leaseMs).has(job.lease),
      graceMs: timing.graceMs,
    });
    logger.debug({ jobId: job.id, attempt: job.failedAttempts + 1 }, 'job started');
    const settled = run.outcome.then(async outcome => {
      // the outcome of hours of work is worth some patience with a full disk; the lease is kept meanwhile
      while (true) {
        try {
          const written = outcome.kind !== 'lost' && settleJob(db, job, outcome);
          logOutcome(logger, { jobId: job.id, queue, outcome: written ? outcome : { kind: 'lost' }, startedAt });
          break;
        } catch (error) {
          complain('writing the end of a job', error);
          if (stopping) break;
          await delay(timing.pollMs * 4);
        }
      }
      runs.delete(job.lease);
      onSettled();
      wake();
    });
    runs.set(job.lease, { job, run, settled });
  };
  const wake = () => alarm.resolve();
  const takeJobs = () => {
    const limit = concurrency - runs.size;
    if (limit > 0) for (const job of claimJobs(db, { queue, types, limit, leaseMs: timing.leaseMs })) start(job);
  };
  const keepLeases = () => {
    if (runs.size === 0) return;
    const held = extendLeases(db, [...runs.keys()], timing.leaseMs);
    for (const [lease, { run }] of runs) if (!held.has(lease)) run.stop('lease lost', 'it was not renewed in time');
  };
  const lookForCancels = () => {
    if (runs.size === 0) return;
    const rows = db.all(
      `SELECT lease, cancel_reason AS reason FROM jobs WHERE cancel_reason IS NOT NULL AND state = 'running'
         AND lease IN (SELECT value FROM json_each(?))`,
      JSON.stringify([...runs.keys()]),
    ) as { lease: string; reason: string }[];
    for (const { lease, reason } of rows) runs.get(lease)?.run.stop('cancel', reason);
  };
  const sweep = () => {
    const { rescued, poisonous } = sweepJobs(db);
    for (const jobId of rescued) logger.warn({ jobId }, 'the worker of a job died; the job runs again');
    for (const jobId of poisonous) logger.error({ jobId }, 'a job was given up: its worker died in each of its runs');
    for (const jobId of rejectUnknown(db, knownTypes)) logger.error({ jobId }, 'a job of an unknown type was rejected');
  };
  const loop = async () => {
    guarded('looking for dead workers', sweep);
    while (!stopping) {
      guarded('taking jobs', takeJobs);
      const timer = setTimeout(wake, timing.pollMs);
      await alarm.promise;
      clearTimeout(timer);
      alarm = Promise.withResolvers();
    }
  };
  const timers = [
    setInterval(() => guarded('renewing leases', keepLeases), timing.leaseMs / 4),
    setInterval(() => guarded('looking for cancelled jobs', lookForCancels), timing.pollMs * 2),
    setInterval(() => guarded('looking for dead workers', sweep), timing.sweepMs),
  ];
  const looping = loop();
  const stop = async () => {
    stopping = true;
    wake();
    await looping;
    for (const { run } of runs.values()) run.stop('shutdown', 'the worker stops');
    await Promise.all([...runs.values()].map(({ settled }) => settled));
    for (const timer of timers) clearInterval(timer);
  };
  let stopped: Promise<void> | undefined;
  return {
    running: () => [...runs.values()].map(({ job }) => job.id),
    stop: () => (stopped ??= stop()),
    wake,
    lookForCancels: () => guarded('looking for cancelled jobs', lookForCancels),
  };
}

/** Never falls within a run; a write that fails is left out, the next one comes. */
function progressWriter(db: Database, job: LeasedJob): (fraction: number) => void {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let furthest = 0;
  return fraction => {
    furthest = Math.max(furthest, Math.min(1, fraction));
    if (performance.now() - writtenAt < PROGRESS_WRITE_MS) return;
    writtenAt = performance.now();
    try {
      db.run('UPDATE jobs SET progress = ? WHERE id = ? AND lease = ?', furthest, job.id, job.lease);
    } catch {
      // progress is a hint
    }
  };
}
