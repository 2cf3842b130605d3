/** The bot: the one process beside the database. It accepts recordings, moves meetings on, and delivers minutes. */
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import { createDeliverHandler } from '../pipeline/deliver-handler.ts';
import { createOrchestrator, type Orchestrator } from '../pipeline/orchestration/orchestrator.ts';
import type { JobQueue } from '../pipeline/queue/job-queue.ts';
import type { Versions } from '../pipeline/stage-inputs.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { takeBotLock } from './bot-lock.ts';
import { createFolderPlatform, FOLDER_PLATFORM } from './folder-platform.ts';

export interface BotOptions {
  config: Config;
  logger: Logger;
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  versions: Versions;
}

export interface Bot {
  orchestrator: Orchestrator;
  /** What keeps it from working, one sentence each. */
  problems(): Promise<string[]>;
  stop(): Promise<void>;
}

const DELIVERIES_AT_ONCE = 4;

/** @throws HansardError `bot_running` */
export async function startBot({ config, logger, store, queue, blobs, versions }: BotOptions): Promise<Bot> {
  const unlock = takeBotLock(config.dataDir);
  const orchestrator = createOrchestrator({ store, queue, blobs, versions, logger });
  const platforms = { [FOLDER_PLATFORM]: createFolderPlatform(config.minutesDir) };
  const deliver = createDeliverHandler({ store, blobs, platforms });
  const worker = await queue.work('deliver', [deliver], { concurrency: DELIVERIES_AT_ONCE });
  orchestrator.start();
  logger.info({ dataDir: config.dataDir, queue: config.queue.kind, blobs: config.blobs.kind }, 'bot started');
  return {
    orchestrator,
    problems: async () => (await Promise.all([queue.problems(), blobs.problems()])).flat(),
    async stop() {
      await orchestrator.stop();
      await worker.stop();
      unlock();
      logger.info('bot stopped');
    },
  };
}
