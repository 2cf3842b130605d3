/** BullMQ's queues, one per queue of ours, opened when first asked for and all on one connection. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueName } from '../job-type.ts';
import type { BullQueue } from './stored-job.ts';

/** Begins every key and channel of ours. */
export const PREFIX = 'hansard';
/** Nobody reads these events, and they quote results. */
const KEPT_EVENTS = 100;

export interface BullQueues {
  get(name: QueueName): Promise<BullQueue>;
  close(): Promise<void>;
}

export function createQueues(client: Redis, onError: (error: unknown) => void): BullQueues {
  const queues = new Map<QueueName, Promise<BullQueue>>();
  const open = async (name: QueueName) => {
    const streams = { events: { maxLen: KEPT_EVENTS } };
    const bull: BullQueue = new Queue(name, { connection: client, prefix: PREFIX, streams });
    bull.on('error', onError);
    try {
      await bull.waitUntilReady();
      return bull;
    } catch (error) {
      // BullMQ never gets over a connection that was lost in this moment
      queues.delete(name);
      bull.close().catch(onError);
      throw error;
    }
  };
  return {
    get(name) {
      const known = queues.get(name) ?? open(name);
      queues.set(name, known);
      return known;
    },
    async close() {
      const opened = await Promise.allSettled(queues.values());
      await Promise.allSettled(opened.map(result => result.status === 'fulfilled' && result.value.close()));
    },
  };
}
