/** Small job types for the tests of the queue, and the timing that lets leases run out within a test. */
import { z } from 'zod';
import type { QueueTiming } from '../../src/pipeline/queue/job-queue.ts';
import { createJobRegistry, type JobType } from '../../src/pipeline/queue/job-type.ts';

const payload = z.strictObject({ n: z.number() });
export type TestPayload = z.infer<typeof payload>;

const common = {
  queue: 'cpu',
  payload,
  attempts: 3,
  firstRetryMs: 40,
  softLimitMs: 60_000,
  hardLimitMs: 90_000,
} as const;

export const echoJob: JobType<TestPayload> = { ...common, name: 'echo' };
export const otherJob: JobType<TestPayload> = { ...common, name: 'other' };
export const gpuJob: JobType<TestPayload> = { ...common, name: 'gpu-echo', queue: 'gpu' };
export const briefJob: JobType<TestPayload> = { ...common, name: 'brief', softLimitMs: 100, hardLimitMs: 400 };

export const testRegistry = createJobRegistry([echoJob, otherJob, gpuJob, briefJob]);

export const QUICK: QueueTiming = { leaseMs: 1_000, sweepMs: 250, pollMs: 25, graceMs: 300 };
