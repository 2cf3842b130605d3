/** Stages: how far each meeting is, what each step cost, and where its result lies. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { assertAllowedMove, STAGE_STATES, STAGES, type StageName, type StageState } from '../moves.ts';
import type { Audit } from './audit.ts';
import type { Failure } from './meetings.ts';
import type { Database } from './open-database.ts';

const stageRow = z.object({
  meetingId: z.string(),
  name: z.enum(STAGES),
  state: z.enum(STAGE_STATES),
  /** 0..1 */
  progress: z.number(),
  /** How often it was started. */
  attempts: z.number(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  seconds: z.number().nullable(),
  /** Seconds of work per second of audio. */
  rtf: z.number().nullable(),
  resultKey: z.string().nullable(),
  queuedAt: z.string().nullable(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type Stage = z.infer<typeof stageRow>;

/** What a finished stage leaves; `rtf` where the audio's length is known and the work was really done. */
export interface StageResult {
  resultKey: string;
  seconds: number;
  rtf?: number;
}

export interface Stages {
  /** In the order of the story. @returns [] for an unknown meeting */
  of(meetingId: string): Stage[];
  /** @throws HansardError `unknown_meeting` */
  get(meetingId: string, name: StageName): Stage;
  /** All stages in one state, longest there first. */
  inState(state: StageState, limit: number): Stage[];
  /** Moves without a result. @throws HansardError `illegal_move`, `unknown_meeting` */
  move(meetingId: string, name: StageName, to: 'waiting' | 'queued' | 'running' | 'skipped', who: string): Stage;
  finish(meetingId: string, name: StageName, result: StageResult, who: string): Stage;
  fail(meetingId: string, name: StageName, failure: Failure, who: string): Stage;
  /**
   * Keeps how far a running stage is, 0..1. Never falls; written at most once a second, so it may be called often.
   * @returns whether it was written
   */
  progress(meetingId: string, name: StageName, fraction: number): boolean;
  /** Keys of results that no other meeting uses. */
  resultKeysOnlyOf(meetingId: string): string[];
  /** Some meeting uses the result. */
  isResultKey(key: string): boolean;
  /** Over all meetings that are kept. */
  totals(): StageTotals;
  /** Median seconds of work per second of audio of the last 50 runs on this machine; undefined before the first. */
  measuredRtf(name: StageName): number | undefined;
}

export interface StageTotals {
  /** `runs`: how many were computed, not answered from a stored result; `restarts`: starts beyond the first of each. */
  totals: { stage: StageName; runs: number; seconds: number; restarts: number }[];
  failed: { stage: StageName; code: string; count: number }[];
}

const columns = `meeting_id AS meetingId, name, state, progress, attempts, error_code AS errorCode,
  error_message AS errorMessage, seconds, rtf, result_key AS resultKey, queued_at AS queuedAt,
  started_at AS startedAt, finished_at AS finishedAt`;

const PROGRESS_WRITE_MS = 1_000;
const SPEED_SAMPLES = 50;

export function createStages(db: Database, audit: Audit): Stages {
  /** When each running stage last wrote its progress. */
  const writtenAtMs = new Map<string, number>();
  const select = (rest: string, ...values: (string | number)[]): Stage[] =>
    db.all(`SELECT ${columns} FROM stages ${rest}`, ...values).map(row => stageRow.parse(row));
  const get = (meetingId: string, name: StageName): Stage => {
    const stage = select('WHERE meeting_id = ? AND name = ?', meetingId, name)[0];
    if (!stage) throw new HansardError('unknown_meeting', `no meeting with a stage ${name} has the id ${meetingId}`);
    return stage;
  };
  const moveTo = (meetingId: string, name: StageName, to: StageState, change: StageChange, who: string): Stage =>
    db.transaction(() => {
      const { state: from } = get(meetingId, name);
      assertAllowedMove('stage', from, to);
      writtenAtMs.delete(`${meetingId} ${name}`);
      applyMove(db, { meetingId, name, to, change });
      const detail = change.failure ? { stage: name, from, to, error: change.failure.code } : { stage: name, from, to };
      audit.write({ who, what: 'stage.moved', meetingId, detail });
      return get(meetingId, name);
    });
  return {
    of: meetingId => select('WHERE meeting_id = ? ORDER BY position', meetingId),
    get,
    inState: (state, limit) => select('WHERE state = ? ORDER BY queued_at LIMIT ?', state, limit),
    move: (meetingId, name, to, who) => moveTo(meetingId, name, to, {}, who),
    finish: (meetingId, name, result, who) => moveTo(meetingId, name, 'done', { result }, who),
    fail: (meetingId, name, failure, who) => moveTo(meetingId, name, 'failed', { failure }, who),
    progress(meetingId, name, fraction) {
      const key = `${meetingId} ${name}`;
      const now = Date.now();
      if (now - (writtenAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < PROGRESS_WRITE_MS) return false;
      const bounded = Math.min(1, Math.max(0, fraction));
      const changed = db.run(
        "UPDATE stages SET progress = ? WHERE meeting_id = ? AND name = ? AND state = 'running' AND progress < ?",
        bounded,
        meetingId,
        name,
        bounded,
      );
      if (changed === 0) return false;
      writtenAtMs.set(key, now);
      return true;
    },
    resultKeysOnlyOf(meetingId) {
      const rows = db.all(
        `SELECT DISTINCT result_key AS key FROM stages mine WHERE meeting_id = ?1 AND result_key IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM stages other WHERE other.result_key = mine.result_key AND other.meeting_id <> ?1)`,
        meetingId,
      );
      return (rows as { key: string }[]).map(({ key }) => key);
    },
    isResultKey: key => db.get('SELECT 1 FROM stages WHERE result_key = ? LIMIT 1', key) !== undefined,
    totals: () => ({
      totals: db.all(
        `SELECT name AS stage, SUM(rtf IS NOT NULL) AS runs, SUM(CASE WHEN rtf IS NOT NULL THEN seconds ELSE 0 END) AS seconds,
           SUM(MAX(attempts - 1, 0)) AS restarts FROM stages GROUP BY name`,
      ) as StageTotals['totals'],
      failed: db.all(
        "SELECT name AS stage, error_code AS code, COUNT(*) AS count FROM stages WHERE state = 'failed' GROUP BY name, error_code",
      ) as StageTotals['failed'],
    }),
    measuredRtf(name) {
      const rows = db.all(
        'SELECT rtf FROM stages WHERE name = ? AND rtf IS NOT NULL ORDER BY finished_at DESC LIMIT ?',
        name,
        SPEED_SAMPLES,
      ) as { rtf: number }[];
      return rows.map(row => row.rtf).sort((a, b) => a - b)[Math.floor(rows.length / 2)];
    },
  };
}

interface StageChange {
  result?: StageResult;
  failure?: Failure;
}

function applyMove(
  db: Database,
  { meetingId, name, to, change }: { meetingId: string; name: StageName; to: StageState; change: StageChange },
): void {
  const now = new Date().toISOString();
  const { result, failure } = change;
  db.run(
    `UPDATE stages SET state = ?1, error_code = ?2, error_message = ?3,
       progress = CASE ?1 WHEN 'done' THEN 1 WHEN 'failed' THEN progress ELSE 0 END,
       attempts = attempts + (?1 = 'running'),
       seconds = COALESCE(?4, CASE WHEN ?1 = 'waiting' THEN NULL ELSE seconds END),
       rtf = COALESCE(?5, CASE WHEN ?1 = 'waiting' THEN NULL ELSE rtf END),
       result_key = COALESCE(?6, CASE WHEN ?1 = 'waiting' THEN NULL ELSE result_key END),
       queued_at = CASE ?1 WHEN 'queued' THEN ?7 WHEN 'waiting' THEN NULL ELSE queued_at END,
       started_at = CASE ?1 WHEN 'running' THEN ?7 WHEN 'waiting' THEN NULL ELSE started_at END,
       finished_at = CASE WHEN ?1 IN ('done', 'failed', 'skipped') THEN ?7 ELSE NULL END
     WHERE meeting_id = ?8 AND name = ?9`,
    to,
    failure?.code ?? null,
    failure?.message ?? null,
    result?.seconds ?? null,
    result?.rtf ?? null,
    result?.resultKey ?? null,
    now,
    meetingId,
    name,
  );
}
