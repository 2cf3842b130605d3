/** The figures of `/metrics`. Counted from the store and the queue when they are asked for, so that a restart loses none. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { JobQueue } from '../pipeline/queue/job-queue.ts';
import { QUEUES } from '../pipeline/queue/job-type.ts';
import type { Store } from '../pipeline/store/open-store.ts';

export interface MetricsOptions {
  queue: JobQueue;
  /** In the bot only. */
  store?: Store;
}

/** @returns a function that gives the text */
export function createMetrics({ queue, store }: MetricsOptions): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'hansard_' });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `hansard_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const queueUp = gauge('queue_up', '1 while the queue answers');
  const jobs = gauge('queue_jobs', 'Jobs in a queue, by state; failed ones are dead letters', ['queue', 'state']);
  const oldest = gauge('queue_oldest_waiting_seconds', 'Age of the job that is next in its queue', ['queue']);
  const meetings = gauge('meetings', 'Meetings by state', ['state']);
  const stageRuns = gauge('stage_runs', 'Stages that were computed', ['stage']);
  const stageSeconds = gauge('stage_seconds_sum', 'Seconds that these took together', ['stage']);
  const stageRtf = gauge('stage_rtf_median', 'Seconds of work per second of audio, median of the last runs', ['stage']);
  const restarts = gauge('stage_restarts', 'Starts of stages beyond the first of each', ['stage']);
  const failures = gauge('stage_failures', 'Stages that failed for good, by code', ['stage', 'code']);
  const deliveries = gauge('deliveries', 'Deliveries by state', ['state']);

  async function collectQueue(): Promise<void> {
    for (const name of QUEUES) {
      const { waiting, delayed, running, failed } = await queue.counts(name);
      for (const [state, count] of Object.entries({ waiting, delayed, running, failed }))
        jobs.set({ queue: name, state }, count);
      const [next] = await queue.list(name, 'waiting', 1);
      oldest.set({ queue: name }, next ? (Date.now() - next.createdAtMs) / 1000 : 0);
    }
  }

  function collectStore({ meetings: all, stages, deliveries: sent }: Store): void {
    for (const [state, count] of Object.entries(all.countByState())) meetings.set({ state }, count);
    for (const [state, count] of Object.entries(sent.countByState())) deliveries.set({ state }, count);
    const { totals, failed } = stages.totals();
    for (const { stage, runs, seconds, restarts: extra } of totals) {
      stageRuns.set({ stage }, runs);
      stageSeconds.set({ stage }, seconds);
      restarts.set({ stage }, extra);
      const rtf = stages.measuredRtf(stage);
      if (rtf !== undefined) stageRtf.set({ stage }, rtf);
    }
    failures.reset();
    for (const { stage, code, count } of failed) failures.set({ stage, code }, count);
  }

  return async () => {
    const answers = await collectQueue().then(
      () => 1,
      () => 0,
    );
    queueUp.set(answers);
    if (store) collectStore(store);
    return await registry.metrics();
  };
}
