/** Statuses of jobs, one and many. */
import type { Redis } from 'ioredis';
import type { JobStatus, ListableState } from '../job-queue.ts';
import type { QueueName } from '../job-type.ts';
import { cancelReasons, positionOf } from './find-job.ts';
import { asStatus, type BullQueue, type FoundJob, stateOf } from './stored-job.ts';

export async function statusOf(client: Redis, bull: BullQueue, queue: QueueName, found: FoundJob): Promise<JobStatus> {
  const position = stateOf(found) === 'waiting' ? await positionOf(client, bull, found) : 0;
  return asStatus(found, queue, position);
}

/** BullMQ takes the jobs of `wait`, which were taken back from dead workers, before those by priority. */
const places = {
  waiting: ['wait', 'prioritized'],
  delayed: ['delayed'],
  running: ['active'],
  failed: ['failed'],
} as const satisfies Record<ListableState, readonly string[]>;

const bullStates = {
  wait: 'waiting',
  prioritized: 'prioritized',
  delayed: 'delayed',
  active: 'active',
  failed: 'failed',
};

export async function listJobs(
  { client, bull, queue }: { client: Redis; bull: BullQueue; queue: QueueName },
  state: ListableState,
  limit: number,
): Promise<JobStatus[]> {
  const isInTurn = state === 'waiting';
  const found: FoundJob[] = [];
  for (const place of places[state]) {
    const jobs = await bull.getJobs([place], 0, limit - 1, isInTurn);
    const reasons = await cancelReasons(client, bull, jobs);
    for (const [i, job] of jobs.entries())
      found.push({ job, bullState: bullStates[place], cancelReason: reasons[i] ?? null });
  }
  const statuses = found
    .map((one, position) => asStatus(one, queue, position))
    .filter(status => status.state === state);
  if (!isInTurn) statuses.sort((a, b) => (b.finishedAtMs ?? b.createdAtMs) - (a.finishedAtMs ?? a.createdAtMs));
  return statuses.slice(0, limit);
}
