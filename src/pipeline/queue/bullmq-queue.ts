/** The queue on Redis or Valkey, through BullMQ: any number of machines. Redis carries the work; the truth lies in the store. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { addJob, CANCEL_CHANNEL, CHANGE_CHANNEL, cancelJob, removeJob } from './bullmq/add-job.ts';
import {
  addressOf,
  asLoggable,
  callRedis,
  createImpatientClient,
  createPatientClient,
  isRefusal,
  refusedPassword,
  waitForRedis,
} from './bullmq/connect.ts';
import { dropCancelled, findCancelled, findJob, isExpired } from './bullmq/find-job.ts';
import { listJobs, statusOf } from './bullmq/list-jobs.ts';
import { createQueues } from './bullmq/queues.ts';
import { createKeeper } from './bullmq/restore.ts';
import { findAilments, findUnsafeSettings } from './bullmq/safety.ts';
import { listSchedules, putSchedule } from './bullmq/schedules.ts';
import type { BullQueue } from './bullmq/stored-job.ts';
import { type RunningWorker, startBullWorker } from './bullmq/worker.ts';
import { DEFAULT_TIMING, type JobQueue, type QueueTiming } from './job-queue.ts';
import { type JobRegistry, QUEUES, type QueueName } from './job-type.ts';
import { checkHandlers, prepareJob } from './prepare-job.ts';
import { throttle } from './worker-log.ts';

interface BullmqQueueOptions {
  /** `redis://:PASSWORD@HOST:PORT`, or `rediss://` for TLS. */
  url: string;
  registry: JobRegistry;
  logger: Logger;
  timing?: QueueTiming;
  /** What to do when Redis may lose jobs: refuse to open, or say so in the log and in `problems`. */
  whenUnsafe?: 'refuse' | 'warn';
}

/** How long opening waits for a Redis that does not answer, before it goes on without. */
const FIRST_ANSWER_MS = 3_000;

/**
 * Opens even when Redis does not answer: calls then throw `queue_unavailable`, workers wait.
 * @throws HansardError `queue_unsafe` when Redis answers and may lose jobs, `invalid_setting` when it refuses the password
 */
