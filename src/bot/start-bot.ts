/** The bot: the one process beside the database. It accepts recordings, moves meetings on, and delivers minutes. */
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import { createDeliverHandler } from '../pipeline/deliver-handler.ts';
import { createFetchHandler } from '../pipeline/fetch-handler.ts';
import { createOrchestrator, type Orchestrator } from '../pipeline/orchestration/orchestrator.ts';
import { sweepOutDir } from '../pipeline/output-folder.ts';
import { FOLDER_PLATFORM } from '../pipeline/platforms.ts';
import type { JobQueue } from '../pipeline/queue/job-queue.ts';
import type { Versions } from '../pipeline/stage-inputs.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { createAlerts } from './alerts.ts';
import { takeBotLock } from './bot-lock.ts';
import { createFolderPlatform } from './folder-platform.ts';
import { createMaintenanceHandlers, scheduleMaintenance } from './maintenance/tasks.ts';

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

const FETCHES_AT_ONCE = 4;
const DELIVERIES_AT_ONCE = 4;
const SCHEDULE_AGAIN_MS = 10 * 60 * 1000;

/** @throws HansardError `bot_running` */
export async function startBot({ config, logger, store, queue, blobs, versions }: BotOptions): Promise<Bot> {
  const lock = takeBotLock(config.dataDir);
  const orchestrator = createOrchestrator({ store, queue, blobs, versions, logger, quotas: config.quotas });
  await sweepOutDir(config.minutesDir);
  const folder = createFolderPlatform(config.minutesDir);
  const platforms = { [FOLDER_PLATFORM]: folder };
  const deliver = createDeliverHandler({ store, blobs, platforms });
  const problems = async () => (await Promise.all([queue.problems(), blobs.problems()])).flat();
  const alerts = config.alerts && createAlerts(config.alerts, logger);
  const maintenance = createMaintenanceHandlers({
    ...{ config, logger, store, queue, blobs, problems },
    retract: meeting => folder.retract(meeting),
    reconcile: () => orchestrator.reconcile(),
    ...(alerts && { onHealth: report => alerts.tell(report) }),
  });
  const workers = [
    await queue.work('intake', [createFetchHandler(blobs, {})], { concurrency: FETCHES_AT_ONCE }),
    await queue.work('deliver', [deliver], { concurrency: DELIVERIES_AT_ONCE }),
    await queue.work('maintenance', maintenance, { concurrency: 1 }),
  ];
  orchestrator.start();
  const schedule = () => scheduleMaintenance(queue).catch(err => logger.error({ err }, 'maintenance is not scheduled'));
  await schedule();
  // a queue that was emptied has lost its schedules as well
  const timer = setInterval(schedule, SCHEDULE_AGAIN_MS);
  logger.info({ dataDir: config.dataDir, queue: config.queue.kind, blobs: config.blobs.kind }, 'bot started');
  return {
    orchestrator,
    problems,
    async stop() {
      clearInterval(timer);
      await orchestrator.stop();
      await Promise.all(workers.map(worker => worker.stop()));
      lock[Symbol.dispose]();
      logger.info('bot stopped');
    },
  };
}
