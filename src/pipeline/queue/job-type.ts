/** What a kind of job is, declared once: queue, payload, retries, time limits. Types are declared in ../jobs.ts. */
import type { z } from 'zod';
import { HansardError } from '../../errors.ts';

/** One queue per scarce resource. */
export const QUEUES = ['intake', 'media', 'gpu', 'cpu', 'llm', 'deliver', 'maintenance'] as const;
export type QueueName = (typeof QUEUES)[number];

/** Lower goes first; 1..15. Within one number users take turns. */
export const PRIORITIES = { interactive: 1, automatic: 5, rerun: 5, maintenance: 10 } as const;
export const LOWEST_PRIORITY = 15;

/** A job that brought its worker down so often is given up. */
export const MAX_CRASHES = 3;

export interface JobType<P = unknown> {
  /** Small letters and dashes; it begins the id of each of its jobs. */
  name: string;
  queue: QueueName;
  /** Ids, keys and options, never audio, transcripts, names or tokens. Checked when added and again when taken. */
  payload: z.ZodType<P>;
  /** How often it may fail with a retryable error before it becomes a dead letter. */
  attempts: number;
  /** The wait before the first retry; it doubles each time, see backoff.ts. */
  firstRetryMs: number;
  /** How often it may bring its worker down before it becomes a dead letter; `MAX_CRASHES` by default. */
  maxCrashes?: number;
  /** After this the job's signal is aborted, so that it can leave a checkpoint. */
  softLimitMs: number;
  /** After this the job is taken away from its handler, whatever that is doing. */
  hardLimitMs: number;
}

export interface JobRegistry {
  /** All declared types, by name. */
  types: readonly JobType[];
  find(name: string): JobType | undefined;
}

/** @throws HansardError `invalid_job` when a declaration cannot work */
export function createJobRegistry(types: readonly JobType[]): JobRegistry {
  const byName = new Map<string, JobType>();
  for (const type of types) {
    const wrong = faultOf(type, byName);
    if (wrong) throw new HansardError('invalid_job', `the job type ${type.name} ${wrong}`);
    byName.set(type.name, type);
  }
  const sorted = [...types].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { types: sorted, find: name => byName.get(name) };
}

function faultOf(type: JobType, known: ReadonlyMap<string, JobType>): string | undefined {
  if (!/^[a-z][a-z-]*$/.test(type.name)) return 'may have only small letters and dashes in its name';
  if (known.has(type.name)) return 'is declared twice';
  if (!(type.attempts >= 1)) return 'needs at least one attempt';
  if (!(type.softLimitMs < type.hardLimitMs)) return 'needs a soft time limit below its hard one';
  return undefined;
}