export async function openBullmqQueue(options: BullmqQueueOptions): Promise<JobQueue> {
  const { url, registry, logger, timing = DEFAULT_TIMING, whenUnsafe = 'refuse' } = options;
  const client = createImpatientClient(url);
  let trouble: Error | undefined;
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.error({ redis: addressOf(client), err: asLoggable(err), suppressed }, what),
  );
  const onError = (error: unknown) => complain('trouble with Redis', error);
  client.on('error', error => {
    trouble = error;
    onError(isRefusal(error) ? refusedPassword(client, error) : error);
  });
  client.on('ready', () => {
    trouble = undefined;
  });
  const checkSafety = async () => {
    const unsafe = await callRedis(client, () => findUnsafeSettings(client));
    if (unsafe.length > 0) logger.error({ redis: addressOf(client) }, unsafe.join(' '));
    return unsafe;
  };
  try {
    if (!(await waitForRedis(client, FIRST_ANSWER_MS)))
      logger.error({ redis: addressOf(client) }, 'Redis does not answer; work starts when it does');
    else if ((await checkSafety()).length > 0 && whenUnsafe === 'refuse')
      throw new HansardError('queue_unsafe', (await findUnsafeSettings(client)).join(' '));
  } catch (error) {
    client.disconnect();
    throw error;
  }
  // another Redis, or other settings, may be there after a reconnect
  client.on('ready', () => void checkSafety().catch(onError));

  const queues = createQueues(client, onError);
  const keeper = createKeeper(client, queues, logger);
  const looking = setInterval(() => {
    if (client.status === 'ready') keeper.look().catch(onError);
  }, timing.sweepMs);
  if (client.status === 'ready') await keeper.look();

  const call = <T>(work: () => Promise<T>) => callRedis(client, work);
  const on = <T>(name: QueueName, work: (bull: BullQueue) => Promise<T>) =>
    call(async () => await work(await queues.get(name)));
  /** The queues where a job or a schedule of that id may be. */
  const queuesFor = (id: string): readonly QueueName[] => {
    const type = registry.find(id.slice(0, id.indexOf('.')));
    return type ? [type.queue] : QUEUES;
  };
  /** Asks one queue after the other until one knows the id. */
  const firstOf = <T>(id: string, ask: (bull: BullQueue, queue: QueueName) => Promise<T | undefined>) =>
    call(async () => {
      for (const queue of queuesFor(id)) {
        const answer = await ask(await queues.get(queue), queue);
        if (answer !== undefined) return answer;
      }
      return undefined;
    });
  const workers = createWorkers(url, onError);
  const watchers = new Set<Redis>();

  return {
    types: () => registry.types,
    async add(type, request) {
      const job = prepareJob({ registry, logger }, type, request);
      const addition = await on(type.queue, bull => addJob(client, bull, job));
      logger.info({ jobId: job.id, added: addition.added, state: addition.state }, 'job added');
      return addition;
    },
    status: id =>
      firstOf(id, async (bull, queue) => {
        const found = await findJob(client, bull, id);
        if (found && !isExpired(found)) return await statusOf(client, bull, queue, found);
        return await findCancelled(client, bull, id);
      }),
    async cancel(id, reason) {
      const cancellation = await firstOf(id, async (bull, queue) => {
        const answer = await cancelJob({ client, bull, queue }, { id, reason });
        return answer === 'unknown' ? undefined : answer;
      });
      if (cancellation === 'cancelled') await call(() => client.publish(CHANGE_CHANNEL, id));
      logger.info({ jobId: id, cancellation: cancellation ?? 'unknown' }, 'cancel');
      return cancellation ?? 'unknown';
    },
    async work(queue, handlers, { concurrency }) {
      checkHandlers(registry, queue, handlers);
      return workers.start({ client, queues, logger, timing, queue, registry, handlers, concurrency });
    },
    pause: queue => on(queue, bull => bull.pause()),
    resume: queue => on(queue, bull => bull.resume()),
    counts: queue =>
      on(queue, async bull => {
        const states = ['wait', 'prioritized', 'delayed', 'active', 'failed'] as const;
        const [counts, paused] = await Promise.all([bull.getJobCounts(...states), bull.isPaused()]);
        const { wait = 0, prioritized = 0, delayed = 0, active = 0, failed = 0 } = counts;
        return { waiting: wait + prioritized, delayed, running: active, failed, paused };
      }),
    list: (queue, state, limit) => on(queue, bull => listJobs({ client, bull, queue }, state, limit)),
    async retry(id) {
      const retried = await firstOf(id, async bull => {
        const found = await findJob(client, bull, id);
        if (found?.bullState !== 'failed') return undefined;
        const key = bull.toKey(found.job.id ?? '');
        await client.hdel(key, 'stc', 'rested', 'cancel', 'progress');
        await found.job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
        return true;
      });
      return retried ?? false;
    },
    purge: (queue, states, olderThanMs) =>
      on(queue, async bull => {
        const bullStates = states.flatMap(state =>
          state === 'waiting' ? (['wait', 'prioritized'] as const) : [state],
        );
        let purged = 0;
        for (const state of bullStates) purged += (await bull.clean(olderThanMs, 0, state)).length;
        return purged;
      }),
    async forget(id) {
      const forgotten = await firstOf(id, async bull => {
        const found = await findJob(client, bull, id);
        const removed = found !== undefined && (await removeJob(bull, found));
        const dropped = await dropCancelled(client, bull, id);
        if (!removed && !dropped) return undefined;
        await bull.trimEvents(0); // they quote results
        return true;
      });
      return forgotten ?? false;
    },
    async schedule(type, request) {
      const job = prepareJob({ registry, logger }, type, request);
      return await on(type.queue, bull => putSchedule(bull, job, request));
    },
    async unschedule(id) {
      const removed = await firstOf(id, async bull => (await bull.removeJobScheduler(id)) || undefined);
      return removed ?? false;
    },
    schedules: () =>
      call(async () => {
        const lists = await Promise.all(QUEUES.map(async queue => await listSchedules(await queues.get(queue))));
        return lists.flat().sort((a, b) => a.id.localeCompare(b.id));
      }),
    watch(listener) {
      const subscriber = createPatientClient(url);
      watchers.add(subscriber);
      subscriber.on('error', onError);
      subscriber.on('message', (_channel, id) => listener(id));
      let wasAway = false;
      subscriber.on('close', () => {
        wasAway = true;
      });
      subscriber.on('ready', () => {
        if (wasAway) listener(undefined);
        wasAway = false;
      });
      subscriber.subscribe(CHANGE_CHANNEL).catch(onError);
      return () => {
        watchers.delete(subscriber);
        subscriber.disconnect();
      };
    },
    async problems() {
      try {
        return await call(async () => [...(await findUnsafeSettings(client)), ...(await findAilments(client))]);
      } catch (error) {
        if (trouble && isRefusal(trouble)) return [`${refusedPassword(client, trouble).detail}.`];
        return [`Redis at ${addressOf(client)} does not answer: ${(trouble ?? (error as Error)).message}.`];
      }
    },
    async close() {
      clearInterval(looking);
      for (const watcher of watchers) watcher.disconnect();
      await workers.stop();
      await queues.close();
      client.disconnect();
    },
  };
}

const cancelNotice = z
  .string()
  .transform(text => JSON.parse(text) as unknown)
  .pipe(z.object({ id: z.string(), reason: z.string() }));

interface Workers {
  start(options: Omit<Parameters<typeof startBullWorker>[0], 'patient'>): RunningWorker;
  stop(): Promise<void>;
}

/** The workers of this process, on two more connections that are made with the first of them. */
function createWorkers(url: string, onError: (error: unknown) => void): Workers {
  const workers: RunningWorker[] = [];
  let connections: { patient: Redis; subscriber: Redis } | undefined;
  const connect = () => {
    const [patient, subscriber] = [createPatientClient(url), createPatientClient(url)];
    for (const connection of [patient, subscriber]) connection.on('error', onError);
    subscriber.on('message', (_channel, message) => {
      const { data } = cancelNotice.safeParse(message);
      if (data) for (const worker of workers) worker.hear(data.id, data.reason);
    });
    subscriber.subscribe(CANCEL_CHANNEL).catch(onError);
    return { patient, subscriber };
  };
  return {
    start(options) {
      connections ??= connect();
      const worker = startBullWorker({ ...options, patient: connections.patient });
      workers.push(worker);
      return worker;
    },
    async stop() {
      await Promise.all(workers.map(worker => worker.stop()));
      connections?.patient.disconnect();
      connections?.subscriber.disconnect();
    },
  };
}
