/** Runs one stored job: parses what was stored, watches the limits, and says how it ended. Both adapters run jobs here. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { JobFailure } from './job-queue.ts';
import type { JobType } from './job-type.ts';
import { asStored } from './prepare-job.ts';

export interface JobContext {
  jobId: string;
  /** 1 for the first run; crashes and shutdowns do not count. */
  attempt: number;
  /** Aborted on cancel, at the soft time limit, on shutdown, and when the lease was lost. */
  signal: AbortSignal;
  /** Fraction done, 0..1; may be called often, is stored at most once a second. */
  onProgress(fraction: number): void;
  /**
   * Call it right before every effect outside: a worker that slept through its lease finds out here that somebody else
   * has the job. @throws HansardError `cancelled`
   */
  confirm(): Promise<void>;
}

/** One type with the function that does it; made by `handle`, which keeps payload and function together. */
export interface Handler {
  type: JobType;
  run(stored: unknown, context: JobContext): Promise<unknown>;
}

export function handle<P>(type: JobType<P>, run: (payload: P, context: JobContext) => Promise<unknown>): Handler {
  return {
    type,
    async run(stored, context) {
      // an older version may have written what is stored
      const parsed = type.payload.safeParse(stored);
      if (!parsed.success)
        throw new HansardError('invalid_job', z.prettifyError(parsed.error), { cause: parsed.error });
      return asStored(context.jobId, await run(parsed.data, context));
    },
  };
}

/** `released`: back to the queue, no attempt counted. `lost`: somebody else has it, nothing may be written. */
export type Outcome =
  | { kind: 'done'; result: unknown }
  | { kind: 'failed'; failure: JobFailure; retryable: boolean }
  | { kind: 'cancelled'; reason: string }
  | { kind: 'released' }
  | { kind: 'lost' };

export interface Run {
  outcome: Promise<Outcome>;
  /** The first reason wins. */
  stop(why: 'cancel' | 'shutdown' | 'lease lost', detail: string): void;
}

interface StartOptions {
  handler: Handler;
  stored: unknown;
  context: Pick<JobContext, 'jobId' | 'attempt' | 'onProgress'>;
  /** Whether the lease still holds; throws when that cannot be known. */
  holdsLease(): Promise<boolean>;
  /** How long the handler may take to stop. */
  graceMs: number;
}

export function startStored({ handler, stored, context, holdsLease, graceMs }: StartOptions): Run {
  const controller = new AbortController();
  const ended = Promise.withResolvers<Outcome>();
  const timers: NodeJS.Timeout[] = [];
  let stopped: Outcome | undefined;

  const stopWith = (outcome: Outcome, reason: HansardError) => {
    if (stopped) return;
    stopped = outcome;
    controller.abort(reason);
  };
  const stop: Run['stop'] = (why, detail) => {
    const outcome = outcomeOfStop(why, detail);
    stopWith(outcome, new HansardError('cancelled', `${context.jobId}: ${why}: ${detail}`));
    // a handler that does not hear is left behind: its lease is given up, so nothing that it does later counts
    timers.push(setTimeout(() => ended.resolve(stopped ?? outcome), graceMs));
  };
  const outOfTime = (limitMs: number): [Outcome, HansardError] => {
    const error = new HansardError('job_timed_out', `${context.jobId} took longer than ${limitMs / 1000} s`);
    return [failed(error), error];
  };
  const { softLimitMs, hardLimitMs } = handler.type;
  timers.push(setTimeout(() => stopWith(...outOfTime(softLimitMs)), softLimitMs));
  timers.push(setTimeout(() => ended.resolve(stopped ?? outOfTime(hardLimitMs)[0]), hardLimitMs));

  const confirm = async () => {
    controller.signal.throwIfAborted();
    if (!(await holdsLease())) stop('lease lost', 'another worker has the job');
    controller.signal.throwIfAborted();
  };
  const work = async () => await handler.run(stored, { ...context, signal: controller.signal, confirm });
  work().then(
    // finished all the same: what was lost stays lost, everything else is done
    result => ended.resolve(stopped?.kind === 'lost' ? stopped : { kind: 'done', result }),
    (error: unknown) => ended.resolve(stopped ?? failed(error)),
  );
  const outcome = ended.promise.finally(() => {
    for (const timer of timers) clearTimeout(timer);
  });
  return { outcome, stop };
}

function outcomeOfStop(why: Parameters<Run['stop']>[0], detail: string): Outcome {
  if (why === 'cancel') return { kind: 'cancelled', reason: detail };
  return why === 'shutdown' ? { kind: 'released' } : { kind: 'lost' };
}

/** Ours says itself whether it may be retried; anything unknown is a bug and is retried. */
function failed(error: unknown): Outcome {
  if (error instanceof HansardError)
    return { kind: 'failed', failure: { code: error.code, message: error.detail }, retryable: error.retryable };
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', failure: { code: 'unexpected', message }, retryable: true };
}
