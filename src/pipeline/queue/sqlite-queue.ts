/** The embedded queue: one SQLite file, any number of worker processes on the same host. */
import { fileURLToPath } from 'node:url';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { type Database, openDatabase } from '../store/open-database.ts';
import { nextCronMs } from './cron.ts';
import {
  type Addition,
  type Cancellation,
  DEFAULT_TIMING,
  type Depth,
  type JobQueue,
  type JobState,
  type QueueTiming,
  type Schedule,
} from './job-queue.ts';
import { type JobRegistry, MAX_CRASHES, type QueueName } from './job-type.ts';
import { checkHandlers, type PreparedJob, prepareJob } from './prepare-job.ts';
import { insertJob } from './sqlite/claim-jobs.ts';
import { asStatus, statusColumns } from './sqlite/rows.ts';
import { type ChangeWatcher, watchChanges } from './sqlite/watch-changes.ts';
import { type SqliteWorker, startSqliteWorker } from './sqlite/worker.ts';
import { throttle } from './worker-log.ts';

interface SqliteQueueOptions {
  /** Beside the store, not inside it: jobs come and go, meetings stay. */
  file: string;
  registry: JobRegistry;
  logger: Logger;
  timing?: QueueTiming;
}

/** @throws HansardError what `openDatabase` throws */
export function openSqliteQueue({ file, registry, logger, timing = DEFAULT_TIMING }: SqliteQueueOptions): JobQueue {
  // the truth lies in the store: what a power cut takes from the queue, the reconciler brings back
  const db = openDatabase(file, fileURLToPath(new URL('./sqlite/migrations', import.meta.url)), 'normal');
  const workers = new Map<QueueName, SqliteWorker[]>();
  const workersOf = (queue: QueueName) => workers.get(queue) ?? [];
  const watchers = new Set<ChangeWatcher>();
  const look = () => watchers.forEach(watcher => void watcher.look());
  const onWatchError = throttle((_what, err, suppressed) => logger.error({ err, suppressed }, 'watching jobs failed'));
  const wake = (queue: QueueName) => workersOf(queue).forEach(worker => void worker.wake());
  return {
    types: () => registry.types,
    async add(type, request) {
      const job = prepareJob({ registry, logger }, type, request);
      const addition = db.transaction(() => addJob(db, job));
      logger.info({ jobId: job.id, added: addition.added, state: addition.state }, 'job added');
      wake(type.queue);
      return addition;
    },
    async status(id) {
      const row = db.get(`SELECT ${statusColumns} FROM jobs j WHERE id = ?`, id);
      return row === undefined ? undefined : asStatus(row);
    },
    async cancel(id, reason) {
      const cancellation = db.transaction(() => cancelJob(db, id, reason));
      logger.info({ jobId: id, cancellation }, 'cancel');
      look();
      if (cancellation === 'cancelling') for (const worker of [...workers.values()].flat()) worker.lookForCancels();
      return cancellation;
    },
    async work(queue, handlers, { concurrency }) {
      checkHandlers(registry, queue, handlers);
      const knownTypes = registry.types.map(type => type.name);
      const worker = startSqliteWorker({
        db,
        logger,
        timing,
        queue,
        handlers,
        concurrency,
        knownTypes,
        onSettled: look,
      });
      workers.set(queue, [...workersOf(queue), worker]);
      return worker;
    },
    async pause(queue) {
      db.run('INSERT INTO paused (queue) VALUES (?) ON CONFLICT DO NOTHING', queue);
    },
    async resume(queue) {
      db.run('DELETE FROM paused WHERE queue = ?', queue);
      wake(queue);
    },
    counts: async queue => countJobs(db, queue),
    async list(queue, state, limit) {
      const order = state === 'waiting' ? 'j.priority, j.round, j.seq' : 'j.seq DESC';
      const rows = db.all(
        `SELECT ${statusColumns} FROM jobs j WHERE queue = ? AND state = ? ORDER BY ${order} LIMIT ?`,
        queue,
        state,
        limit,
      );
      return rows.map(asStatus);
    },
    async retry(id) {
      const row = db.get(
        `UPDATE jobs SET state = 'waiting', failed_attempts = 0, crashes = 0, progress = 0, error_code = NULL,
           error_message = NULL, cancel_reason = NULL, finished_at = NULL WHERE id = ? AND state = 'failed' RETURNING queue`,
        id,
      ) as { queue: QueueName } | undefined;
      if (row) wake(row.queue);
      return row !== undefined;
    },
    async purge(queue, states, olderThanMs) {
      return db.run(
        `DELETE FROM jobs WHERE queue = ? AND state IN (SELECT value FROM json_each(?)) AND state <> 'running'
           AND COALESCE(finished_at, created_at) <= ?`,
        queue,
        JSON.stringify(states),
        Date.now() - olderThanMs,
      );
    },
    async forget(id) {
      const forgotten = db.run("DELETE FROM jobs WHERE id = ? AND state <> 'running'", id) === 1;
      db.run('DELETE FROM changes WHERE job_id = ?', id);
      if (forgotten) db.checkpoint();
      return forgotten;
    },
    async schedule(type, request) {
      const { id, payload } = prepareJob({ registry, logger }, type, request);
      const { cron, timeZone } = request;
      const nextAtMs = nextCronMs(cron, timeZone, Date.now());
      db.run(
        `INSERT INTO schedules (id, type, queue, payload, cron, time_zone, max_attempts, first_retry_ms, max_crashes, next_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET payload = excluded.payload,
           cron = excluded.cron, time_zone = excluded.time_zone, max_attempts = excluded.max_attempts,
           first_retry_ms = excluded.first_retry_ms, max_crashes = excluded.max_crashes, next_at = excluded.next_at
         WHERE (payload, cron, time_zone) <> (excluded.payload, excluded.cron, excluded.time_zone)`,
        ...[id, type.name, type.queue, JSON.stringify(payload), cron, timeZone],
        ...[type.attempts, type.firstRetryMs, type.maxCrashes ?? MAX_CRASHES, nextAtMs],
      );
      return listSchedules(db).find(schedule => schedule.id === id)!;
    },
    unschedule: async id => db.run('DELETE FROM schedules WHERE id = ?', id) === 1,
    schedules: async () => listSchedules(db),
    watch(listener) {
      const onError = (error: unknown) => onWatchError('watch', error);
      const watcher = watchChanges(db, { pollMs: timing.pollMs, listener, onError });
      watchers.add(watcher);
      return () => {
        watcher.stop();
        watchers.delete(watcher);
      };
    },
    async problems() {
      try {
        db.transaction(() => {
          db.run("INSERT INTO paused (queue) VALUES ('probe')");
          db.run("DELETE FROM paused WHERE queue = 'probe'");
        });
        return [];
      } catch (error) {
        return [error instanceof HansardError ? error.userMessage : String(error)];
      }
    },
    async close() {
      for (const watcher of watchers) watcher.stop();
      watchers.clear();
      await Promise.all([...workers.values()].flat().map(worker => worker.stop()));
      db.close();
    },
  };
}

