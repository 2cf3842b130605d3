/** Where a meeting is, how far it is, and when it will be done. */
import type { StageName } from '../moves.ts';
import type { JobQueue, JobStatus } from '../queue/job-queue.ts';
import { jobId } from '../queue/prepare-job.ts';
import type { Meeting } from '../store/meetings.ts';
import type { Store } from '../store/open-store.ts';
import type { Stage } from '../store/stages.ts';
import { stageJobs } from './plan-stage.ts';

export interface MeetingReport {
  id: string;
  title: string;
  state: Meeting['state'];
  durationMs: number | null;
  createdAt: string;
  finishedAt: string | null;
  error: { code: string; message: string } | null;
  stages: StageReport[];
  /** Seconds from now; null when nothing of the kind was measured yet on this machine, or when it is over. */
  etaSeconds: number | null;
}

export interface StageReport {
  name: StageName;
  state: Stage['state'];
  /** 0..1 */
  progress: number;
  seconds: number | null;
  attempts: number;
  error: { code: string; message: string } | null;
  /** Jobs before it in its queue; null unless it waits for its turn. */
  position: number | null;
}

/** Where the queue does not answer the positions are left out. */
export async function describeMeeting(meeting: Meeting, store: Store, queue: JobQueue): Promise<MeetingReport> {
  const { id, title, state, durationMs, createdAt, finishedAt } = meeting;
  const rows = store.stages.of(id);
  const jobs = new Map<StageName, JobStatus>();
  for (const { name, state } of rows) {
    if (state !== 'queued') continue;
    const job = await queue.status(jobId(stageJobs[name], id)).catch(() => undefined);
    if (job) jobs.set(name, job);
  }
  const stages = rows.map(row => ({
    name: row.name,
    state: row.state,
    progress: row.progress,
    seconds: row.seconds,
    attempts: row.attempts,
    error: errorOf(row),
    position: jobs.get(row.name)?.position ?? null,
  }));
  const etaSeconds =
    meeting.finishedAt === null ? estimate(stages, durationMs, name => store.stages.measuredRtf(name)) : null;
  return { id, title, state, durationMs, createdAt, finishedAt, error: errorOf(meeting), stages, etaSeconds };
}

function errorOf({ errorCode, errorMessage }: Pick<Meeting, 'errorCode' | 'errorMessage'>): MeetingReport['error'] {
  return errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' };
}

/** These run side by side: the longer one counts. */
const PARALLEL: readonly StageName[] = ['transcribe', 'diarize'];

/** From the speed of this machine so far, taking those before it in the queue for as long as it is itself. */
function estimate(
  stages: readonly StageReport[],
  durationMs: number | null,
  rtfOf: (name: StageName) => number | undefined,
): number | null {
  if (durationMs === null || rtfOf('transcribe') === undefined) return null;
  const remaining = ({ name, state, progress, position }: StageReport): number => {
    if (state === 'done' || state === 'skipped' || state === 'failed') return 0;
    const whole = (rtfOf(name) ?? 0) * (durationMs / 1000);
    return whole * (1 - progress + (position ?? 0));
  };
  const parallel = stages.filter(({ name }) => PARALLEL.includes(name)).map(remaining);
  const others = stages.filter(({ name }) => !PARALLEL.includes(name)).map(remaining);
  return Math.max(...parallel) + others.reduce((sum, seconds) => sum + seconds, 0);
}
