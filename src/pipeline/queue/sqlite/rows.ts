/** The rows of the table of jobs, as the rest of the program sees them. */
import { z } from 'zod';
import type { JobFailure, JobStatus } from '../job-queue.ts';
import { QUEUES } from '../job-type.ts';

/** A job with its lease: only the holder of the newest lease may write. */
export interface LeasedJob {
  id: string;
  type: string;
  payload: unknown;
  lease: string;
  failedAttempts: number;
  maxAttempts: number;
  firstRetryMs: number;
  progress: number;
}

const stored = z.string().transform(text => JSON.parse(text) as unknown);
export const leasedRow = z.object({
  id: z.string(),
  type: z.string(),
  payload: stored,
  lease: z.string(),
  failedAttempts: z.number(),
  maxAttempts: z.number(),
  firstRetryMs: z.number(),
  progress: z.number(),
});
export const leasedColumns = `id, type, payload, lease, failed_attempts AS failedAttempts, max_attempts AS maxAttempts,
  first_retry_ms AS firstRetryMs, progress`;

const statusRow = z.object({
  id: z.string(),
  type: z.string(),
  queue: z.enum(QUEUES),
  state: z.enum(['waiting', 'delayed', 'running', 'done', 'failed', 'cancelled']),
  progress: z.number(),
  priority: z.number(),
  user: z.string(),
  payload: stored,
  result: stored.nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  failedAttempts: z.number(),
  maxAttempts: z.number(),
  crashes: z.number(),
  cancelReason: z.string().nullable(),
  position: z.number().nullable(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  finishedAtMs: z.number().nullable(),
});

/** The columns of a status; `jobs` must be named j. */
export const statusColumns = `j.id, j.type, j.queue, j.state, j.progress, j.priority, j.user, j.payload, j.result,
  j.error_code AS errorCode, j.error_message AS errorMessage, j.failed_attempts AS failedAttempts,
  j.max_attempts AS maxAttempts, j.crashes, j.cancel_reason AS cancelReason, j.created_at AS createdAtMs,
  j.started_at AS startedAtMs, j.finished_at AS finishedAtMs,
  CASE j.state WHEN 'waiting' THEN (SELECT COUNT(*) FROM jobs o WHERE o.queue = j.queue AND o.state = 'waiting'
    AND (o.priority, o.round, o.seq) < (j.priority, j.round, j.seq)) END AS position`;

export function asStatus(row: unknown): JobStatus {
  const { errorCode, errorMessage, cancelReason, ...status } = statusRow.parse(row);
  const code = errorCode as JobFailure['code'] | null;
  return {
    ...status,
    failure: code && { code, message: errorMessage ?? '' },
    cancelling: status.state === 'running' && cancelReason !== null,
  };
}