function addJob(db: Database, job: PreparedJob): Addition {
  const { id, again, delayMs } = job;
  const known = stateOf(db, id);
  const isFinished = known === 'done' || known === 'failed' || known === 'cancelled';
  if (known && !(again && isFinished)) return { id, added: false, state: known };
  db.run('DELETE FROM jobs WHERE id = ?', id);
  insertJob(db, job);
  return { id, added: true, state: delayMs > 0 ? 'delayed' : 'waiting' };
}

function cancelJob(db: Database, id: string, reason: string): Cancellation {
  const state = stateOf(db, id);
  if (state === undefined) return 'unknown';
  if (state === 'running') {
    db.run('UPDATE jobs SET cancel_reason = ? WHERE id = ?', reason, id);
    return 'cancelling';
  }
  if (state !== 'waiting' && state !== 'delayed') return 'finished';
  db.run(
    "UPDATE jobs SET state = 'cancelled', cancel_reason = ?, finished_at = ? WHERE id = ?",
    reason,
    Date.now(),
    id,
  );
  return 'cancelled';
}

function stateOf(db: Database, id: string): JobState | undefined {
  const row = db.get('SELECT state FROM jobs WHERE id = ?', id) as { state: JobState } | undefined;
  return row?.state;
}

function countJobs(db: Database, queue: QueueName): Depth {
  const counts = { waiting: 0, delayed: 0, running: 0, failed: 0 };
  const rows = db.all(
    `SELECT state, COUNT(*) AS count FROM jobs WHERE queue = ? AND state IN ('waiting', 'delayed', 'running', 'failed')
     GROUP BY state`,
    queue,
  ) as { state: keyof typeof counts; count: number }[];
  for (const { state, count } of rows) counts[state] = count;
  return { ...counts, paused: db.get('SELECT 1 FROM paused WHERE queue = ?', queue) !== undefined };
}

function listSchedules(db: Database): Schedule[] {
  return db.all(
    'SELECT id, type, cron, time_zone AS timeZone, next_at AS nextAtMs FROM schedules ORDER BY id',
  ) as Schedule[];
}
