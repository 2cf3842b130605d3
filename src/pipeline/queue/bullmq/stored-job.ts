/** How our jobs lie in BullMQ: their ids, data, priorities, results and failures. */
import type { Job, JobsOptions, Queue } from 'bullmq';
import { z } from 'zod';
import { isFaultCode } from '../../../errors.ts';
import { type JobFailure, type JobState, type JobStatus, KEEP_FINISHED_MS } from '../job-queue.ts';
import type { JobType, QueueName } from '../job-type.ts';

export const storedData = z.object({
  payload: z.unknown(),
  user: z.string(),
  priority: z.number(),
  /** Tells the adder whether the job that is there now is the one just added. */
  nonce: z.string(),
});
export type StoredData = z.infer<typeof storedData>;

/** BullMQ knows no cancelled jobs: they are completed with a reason. */
export type StoredResult = { result: unknown } | { cancelled: string };

export type BullJob = Job<StoredData, StoredResult, string>;
export type BullQueue = Queue<StoredData, StoredResult, string>;

/** BullMQ's priorities end at 2^21 − 1: 4 bits hold ours (1..15), 17 bits the round of the user. */
const ROUNDS = 2 ** 17;
export const LAST_ROUND = ROUNDS - 1;
export const asBullPriority = (priority: number, round: number): number => priority * ROUNDS + round;
export const fromBullPriority = (bullPriority = 0): { priority: number; round: number } => ({
  priority: Math.floor(bullPriority / ROUNDS),
  round: bullPriority % ROUNDS,
});

/** What BullMQ is told about a job of that type. */
export function bullOptions(type: JobType, bullPriority: number): JobsOptions {
  return {
    priority: bullPriority,
    attempts: type.attempts,
    backoff: { type: 'custom', delay: type.firstRetryMs },
    removeOnComplete: { age: KEEP_FINISHED_MS / 1000 },
    removeOnFail: false,
    // the reason is kept; stacks may quote content
    stackTraceLimit: 0,
  };
}

/** A run of a schedule is `repeat:ID:TIME` in BullMQ, and `ID.TIME` for everybody else. */
export function ourId(bullId: string): string {
  const [, schedule, time] = /^repeat:(.+):(\d+)$/.exec(bullId) ?? [];
  return schedule ? `${schedule}.${time}` : bullId;
}

/** The names that a job of that id may have in BullMQ. */
export function bullIds(id: string): string[] {
  const [, schedule, time] = /^(.+)\.(\d{13})$/.exec(id) ?? [];
  return schedule ? [id, `repeat:${schedule}:${time}`] : [id];
}

/** Readable in a dashboard: `code: message`. */
export const asReason = ({ code, message }: JobFailure): string => `${code}: ${message}`;

export function asFailure(reason: string | undefined): JobFailure | null {
  if (!reason) return null;
  const [, code = '', message = ''] = /^(\w+): (.*)$/s.exec(reason) ?? [];
  if (code === 'unexpected' || isFaultCode(code)) return { code, message };
  // BullMQ's own words, for a job whose worker died more often than it allows
  return { code: reason.startsWith('job stalled') ? 'job_crashed' : 'unexpected', message: reason };
}

const states: Record<string, JobState> = {
  waiting: 'waiting',
  prioritized: 'waiting',
  delayed: 'delayed',
  active: 'running',
  completed: 'done',
  failed: 'failed',
};

export interface FoundJob {
  job: BullJob;
  /** BullMQ's word for it. */
  bullState: string;
  cancelReason: string | null;
}

export function stateOf({ job, bullState, cancelReason }: FoundJob): JobState {
  const state = states[bullState] ?? 'waiting';
  if (state === 'done') return isCancelled(job.returnvalue) ? 'cancelled' : 'done';
  // the next run of a schedule cannot be removed, only marked
  return cancelReason !== null && (state === 'waiting' || state === 'delayed') ? 'cancelled' : state;
}

/** @param position how many jobs go before it */
export function asStatus(found: FoundJob, queue: QueueName, position: number): JobStatus {
  const { job, cancelReason } = found;
  const state = stateOf(found);
  const data = storedData.catch({ payload: job.data, user: '', priority: 0, nonce: '' }).parse(job.data);
  const failure = asFailure(job.failedReason);
  const { returnvalue } = job;
  return {
    id: ourId(job.id ?? ''),
    type: job.name,
    queue,
    state,
    progress: state === 'done' ? 1 : Number(job.progress) || 0,
    priority: data.priority,
    user: data.user,
    payload: data.payload,
    result: state === 'done' && !isCancelled(returnvalue) ? (returnvalue?.result ?? null) : null,
    failure,
    failedAttempts: failedAttempts(job, state, failure),
    maxAttempts: job.opts.attempts ?? 1,
    crashes: job.stalledCounter,
    cancelling: state === 'running' && cancelReason !== null,
    position: state === 'waiting' ? position : null,
    createdAtMs: job.timestamp,
    startedAtMs: job.processedOn ?? null,
    finishedAtMs: job.finishedOn ?? null,
  };
}

/** BullMQ counts every run that it was told the end of, good ones and given-up ones too. */
function failedAttempts(job: BullJob, state: JobState, failure: JobFailure | null): number {
  const wasNoFailure = job.finishedOn !== undefined && (state === 'done' || state === 'cancelled');
  const wasNoRun = state === 'failed' && (failure?.code === 'job_crashed' || failure?.code === 'unknown_job');
  return Math.max(0, job.attemptsMade - (wasNoFailure || wasNoRun ? 1 : 0));
}

function isCancelled(result: StoredResult | null | undefined): result is { cancelled: string } {
  return result != null && 'cancelled' in result;
}
