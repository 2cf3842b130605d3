/** A worker on BullMQ: runs what it is given, hears cancels, and stops in time. */
import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '../../../logger.ts';
import { backoffMs, restMs } from '../backoff.ts';
import type { JobFailure, QueueTiming, Worker } from '../job-queue.ts';
import { type JobRegistry, MAX_CRASHES, type QueueName } from '../job-type.ts';
import { type Handler, type Outcome, type Run, startStored } from '../run-stored.ts';
import { logOutcome, throttle } from '../worker-log.ts';
import { CHANGE_CHANNEL } from './add-job.ts';
import { BullWorker } from './bull-worker.ts';
import { asLoggable, callRedis } from './connect.ts';
import { cancelReasons } from './find-job.ts';
import { type BullQueues, PREFIX } from './queues.ts';
import { beginRun } from './scripts.ts';
import { asReason, type BullJob, fromBullPriority, ourId, type StoredResult } from './stored-job.ts';

interface WorkerOptions {
  /** Waits for Redis; BullMQ takes and settles jobs on it. */
  patient: Redis;
  /** Does not wait; looks for cancels and confirms on it. */
  client: Redis;
  queues: BullQueues;
  logger: Logger;
  timing: QueueTiming;
  queue: QueueName;
  registry: JobRegistry;
  handlers: readonly Handler[];
  concurrency: number;
}

export interface RunningWorker extends Worker {
  /** Somebody wants that job cancelled. */
  hear(id: string, reason: string): void;
}

/** Our own counter gives jobs up; BullMQ's would do so in its own words, at the second crash by default (measured). */
const NEVER_BY_BULLMQ = 1_000;
const PROGRESS_WRITE_MS = 1_000;
/** Beyond the time for the handlers: for Redis to take the jobs back. */
const SETTLE_MS = 5_000;

