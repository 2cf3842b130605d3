/** Putting jobs in, taking them away and cancelling them, so that a finished id is never a silent no-op. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Addition, Cancellation, JobState } from '../job-queue.ts';
import type { QueueName } from '../job-type.ts';
import type { PreparedJob } from '../prepare-job.ts';
import { dropCancelled, findCancelled, findJob, isExpired, keepCancelled } from './find-job.ts';
import { PREFIX } from './queues.ts';
import { markCancelled, takeRound } from './scripts.ts';
import { asBullPriority, asStatus, type BullQueue, bullOptions, type FoundJob, stateOf } from './stored-job.ts';

export interface CancelNotice {
  id: string;
  reason: string;
}
export const CANCEL_CHANNEL = `${PREFIX}:cancel`;
/** Carries ids of jobs that changed. */
export const CHANGE_CHANNEL = `${PREFIX}:change`;

export async function addJob(client: Redis, bull: BullQueue, prepared: PreparedJob): Promise<Addition> {
  const { id, type, payload, user, priority, delayMs, again } = prepared;
  const [found, cancelled] = await Promise.all([findJob(client, bull, id), findCancelled(client, bull, id)]);
  const known = found && !isExpired(found) ? stateOf(found) : cancelled?.state;
  if (known && !(again && isFinished(known))) return { id, added: false, state: known };
  // BullMQ takes a job under an id that it still keeps for added, and does nothing
  if (found && !(await removeJob(bull, found))) return { id, added: false, state: 'running' };
  if (cancelled) await dropCancelled(client, bull, id);
  const keys = { turns: bull.toKey('turns'), waiting: bull.toKey('prioritized') };
  const bullPriority = asBullPriority(priority, await takeRound(client, keys, priority, user));
  const nonce = randomUUID();
  const options = { ...bullOptions(type, bullPriority), jobId: id, delay: delayMs };
  await bull.add(type.name, { payload, user, priority, nonce }, options);
  // somebody else may have added it in the meantime
  const now = await findJob(client, bull, id);
  if (now && now.job.data.nonce !== nonce) return { id, added: false, state: stateOf(now) };
  return { id, added: true, state: delayMs > 0 ? 'delayed' : 'waiting' };
}

export async function cancelJob(
  { client, bull, queue }: { client: Redis; bull: BullQueue; queue: QueueName },
  { id, reason }: CancelNotice,
): Promise<Cancellation> {
  const found = await findJob(client, bull, id);
  if (!found) return (await findCancelled(client, bull, id)) ? 'finished' : 'unknown';
  const state = stateOf(found);
  if (isFinished(state)) return 'finished';
  const key = bull.toKey(found.job.id ?? '');
  if (state !== 'running') {
    // marked first: if a worker takes it right now, that worker sees the mark
    if (!(await markCancelled(client, key, reason))) return 'finished';
    if (isNextOfSchedule(found)) return 'cancelled';
    await keepCancelled(client, bull, asStatus(found, queue, 0));
    if (await removeJob(bull, found)) return 'cancelled';
    await dropCancelled(client, bull, id);
  } else if (!(await markCancelled(client, key, reason))) return 'finished';
  await client.publish(CANCEL_CHANNEL, JSON.stringify({ id, reason } satisfies CancelNotice));
  return 'cancelling';
}

export const isFinished = (state: JobState): boolean => state === 'done' || state === 'failed' || state === 'cancelled';

/** False: a worker holds it. */
export async function removeJob(bull: BullQueue, { job, bullState }: FoundJob): Promise<boolean> {
  return bullState !== 'active' && (await bull.remove(job.id ?? '', { removeChildren: false })) === 1;
}

/** BullMQ does not let go of the next run of a schedule, since the one after hangs on it. */
const isNextOfSchedule = ({ job, bullState }: FoundJob) => job.repeatJobKey !== undefined && bullState === 'delayed';
