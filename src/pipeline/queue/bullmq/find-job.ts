/** Looking jobs up, and the places of those that wait. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { isFaultCode } from '../../../errors.ts';
import { type JobFailure, type JobStatus, KEEP_FINISHED_MS } from '../job-queue.ts';
import { QUEUES } from '../job-type.ts';
import { type BullJob, type BullQueue, bullIds, type FoundJob } from './stored-job.ts';

/** A job that was cancelled while it waited leaves its last status here, because BullMQ can only remove it. */
const cancelledStatus: z.ZodType<JobStatus> = z.object({
  id: z.string(),
  type: z.string(),
  queue: z.enum(QUEUES),
  state: z.literal('cancelled'),
  progress: z.number(),
  priority: z.number(),
  user: z.string(),
  payload: z.unknown(),
  result: z.null(),
  failure: z
    .object({
      code: z.custom<JobFailure['code']>(
        code => typeof code === 'string' && (code === 'unexpected' || isFaultCode(code)),
      ),
      message: z.string(),
    })
    .nullable(),
  failedAttempts: z.number(),
  maxAttempts: z.number(),
  crashes: z.number(),
  cancelling: z.literal(false),
  position: z.null(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  finishedAtMs: z.number().nullable(),
});

const cancelledKey = (bull: BullQueue, id: string) => bull.toKey(`cancelled.${id}`);

export async function keepCancelled(client: Redis, bull: BullQueue, status: JobStatus): Promise<void> {
  const kept = { ...status, state: 'cancelled', cancelling: false, position: null, finishedAtMs: Date.now() };
  await client.set(cancelledKey(bull, status.id), JSON.stringify(kept), 'PX', KEEP_FINISHED_MS);
}

export async function findCancelled(client: Redis, bull: BullQueue, id: string): Promise<JobStatus | undefined> {
  const text = await client.get(cancelledKey(bull, id));
  return text === null ? undefined : cancelledStatus.safeParse(JSON.parse(text)).data;
}

export async function dropCancelled(client: Redis, bull: BullQueue, id: string): Promise<boolean> {
  return (await client.del(cancelledKey(bull, id))) === 1;
}

export async function findJob(client: Redis, bull: BullQueue, id: string): Promise<FoundJob | undefined> {
  for (const bullId of bullIds(id)) {
    const found = await readJob(client, bull, bullId);
    if (found) return found;
  }
  return undefined;
}

/** The state and the job are read one after the other, so they are read again when they contradict each other. */
async function readJob(client: Redis, bull: BullQueue, bullId: string): Promise<FoundJob | undefined> {
  let found: FoundJob | undefined;
  for (let look = 0; look < 5; look++) {
    const [bullState, job, cancelReason] = await Promise.all([
      bull.getJobState(bullId),
      bull.getJob(bullId),
      client.hget(bull.toKey(bullId), 'cancel'),
    ]);
    if (!job) return undefined;
    found = { job, bullState, cancelReason };
    const isOver = bullState === 'completed' || bullState === 'failed';
    if (bullState !== 'unknown' && isOver === (job.finishedOn !== undefined)) break;
  }
  return found;
}

/** How many jobs go before one that waits: first BullMQ's list of those that were taken back, then those by priority. */
export async function positionOf(client: Redis, bull: BullQueue, { job, bullState }: FoundJob): Promise<number> {
  const id = job.id ?? '';
  const list = bull.toKey('wait');
  if (bullState === 'waiting') {
    const [length, fromHead] = await Promise.all([client.llen(list), client.lpos(list, id)]);
    return fromHead === null ? 0 : length - 1 - fromHead;
  }
  const [length, rank] = await Promise.all([client.llen(list), client.zrank(bull.toKey('prioritized'), id)]);
  return length + (rank ?? 0);
}

/** @returns why each of the jobs is to be stopped, or null */
export async function cancelReasons(
  client: Redis,
  bull: BullQueue,
  jobs: readonly BullJob[],
): Promise<(string | null)[]> {
  return await Promise.all(jobs.map(job => client.hget(bull.toKey(job.id ?? ''), 'cancel')));
}

export const isExpired = ({ job, bullState }: FoundJob): boolean =>
  bullState === 'completed' && (job.finishedOn ?? 0) < Date.now() - KEEP_FINISHED_MS;
