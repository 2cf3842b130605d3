/** The bot: the one process beside the database. It accepts recordings, moves meetings on, and delivers minutes. */
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import { createDeliverHandler, type Platform } from '../pipeline/deliver-handler.ts';
import { eraseMeeting } from '../pipeline/erase-meeting.ts';
import { createFetchHandler } from '../pipeline/fetch-handler.ts';
import { createOrchestrator, type Orchestrator } from '../pipeline/orchestration/orchestrator.ts';
import { sweepOutDir } from '../pipeline/output-folder.ts';
import { FOLDER_PLATFORM, SLACK_PLATFORM } from '../pipeline/platforms.ts';
import type { JobQueue } from '../pipeline/queue/job-queue.ts';
import { MOST_SPEAKERS, type RecordingOptions } from '../pipeline/recording-options.ts';
import type { Versions } from '../pipeline/stage-inputs.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { createAlerts } from './alerts.ts';
import { takeBotLock } from './bot-lock.ts';
import { createFolderPlatform } from './folder-platform.ts';
import { backupDir, renewBackups } from './maintenance/backup.ts';
import { createMaintenanceHandlers, scheduleMaintenance } from './maintenance/tasks.ts';
import type { SlackApp } from './slack/start-slack.ts';

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
  const slack =
    config.slack &&
    (await import('./slack/open-slack.ts')).openSlack({
      settings: config.slack,
      config,
      logger,
      store,
      queue,
      blobs,
      options: defaults(),
    });
  const platforms: Record<string, Platform> = {
    [FOLDER_PLATFORM]: folder,
    ...(slack && { [SLACK_PLATFORM]: slack.platform }),
  };
  const retract = async (meeting: Meeting) => await platforms[meeting.platform]?.retract(meeting);
  const deliver = createDeliverHandler({ store, blobs, platforms });
  const problems = async () => [
    ...(await Promise.all([queue.problems(), blobs.problems()])).flat(),
    ...(slackApp?.problems() ?? []),
  ];
  let slackApp: SlackApp | undefined;
  const alerts = config.alerts && createAlerts(config.alerts, logger);
  const maintenance = createMaintenanceHandlers({
    ...{ config, logger, store, queue, blobs, problems },
    retract,
    reconcile: () => orchestrator.reconcile(),
    ...(alerts && { onHealth: report => alerts.tell(report) }),
  });
  const workers = [
    await queue.work('intake', [createFetchHandler(blobs, slack ? { slack: slack.fetcher } : {})], {
      concurrency: FETCHES_AT_ONCE,
    }),
    await queue.work('deliver', [deliver], { concurrency: DELIVERIES_AT_ONCE }),
    await queue.work('maintenance', maintenance, { concurrency: 1 }),
  ];
  orchestrator.start();
  const schedule = () => scheduleMaintenance(queue).catch(err => logger.error({ err }, 'maintenance is not scheduled'));
  await schedule();
  // a queue that was emptied has lost its schedules as well
  const timer = setInterval(schedule, SCHEDULE_AGAIN_MS);
  const forget = async (meetingId: string, who: string) => {
    await eraseMeeting({ store, queue, blobs, retract }, meetingId, who);
    await renewBackups(store, backupDir(config.dataDir));
  };
  slackApp = await slack?.start(orchestrator, forget);
  logger.info({ dataDir: config.dataDir, queue: config.queue.kind, blobs: config.blobs.kind }, 'bot started');
  return {
    orchestrator,
    problems,
    async stop() {
      clearInterval(timer);
      await slackApp?.stop();
      await orchestrator.stop();
      await Promise.all(workers.map(worker => worker.stop()));
      await slack?.platform.stop();
      lock[Symbol.dispose]();
      logger.info('bot stopped');
    },
  };
}

/** For recordings whose poster chose nothing. */
function defaults(): RecordingOptions {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return {
    ...{ language: 'auto', model: 'moonshine-base', summarizer: 'auto', timeZone },
    ...{ minSpeakers: 0, maxSpeakers: MOST_SPEAKERS },
  };
}
