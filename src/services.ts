/** Opens the adapters that the settings name: queue, blobs and store. Switching is a setting, not code. */
import path from 'node:path';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';
import type { BlobStore } from './pipeline/blobs/blob-store.ts';
import { jobRegistry } from './pipeline/jobs.ts';
import { DEFAULT_TIMING, type JobQueue } from './pipeline/queue/job-queue.ts';
import { openStore, type Store } from './pipeline/store/open-store.ts';

/** @throws HansardError what opening an adapter throws */
export async function openQueue({ queue, dataDir, leaseMs }: Config, logger: Logger): Promise<JobQueue> {
  const timing = { ...DEFAULT_TIMING, leaseMs, sweepMs: leaseMs / 4 };
  const options = { registry: jobRegistry, logger, timing };
  if (queue.kind === 'sqlite') {
    const { openSqliteQueue } = await import('./pipeline/queue/sqlite-queue.ts');
    return openSqliteQueue({ ...options, file: path.join(dataDir, 'queue.db') });
  }
  const { openBullmqQueue } = await import('./pipeline/queue/bullmq-queue.ts');
  return await openBullmqQueue({ ...options, url: queue.url });
}

export async function openBlobs({ blobs }: Config): Promise<BlobStore> {
  if (blobs.kind === 'disk') {
    const { createDiskBlobs } = await import('./pipeline/blobs/disk-blobs.ts');
    return createDiskBlobs(blobs.dir);
  }
  const { createS3Blobs } = await import('./pipeline/blobs/s3-blobs.ts');
  return createS3Blobs(blobs.settings);
}

/** Only on the bot's host. @throws HansardError what `openStore` throws */
export function openMeetingStore({ dataDir, voiceKeyFile }: Config): Store {
  return openStore(path.join(dataDir, 'hansard.db'), voiceKeyFile);
}
