/** How runs end: by an outcome, or by the death of the worker. */
import type { Database, SqlValue } from '../../store/open-database.ts';
import { backoffMs, restMs } from '../backoff.ts';
import { KEEP_FINISHED_MS } from '../job-queue.ts';
import type { Outcome } from '../run-stored.ts';
import type { LeasedJob } from './rows.ts';
import { KEPT_CHANGES } from './watch-changes.ts';

/** A cancel may have come while the run was ending. */
const unlessCancelled = "CASE WHEN cancel_reason IS NULL THEN ? ELSE 'cancelled' END";

/** Writes how a run ended. False: the lease was lost, and nothing was written. */
export function settleJob(db: Database, job: LeasedJob, outcome: Exclude<Outcome, { kind: 'lost' }>): boolean {
  const now = Date.now();
  const write = (assignments: string, ...values: SqlValue[]) =>
    db.run(
      `UPDATE jobs SET ${assignments}, lease = NULL, lease_until = NULL WHERE id = ? AND lease = ?`,
      ...values,
      job.id,
      job.lease,
    ) === 1;
  switch (outcome.kind) {
    case 'done':
      return write("state = 'done', progress = 1, result = ?, finished_at = ?", JSON.stringify(outcome.result), now);
    case 'cancelled':
      return write("state = 'cancelled', cancel_reason = ?, finished_at = ?", outcome.reason, now);
    case 'released':
      return write(`state = ${unlessCancelled}`, 'waiting');
    case 'failed': {
      const { failure, retryable } = outcome;
      const failedAttempts = job.failedAttempts + 1;
      const again = retryable && failedAttempts < job.maxAttempts;
      return write(
        `state = ${unlessCancelled}, due_at = ?, failed_attempts = ?, error_code = ?, error_message = ?, finished_at = ?`,
        again ? 'delayed' : 'failed',
        again ? now + backoffMs(job.firstRetryMs, failedAttempts) : now,
        failedAttempts,
        failure.code,
        failure.message,
        again ? null : now,
      );
    }
  }
}

/** @returns the leases that still hold, now for longer */
export function extendLeases(db: Database, leases: readonly string[], leaseMs: number): Set<string> {
  const rows = db.all(
    `UPDATE jobs SET lease_until = ? WHERE state = 'running' AND lease IN (SELECT value FROM json_each(?))
     RETURNING lease`,
    Date.now() + leaseMs,
    JSON.stringify(leases),
  ) as { lease: string }[];
  return new Set(rows.map(row => row.lease));
}

export interface Sweep {
  /** Ids of jobs whose worker died and that run again. */
  rescued: string[];
  /** Ids of jobs that brought their worker down too often. */
  poisonous: string[];
}

/** Makes dead letters of waiting jobs that no version of this program's types can run. @returns their ids */
export function rejectUnknown(db: Database, knownTypes: readonly string[]): string[] {
  const rows = db.all(
    `UPDATE jobs SET state = 'failed', finished_at = ?, error_code = 'unknown_job',
       error_message = 'no job type ' || type || ' is declared here'
     WHERE state IN ('waiting', 'delayed') AND type NOT IN (SELECT value FROM json_each(?)) RETURNING id`,
    Date.now(),
    JSON.stringify(knownTypes),
  ) as { id: string }[];
  return rows.map(row => row.id);
}

/** Gives the jobs of dead workers to others, and drops what finished long ago. */
export function sweepJobs(db: Database): Sweep {
  const now = Date.now();
  return db.transaction(() => {
    const rows = db.all(
      `UPDATE jobs SET crashes = crashes + 1, lease = NULL, lease_until = NULL, state = CASE
           WHEN cancel_reason IS NOT NULL THEN 'cancelled' WHEN crashes + 1 >= max_crashes THEN 'failed' ELSE 'waiting' END,
         error_code = CASE WHEN cancel_reason IS NULL AND crashes + 1 >= max_crashes THEN 'job_crashed' ELSE error_code END,
         error_message = CASE WHEN cancel_reason IS NULL AND crashes + 1 >= max_crashes
           THEN 'its worker died in ' || (crashes + 1) || ' runs' ELSE error_message END,
         finished_at = CASE WHEN cancel_reason IS NOT NULL OR crashes + 1 >= max_crashes THEN ?1 END
       WHERE state = 'running' AND lease_until < ?1 
       RETURNING seq, id, state, crashes, first_retry_ms AS firstRetryMs`,
      now,
    ) as { seq: number; id: string; state: string; crashes: number; firstRetryMs: number }[];
    for (const { seq, state, crashes, firstRetryMs } of rows) {
      const rest = restMs(firstRetryMs, crashes);
      if (state === 'waiting' && rest > 0)
        db.run("UPDATE jobs SET state = 'delayed', due_at = ? WHERE seq = ?", now + rest, seq);
    }
    db.run("DELETE FROM jobs WHERE finished_at < ? AND state IN ('done', 'cancelled')", now - KEEP_FINISHED_MS);
    db.run('DELETE FROM changes WHERE seq <= (SELECT MAX(seq) FROM changes) - ?', KEPT_CHANGES);
    const idsOf = (state: string) => rows.filter(row => row.state === state).map(row => row.id);
    return { rescued: idsOf('waiting'), poisonous: idsOf('failed') };
  });
}
