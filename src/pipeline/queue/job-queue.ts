/**
 * The port of the job queue. Two adapters, `sqlite-queue.ts` and `bullmq-queue.ts`; one contract,
 * test/contracts/queue.contract.ts. At least once: a job whose worker died, or lost its lease, runs again.
 */
import type { FaultCode } from '../../errors.ts';
import type { JobType, QueueName } from './job-type.ts';
import type { Handler } from './run-stored.ts';

/** `delayed` waits for its time, `failed` is a dead letter: it waits for a person. */
export type JobState = 'waiting' | 'delayed' | 'running' | 'done' | 'failed' | 'cancelled';

export interface JobFailure {
  /** `unexpected`: an error that is not ours, thus a bug; its message is kept. */
  code: FaultCode | 'unexpected';
  message: string;
}

export interface JobStatus {
  id: string;
  type: string;
  queue: QueueName;
  state: JobState;
  /** 0..1 */
  progress: number;
  priority: number;
  user: string;
  /** As it was stored; not parsed. */
  payload: unknown;
  /** What the handler gave back. */
  result: unknown;
  /** The last failure; also while it waits for a retry. */
  failure: JobFailure | null;
  /** Runs that ended with an error. */
  failedAttempts: number;
  maxAttempts: number;
  /** Runs that ended with the death of the worker. */
  crashes: number;
  /** Somebody wants it cancelled and it still runs. */
  cancelling: boolean;
  /** How many jobs go before it; null unless it is waiting. */
  position: number | null;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  /** When the last run began. */
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

export interface JobRequest<P> {
  /** The caller's name for the work, e.g. the meeting's id: letters, digits, `.`, `_`, `-`. The id is `type.key`. */
  key: string;
  payload: P;
  /** Whose turn it takes, e.g. the uploader's id. */
  user?: string;
  /** Lower goes first; default `PRIORITIES.automatic`. */
  priority?: number;
  /** Not before this many milliseconds from now. */
  delayMs?: number;
  /** Run it again when a job under this key has finished. Without it a finished job is left alone and told of. */
  again?: boolean;
}

/** `added` false: there was already a job under this key, in that state. */
export interface Addition {
  id: string;
  added: boolean;
  state: JobState;
}

/** `cancelling`: it runs, and was told to stop. `finished`: it is over and cannot be cancelled. */
export type Cancellation = 'cancelled' | 'cancelling' | 'finished' | 'unknown';

export interface ScheduleRequest<P> {
  key: string;
  payload: P;
  /** Five fields, e.g. `30 3 * * *`; six with seconds first. */
  cron: string;
  /** IANA name, e.g. `Europe/Berlin`. */
  timeZone: string;
}

export interface Schedule {
  id: string;
  type: string;
  cron: string;
  timeZone: string;
  /** Milliseconds since 1970. */
  nextAtMs: number;
}

export interface Depth {
  waiting: number;
  delayed: number;
  running: number;
  /** Dead letters. */
  failed: number;
  paused: boolean;
}

export type ListableState = Exclude<JobState, 'done' | 'cancelled'>;

export interface Work {
  /** How many jobs at once. */
  concurrency: number;
}

export interface Worker {
  /** Ids of the jobs that run now. */
  running(): string[];
  /**
   * Takes no more jobs, asks the running ones to stop, and gives back what did not end; no attempt is counted.
   * Ends within 25 s, whatever the handlers do.
   */
  stop(): Promise<void>;
}

/** Every call may throw HansardError `queue_unavailable` (retryable), soon: none hangs. */
export interface JobQueue {
  /** Every type that may be added here. */
  types(): readonly JobType[];
  /** Idempotent. @throws HansardError `unknown_job`, `invalid_job` before anything is queued */
  add<P>(type: JobType<P>, request: JobRequest<P>): Promise<Addition>;
  /** undefined for an id that is not known, or that finished more than a day ago. */
  status(id: string): Promise<JobStatus | undefined>;
  /** A waiting job never starts; a running one is told to stop within seconds, wherever it runs. */
  cancel(id: string, reason: string): Promise<Cancellation>;
  /** Takes jobs of those types from one queue. @throws HansardError `invalid_job` for a handler of another queue */
  work(queue: QueueName, handlers: readonly Handler[], work: Work): Promise<Worker>;
  /** No job of the queue is started anywhere until `resume`; running ones go on. */
  pause(queue: QueueName): Promise<void>;
  resume(queue: QueueName): Promise<void>;
  counts(queue: QueueName): Promise<Depth>;
  /** Those that wait in the order of their turn, the others newest first. */
  list(queue: QueueName, state: ListableState, limit: number): Promise<JobStatus[]>;
  /** A dead letter starts afresh, with all its attempts. False: there is no such dead letter. */
  retry(id: string): Promise<boolean>;
  /** Drops jobs of a queue that wait or failed, finished at least `olderThanMs` ago. @returns how many */
  purge(queue: QueueName, states: readonly Exclude<ListableState, 'running'>[], olderThanMs: number): Promise<number>;
  /** Erases all that is kept of a job that does not run. False: there was nothing, or it runs. */
  forget(id: string): Promise<boolean>;
  /** Runs a job again and again; the same type and key replaces the schedule. Missed times are made up for once. */
  schedule<P>(type: JobType<P>, request: ScheduleRequest<P>): Promise<Schedule>;
  unschedule(id: string): Promise<boolean>;
  schedules(): Promise<Schedule[]>;
  /**
   * Calls `listener` with the id of a job that started, progressed or ended, anywhere; with undefined when hints may have
   * been missed, since the queue was away. They may come late, twice or never, so look at `status`, and now and then
   * without a hint. @returns a function that ends it
   */
  watch(listener: (id: string | undefined) => void): () => void;
  /** What is wrong with it now, one sentence each; [] when all is well. */
  problems(): Promise<string[]>;
  /** Stops its workers and lets go of files and connections. */
  close(): Promise<void>;
}

export interface QueueTiming {
  /** A worker that was not heard of for so long is taken for dead, and its jobs are given to others. */
  leaseMs: number;
  /** How often the leases of dead workers are looked for. */
  sweepMs: number;
  /** How often a worker looks for new jobs (SQLite) and for cancelled ones. */
  pollMs: number;
  /** How long a handler that was asked to stop may take. */
  graceMs: number;
}

/** Lease and sweep: a job of a killed worker runs again within 150 s. Grace: a stop ends within 25 s. */
export const DEFAULT_TIMING: QueueTiming = { leaseMs: 120_000, sweepMs: 30_000, pollMs: 250, graceMs: 15_000 };

/** How long a finished job can be asked for. */
export const KEEP_FINISHED_MS = 24 * 60 * 60 * 1000;
