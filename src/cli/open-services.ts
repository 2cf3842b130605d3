/** What commands beside a running server need: its store, its queue, its blobs; closed when the command ends. */
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import type { JobQueue } from '../pipeline/queue/job-queue.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { openBlobs, openMeetingStore, openQueue } from '../services.ts';

export type Load = () => { config: Config; logger: Logger };

export interface Services {
  config: Config;
  logger: Logger;
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
}

export async function withServices<T>(load: Load, work: (services: Services) => Promise<T>): Promise<T> {
  const { config, logger } = load();
  await using stack = new AsyncDisposableStack();
  const store = stack.adopt(openMeetingStore(config), one => one.close());
  const queue = stack.adopt(await openQueue(config, logger), one => one.close());
  return await work({ config, logger, store, queue, blobs: await openBlobs(config) });
}

/** Who types at a terminal, in the audit. */
export function localUser(): string {
  return `terminal:${process.getuid?.() ?? 'user'}`;
}