export function startBullWorker(options: WorkerOptions): RunningWorker {
  const { patient, client, queues, logger, timing, queue, registry, handlers, concurrency } = options;
  const byType = new Map(handlers.map(handler => [handler.type.name, handler]));
  const runs = new Map<BullJob, Run>();
  const ended = new WeakMap<BullJob, { outcome: Outcome; startedAt: number }>();
  let stopping = false;

  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.error({ queue, err: asLoggable(err), suppressed }, `${what}; it is tried again`),
  );
  /** A hint for those who watch. */
  const tell = (job: BullJob) => void client.publish(CHANGE_CHANNEL, ourId(job.id ?? '')).catch(() => {});
  const keyOf = (job: BullJob) => bull.toKey(job.id ?? '');
  const log = (job: BullJob, outcome: Outcome, startedAt: number) =>
    logOutcome(logger, { jobId: ourId(job.id ?? ''), queue, outcome, startedAt });

  const process = async (job: BullJob, token = ''): Promise<StoredResult> => {
    const jobId = ourId(job.id ?? '');
    const handler = byType.get(job.name);
    if (!handler) return await passOn(job, token);
    const keys = { turns: bull.toKey('turns'), job: keyOf(job) };
    const cancelReason = await beginRun(patient, keys, fromBullPriority(job.opts.priority));
    if (cancelReason !== null) return { cancelled: cancelReason };
    if (job.stalledCounter >= (handler.type.maxCrashes ?? MAX_CRASHES)) {
      logger.error({ jobId }, 'a job was given up: its worker died in each of its runs');
      throw givenUp({ code: 'job_crashed', message: `its worker died in ${job.stalledCounter} runs` });
    }
    if (job.stalledCounter >= 2) await rest(job, token);
    if (stopping) return await giveBack(job, token);
    const startedAt = performance.now();
    const attempt = job.attemptsMade + 1;
    const progress = progressWriter(job, () => tell(job));
    const run = startStored({
      handler,
      stored: job.data.payload,
      context: { jobId, attempt, onProgress: progress.write },
      holdsLease: () => holdsLock(job, token),
      graceMs: timing.graceMs,
    });
    runs.set(job, run);
    logger.debug({ jobId, attempt }, 'job started');
    tell(job);
    const outcome = await run.outcome;
    progress.end();
    runs.delete(job);
    return await settle(job, token, outcome, startedAt);
  };
  const settle = async (job: BullJob, token: string, outcome: Outcome, startedAt: number): Promise<StoredResult> => {
    ended.set(job, { outcome, startedAt });
    switch (outcome.kind) {
      case 'done':
        return { result: outcome.result };
      case 'cancelled':
        return { cancelled: outcome.reason };
      case 'released':
        return await giveBack(job, token);
      case 'lost':
        log(job, outcome, startedAt);
        throw new WaitingError('somebody else has it'); // BullMQ writes nothing then
      case 'failed': {
        const cancelReason = await patient.hget(keyOf(job), 'cancel');
        if (cancelReason !== null) return { cancelled: cancelReason };
        throw outcome.retryable ? new Error(asReason(outcome.failure)) : givenUp(outcome.failure);
      }
    }
  };
  /** BullMQ hands out the jobs of dead workers first and at once; each death is rested after once. */
  const rest = async (job: BullJob, token: string): Promise<void> => {
    const deaths = job.stalledCounter;
    if (Number(await patient.hget(keyOf(job), 'rested')) >= deaths) return;
    await patient.hset(keyOf(job), 'rested', deaths);
    await job.moveToDelayed(Date.now() + restMs(firstRetryMs(job), deaths), token);
    throw new DelayedError();
  };
  const giveBack = async (job: BullJob, token: string): Promise<StoredResult> => {
    const cancelReason = await patient.hget(keyOf(job), 'cancel');
    if (cancelReason !== null) return { cancelled: cancelReason };
    await job.moveToWait(token);
    log(job, { kind: 'released' }, ended.get(job)?.startedAt ?? performance.now());
    throw new WaitingError('given back');
  };
  /** BullMQ hands out jobs of any type: what this worker cannot do, it puts back for a moment, for others. */
  const passOn = async (job: BullJob, token: string): Promise<StoredResult> => {
    if (!registry.find(job.name)) {
      logger.error({ jobId: ourId(job.id ?? '') }, 'a job of an unknown type was rejected');
      throw givenUp({ code: 'unknown_job', message: `no job type ${job.name} is declared here` });
    }
    const dueAtMs = Date.now() + timing.pollMs * 8;
    bull.letOthersTakeAt(dueAtMs);
    await job.moveToDelayed(dueAtMs, token);
    throw new DelayedError();
  };
  const holdsLock = (job: BullJob, token: string) =>
    callRedis(client, async () => {
      const backend = (await queues.get(queue)).getBackend();
      return (await backend.extendLock(job.id ?? '', token, timing.leaseMs)) === 1;
    });

  const bull = new BullWorker(queue, process, {
    connection: patient,
    prefix: PREFIX,
    concurrency,
    lockDuration: timing.leaseMs,
    stalledInterval: timing.sweepMs,
    maxStalledCount: NEVER_BY_BULLMQ,
    // a job that was given back wakes nobody up, so look once a second
    drainDelay: 1,
    // 15 s by default: work would lag behind Redis when that comes back
    runRetryDelay: 1_000,
    settings: { backoffStrategy: (attemptsMade, _type, _error, job) => backoffMs(firstRetryMs(job), attemptsMade) },
  });
  const logEnded = (job: BullJob | undefined) => {
    if (job) tell(job);
    const end = job && ended.get(job);
    if (end) log(job, end.outcome, end.startedAt);
  };
  bull.on('completed', logEnded);
  bull.on('failed', logEnded);
  bull.on('stalled', id => logger.warn({ jobId: ourId(id) }, 'the worker of a job died; the job runs again'));
  bull.on('error', error => complain('a worker has trouble with Redis', error));
  bull.on('lockRenewalFailed', ids => {
    for (const [job, run] of runs) if (ids.includes(job.id ?? '')) run.stop('lease lost', 'it was not renewed in time');
  });

  const hear = (id: string, reason: string) => {
    for (const [job, run] of runs) if (ourId(job.id ?? '') === id) run.stop('cancel', reason);
  };
  /** What was announced may have been missed. */
  const lookForCancels = async () => {
    const jobs = [...runs.keys()];
    if (jobs.length === 0 || client.status !== 'ready') return;
    const reasons = await cancelReasons(client, await queues.get(queue), jobs);
    for (const [i, job] of jobs.entries()) {
      const reason = reasons[i] ?? null;
      if (reason !== null) runs.get(job)?.stop('cancel', reason);
    }
  };
  const poll = setInterval(
    () => lookForCancels().catch(error => complain('looking for cancelled jobs did not work', error)),
    timing.pollMs * 8,
  );

  const stop = async () => {
    stopping = true;
    const wasRunning = runs.size > 0;
    const closed = bull.close();
    for (const run of runs.values()) run.stop('shutdown', 'the worker stops');
    // with nothing to give back there is no reason to wait for a Redis that is away
    const limitMs = wasRunning || patient.status === 'ready' ? timing.graceMs + SETTLE_MS : 0;
    const deadline = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => deadline.resolve('late'), limitMs);
    if ((await Promise.race([closed, deadline.promise])) === 'late') {
      if (wasRunning)
        logger.error(
          { queue },
          'Redis did not take the running jobs back in time; others get them when their locks end',
        );
      await bull.abandon();
    }
    clearTimeout(timer);
    clearInterval(poll);
  };
  let stopped: Promise<void> | undefined;
  return {
    running: () => [...runs.keys()].map(job => ourId(job.id ?? '')),
    stop: () => (stopped ??= stop()),
    hear,
  };
}

function givenUp(failure: JobFailure): UnrecoverableError {
  return new UnrecoverableError(asReason(failure));
}

function firstRetryMs(job: { opts: BullJob['opts'] } | undefined): number {
  const backoff = job?.opts.backoff;
  return typeof backoff === 'object' ? (backoff.delay ?? 0) : 0;
}

/** Never falls within a run; a write that fails is left out, the next one comes. */
function progressWriter(job: BullJob, onWritten: () => void): { write(fraction: number): void; end(): void } {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let furthest = 0;
  return {
    write(fraction) {
      furthest = Math.max(furthest, Math.min(1, fraction));
      if (performance.now() - writtenAt < PROGRESS_WRITE_MS) return;
      writtenAt = performance.now();
      job.updateProgress(furthest).then(onWritten, () => {}); // progress is a hint
    },
    /** A handler that was left behind must not write into somebody else's run. */
    end() {
      writtenAt = Number.POSITIVE_INFINITY;
    },
  };
}
