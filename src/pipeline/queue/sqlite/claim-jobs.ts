/** Putting jobs into the table and taking those out whose turn it is; each one short transaction. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../../store/open-database.ts';
import { nextCronMs } from '../cron.ts';
import { MAX_CRASHES, PRIORITIES, type QueueName } from '../job-type.ts';
import type { PreparedJob } from '../prepare-job.ts';
import { type LeasedJob, leasedColumns, leasedRow } from './rows.ts';

interface NewRow {
  id: string;
  type: string;
  queue: QueueName;
  payload: string;
  user: string;
  priority: number;
  dueAtMs: number;
  schedule: string | null;
  maxAttempts: number;
  firstRetryMs: number;
  maxCrashes: number;
}

/** Call it in a transaction that knows there is no other job with its id. */
export function insertJob(db: Database, { id, type, payload, user, priority, delayMs }: PreparedJob): void {
  const dueAtMs = Date.now() + delayMs;
  const { queue, attempts: maxAttempts, firstRetryMs, maxCrashes = MAX_CRASHES } = type;
  const rest = { user, priority, dueAtMs, schedule: null, maxAttempts, firstRetryMs, maxCrashes };
  insertRow(db, { id, type: type.name, queue, payload: JSON.stringify(payload), ...rest });
}

function insertRow(db: Database, row: NewRow): void {
  const now = Date.now();
  db.run(
    `INSERT INTO jobs (id, type, queue, payload, user, priority, round, state, due_at, schedule, max_attempts,
       first_retry_ms, max_crashes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.id,
    row.type,
    row.queue,
    row.payload,
    row.user,
    row.priority,
    nextRound(db, row),
    row.dueAtMs > now ? 'delayed' : 'waiting',
    row.dueAtMs,
    row.schedule,
    row.maxAttempts,
    row.firstRetryMs,
    row.maxCrashes,
    now,
  );
}

/**
 * Users take turns: a job gets the round after its user's last one, but none that has been served already
 * (the start tags of start-time fair queueing, Goyal, Vin and Cheng 1996, with jobs of equal length).
 */
function nextRound(db: Database, { queue, priority, user }: Pick<NewRow, 'queue' | 'priority' | 'user'>): number {
  const row = db.get(
    `SELECT MAX(
       COALESCE((SELECT served FROM rounds WHERE queue = ?1 AND priority = ?2), 0),
       COALESCE((SELECT MAX(round) + 1 FROM jobs WHERE queue = ?1 AND priority = ?2 AND user = ?3), 0)) AS round`,
    queue,
    priority,
    user,
  ) as { round: number };
  return row.round;
}

/** Takes up to `limit` jobs of those types whose turn it is. */
export function claimJobs(
  db: Database,
  { queue, types, limit, leaseMs }: { queue: QueueName; types: readonly string[]; limit: number; leaseMs: number },
): LeasedJob[] {
  const now = Date.now();
  const typeList = JSON.stringify(types);
  if (!mayHaveWork(db, queue, typeList, now)) return [];
  return db.transaction(() => {
    addScheduled(db, queue, now);
    db.run("UPDATE jobs SET state = 'waiting' WHERE queue = ? AND state = 'delayed' AND due_at <= ?", queue, now);
    const turns = db.all(
      `SELECT seq, priority, round FROM jobs WHERE queue = ? AND state = 'waiting'
         AND type IN (SELECT value FROM json_each(?)) ORDER BY priority, round, seq LIMIT ?`,
      queue,
      typeList,
      limit,
    ) as { seq: number; priority: number; round: number }[];
    return turns.map(({ seq, priority, round }) => {
      db.run(
        `INSERT INTO rounds (queue, priority, served) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET served = MAX(served, excluded.served)`,
        queue,
        priority,
        round,
      );
      const row = db.get(
        `UPDATE jobs SET state = 'running', lease = ?, lease_until = ?, started_at = ? WHERE seq = ?
         RETURNING ${leasedColumns}`,
        randomUUID(),
        now + leaseMs,
        now,
        seq,
      );
      return leasedRow.parse(row);
    });
  });
}

/** Looked at before the write lock is taken, so that idle workers do not stand in each other's way. */
function mayHaveWork(db: Database, queue: QueueName, typeList: string, now: number): boolean {
  const row = db.get(
    `SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM paused WHERE queue = ?1) AND (
       EXISTS (SELECT 1 FROM jobs WHERE queue = ?1 AND state = 'waiting' AND type IN (SELECT value FROM json_each(?3)))
       OR EXISTS (SELECT 1 FROM jobs WHERE queue = ?1 AND state = 'delayed' AND due_at <= ?2)
       OR EXISTS (SELECT 1 FROM schedules WHERE queue = ?1 AND next_at <= ?2))`,
    queue,
    now,
    typeList,
  );
  return row !== undefined;
}

const dueSchedule = z.object({
  id: z.string(),
  type: z.string(),
  payload: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  maxAttempts: z.number(),
  firstRetryMs: z.number(),
  maxCrashes: z.number(),
  nextAt: z.number(),
});

/** A schedule whose job still waits does not add another: missed times are made up for once. */
function addScheduled(db: Database, queue: QueueName, now: number): void {
  const due = db.all(
    `SELECT id, type, payload, cron, time_zone AS timeZone, max_attempts AS maxAttempts, first_retry_ms AS firstRetryMs,
       max_crashes AS maxCrashes, next_at AS nextAt FROM schedules WHERE queue = ? AND next_at <= ?`,
    queue,
    now,
  );
  for (const row of due) {
    const schedule = dueSchedule.parse(row);
    const waits = db.get("SELECT 1 FROM jobs WHERE schedule = ? AND state IN ('waiting', 'delayed')", schedule.id);
    if (!waits)
      insertRow(db, {
        ...schedule,
        id: `${schedule.id}.${schedule.nextAt}`,
        queue,
        user: '',
        priority: PRIORITIES.maintenance,
        dueAtMs: now,
        schedule: schedule.id,
      });
    db.run(
      'UPDATE schedules SET next_at = ? WHERE id = ?',
      nextCronMs(schedule.cron, schedule.timeZone, now),
      schedule.id,
    );
  }
}
