/** How it goes, and what to do about it: for the log, every few minutes, and for alerts. */
import fs from 'node:fs/promises';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import { QUEUES, type QueueName } from '../../pipeline/queue/job-type.ts';
import type { Store } from '../../pipeline/store/open-store.ts';

export interface HealthReport {
  /** Sentences that say what is wrong and what to do; [] when all is well. */
  advice: string[];
  waiting: Record<QueueName, number>;
  deadLetters: number;
  oldestWaitingSeconds: number;
  freeDiskFraction: number;
}

/** Beyond these somebody should look. */
const LIMITS = { deadLetters: 0, waitingMinutes: 60, freeDiskFraction: 0.1 };

export async function examineHealth({
  queue,
  dataDir,
  problems,
  now = Date.now(),
}: {
  store: Store;
  queue: JobQueue;
  dataDir: string;
  problems(): Promise<string[]>;
  now?: number;
}): Promise<HealthReport> {
  const advice = [...(await problems())];
  const report = { waiting: {} as Record<QueueName, number>, deadLetters: 0, oldestWaitingSeconds: 0 };
  for (const name of QUEUES) {
    const depth = await queue.counts(name).catch(() => undefined);
    if (!depth) continue;
    report.waiting[name] = depth.waiting;
    report.deadLetters += depth.failed;
    const [next] = await queue.list(name, 'waiting', 1);
    const seconds = next ? (now - next.createdAtMs) / 1000 : 0;
    report.oldestWaitingSeconds = Math.max(report.oldestWaitingSeconds, seconds);
    if (seconds > LIMITS.waitingMinutes * 60) {
      const why = depth.paused ? 'it is paused' : `add a worker: npx hansard worker --queues ${name}`;
      advice.push(`The queue ${name} has had a job waiting for ${Math.round(seconds / 60)} min; ${why}.`);
    }
  }
  if (report.deadLetters > LIMITS.deadLetters)
    advice.push(`${report.deadLetters} jobs failed for good. Type: npx hansard jobs list --state failed`);
  const { bavail, blocks } = await fs.statfs(dataDir);
  const freeDiskFraction = bavail / blocks;
  if (freeDiskFraction < LIMITS.freeDiskFraction)
    advice.push(`Only ${Math.round(freeDiskFraction * 100)} % of the disk of ${dataDir} is free. Free some space.`);
  return { advice, ...report, freeDiskFraction };
}
