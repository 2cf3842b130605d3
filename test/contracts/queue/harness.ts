/** What the contract needs from an adapter: a fresh queue per test, and several openings of the same one. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Logger } from '../../../src/logger.ts';
import type { JobQueue, JobStatus } from '../../../src/pipeline/queue/job-queue.ts';
import type { JobRegistry } from '../../../src/pipeline/queue/job-type.ts';
import type { QueueAddress } from '../../builders/queue-worker.ts';
import { recordingLogger } from '../../builders/recording-logger.ts';
import { testRegistry } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';

export interface QueueHarness {
  /** Why its tests cannot run here. */
  skip: string | false;
  /** A place for a new, empty queue. */
  place(t: TestContext, folder: string): Promise<QueueAddress>;
  open(address: QueueAddress, options: { registry: JobRegistry; logger: Logger }): Promise<JobQueue>;
}

export interface Bench {
  queue: JobQueue;
  address: QueueAddress;
  folder: string;
  /** What this queue has logged. */
  lines: Record<string, unknown>[];
  /** The same queue, as another process would open it. */
  openAgain(registry?: JobRegistry): Promise<JobQueue>;
  /** Waits until the job is in that state. */
  reaches(id: string, state: JobStatus['state']): Promise<JobStatus>;
}

export function queueTest(harness: QueueHarness, name: string, body: (bench: Bench, t: TestContext) => Promise<void>) {
  test(name, { skip: harness.skip, timeout: 40_000 }, async t => {
    const opened: JobQueue[] = [];
    // the first hook: they run in this order, and queues are closed before their Redis ends
    t.after(() => Promise.all(opened.map(queue => queue.close())));
    const folder = mkdtempSync(path.join(os.tmpdir(), 'hansard-queue-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const address = await harness.place(t, folder);
    const { logger, lines } = recordingLogger();
    const openAgain = async (registry = testRegistry) => {
      const queue = await harness.open(address, { registry, logger });
      opened.push(queue);
      return queue;
    };
    const queue = await openAgain();
    const reaches: Bench['reaches'] = (id, state) =>
      until(`${id} is ${state}`, async () => {
        const status = await queue.status(id);
        return status?.state === state && status;
      });
    await body({ queue, address, folder, lines, openAgain, reaches }, t);
  });
}
