/**
 * What Redis forgets when it is emptied under us. FLUSHALL on a live server drops no connection, so nobody is told; jobs
 * come back through the reconciler, pauses and schedules only from here (measured: a flush ends a pause).
 */
import type { Redis } from 'ioredis';
import type { Logger } from '../../../logger.ts';
import { QUEUES, type QueueName } from '../job-type.ts';
import { type BullQueues, PREFIX } from './queues.ts';
import type { BullQueue, StoredData } from './stored-job.ts';

/** There as long as Redis was not emptied. */
const MARKER = `${PREFIX}:marker`;

type Scheduler = Awaited<ReturnType<BullQueue['getJobSchedulers']>>[number];
interface Snapshot {
  paused: QueueName[];
  schedulers: { queue: QueueName; scheduler: Scheduler }[];
}

export interface Keeper {
  /** Takes note of what there is, or puts back what there was. */
  look(): Promise<void>;
}

export function createKeeper(client: Redis, queues: BullQueues, logger: Logger): Keeper {
  let snapshot: Snapshot | undefined;
  return {
    async look() {
      const isFresh = (await client.set(MARKER, '1', 'NX')) === 'OK';
      if (isFresh && snapshot) {
        const { paused, schedulers } = snapshot;
        await restore(queues, snapshot);
        logger.error(
          { paused, schedules: schedulers.length },
          'Redis was emptied; pauses and schedules were put back, jobs come back through the reconciler',
        );
      }
      snapshot = await takeSnapshot(queues);
    },
  };
}

async function takeSnapshot(queues: BullQueues): Promise<Snapshot> {
  const snapshot: Snapshot = { paused: [], schedulers: [] };
  for (const queue of QUEUES) {
    const bull = await queues.get(queue);
    const [isPaused, schedulers] = await Promise.all([bull.isPaused(), bull.getJobSchedulers()]);
    if (isPaused) snapshot.paused.push(queue);
    for (const scheduler of schedulers) snapshot.schedulers.push({ queue, scheduler });
  }
  return snapshot;
}

async function restore(queues: BullQueues, { paused, schedulers }: Snapshot): Promise<void> {
  for (const queue of paused) await (await queues.get(queue)).pause();
  for (const { queue, scheduler } of schedulers) {
    const { key, name, pattern = '', tz = 'UTC', template = {} } = scheduler;
    const bull = await queues.get(queue);
    await bull.upsertJobScheduler(key, { pattern, tz }, { ...template, name, data: template.data as StoredData });
  }
}
