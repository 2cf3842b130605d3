/** The bot: the one process beside the database. It accepts recordings, moves meetings on, and delivers minutes. */
import path from 'node:path';
import type { Config } from '../config.ts';
import { HansardError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import { createDeliverHandler, type Platform } from '../pipeline/deliver-handler.ts';
import { eraseMeeting } from '../pipeline/erase-meeting.ts';
import { createFetchHandler } from '../pipeline/fetch-handler.ts';
import { readGlossary } from '../pipeline/glossary/read-glossary.ts';
import { createOrchestrator, type Orchestrator } from '../pipeline/orchestration/orchestrator.ts';
import { sweepOutDir } from '../pipeline/output-folder.ts';
import { DISCORD_PLATFORM, FOLDER_PLATFORM, SLACK_PLATFORM } from '../pipeline/platforms.ts';
import type { JobQueue } from '../pipeline/queue/job-queue.ts';
import type { QueueName } from '../pipeline/queue/job-type.ts';
import type { Handler } from '../pipeline/queue/run-stored.ts';
import { MOST_SPEAKERS, type RecordingOptions } from '../pipeline/recording-options.ts';
import type { Versions } from '../pipeline/stage-inputs.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { createAlerts, createWebhook, type Sink } from './alerts.ts';
import { takeBotLock } from './bot-lock.ts';
import type { CutClip } from './cut-voice-clips.ts';
import type { OpenDiscord } from './discord/open-discord.ts';
import { createLinkFetcher } from './fetch-from-link.ts';
import { createFolderPlatform } from './folder-platform.ts';
import type { ChatApp } from './keep-connecting.ts';
import { startVoiceLearning } from './learn-voices.ts';
import { backupDir, renewBackups } from './maintenance/backup.ts';
import { createMaintenanceHandlers, scheduleMaintenance } from './maintenance/tasks.ts';
import type { OpenSlack } from './slack/open-slack.ts';

export interface BotOptions {
  config: Config;
  logger: Logger;
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  versions: Versions;
  /** The worker's side knows ffmpeg. */
  cutClip: CutClip;
  /** The recognisers of recordings whose poster names none. */
  model: string;
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

/** @throws HansardError `bot_running`; `token_refused`, `scope_missing`, `intents_refused` when a chat platform does not let us in */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { config, logger, store, queue, blobs, versions } = options;
  // what was started is stopped in the opposite order, also when a later part does not start
  await using starting = new AsyncDisposableStack();
  starting.defer(() => logger.info('bot stopped'));
  starting.use(takeBotLock(config.dataDir));
  const orchestrator = createOrchestrator({ store, queue, blobs, versions, logger, quotas: config.quotas });
  const { platforms, slack, discord } = await openPlatforms(options);
  const retract = async (meeting: Meeting) => await platforms[meeting.platform]?.retract(meeting);
  const forget = async (meetingId: string, who: string) => {
    await eraseMeeting({ store, queue, blobs, retract }, meetingId, who);
    await renewBackups(store, backupDir(config.dataDir));
  };
  // before anything is delivered: whoever may not post should not begin
  const starts = await Promise.allSettled(
    [slack, discord].flatMap(chat => (chat ? [chat.start(orchestrator, forget)] : [])),
  );
  const apps: ChatApp[] = starts.flatMap(start =>
    start.status === 'fulfilled' ? [starting.adopt(start.value, one => one.stop())] : [],
  );
  for (const start of starts) if (start.status === 'rejected') throw start.reason;
  const problems = async () => [
    ...(await Promise.all([queue.problems(), blobs.problems()])).flat(),
    ...apps.flatMap(app => app.problems()),
  ];
  const { alertChannel } = config;
  const sinks = [
    ...(config.alerts ? [createWebhook(config.alerts)] : []),
    ...(alertChannel ? [alertSink(alertChannel, slack, discord)].flatMap(sink => sink ?? []) : []),
  ].map(sink => createAlerts(sink, logger));
  const maintenance = createMaintenanceHandlers({
    ...{ config, logger, store, queue, blobs, problems, retract },
    reconcile: () => orchestrator.reconcile(),
    onHealth: async report => void (await Promise.all(sinks.map(sink => sink.tell(report)))),
  });
  const workDir = path.join(config.dataDir, 'work');
  const link = config.links
    ? createLinkFetcher({ blobs, workDir, maxBytes: config.maxRecordingBytes })
    : () => Promise.reject(new HansardError('links_off', 'HANSARD_LINKS is off'));
  const fetch = createFetchHandler(blobs, {
    link,
    ...(slack && { slack: slack.fetcher }),
    ...(discord && { discord: discord.fetcher }),
  });
  const deliver = createDeliverHandler({ store, blobs, platforms });
  const work = async (name: QueueName, handlers: readonly Handler[], concurrency: number) => {
    starting.adopt(await queue.work(name, handlers, { concurrency }), worker => worker.stop());
  };
  await work('intake', [fetch], FETCHES_AT_ONCE);
  await work('deliver', [deliver], DELIVERIES_AT_ONCE);
  await work('maintenance', maintenance, 1);
  starting.defer(() => orchestrator.stop());
  orchestrator.start();
  const tell = async (account: string, sentence: string) => {
    const [platform = '', user = ''] = account.split(':');
    await { [SLACK_PLATFORM]: slack, [DISCORD_PLATFORM]: discord }[platform]?.write(user, sentence);
  };
  const { voiceKeyFile } = config;
  starting.defer(startVoiceLearning({ store, queue, blobs, logger, voiceKeyFile, tell }));
  const schedule = () =>
    scheduleMaintenance(queue, store).catch(err => logger.error({ err }, 'maintenance is not scheduled'));
  await schedule();
  // a queue that was emptied has lost its schedules as well
  const timer = setInterval(schedule, SCHEDULE_AGAIN_MS);
  starting.defer(() => clearInterval(timer));
  logger.info({ dataDir: config.dataDir, queue: config.queue.kind, blobs: config.blobs.kind }, 'bot started');
  const started = starting.move();
  return { orchestrator, problems, stop: () => started.disposeAsync() };
}

interface OpenPlatforms {
  platforms: Record<string, Platform>;
  slack?: OpenSlack;
  discord?: OpenDiscord;
}

async function openPlatforms(options: BotOptions): Promise<OpenPlatforms> {
  const { config, logger, store, queue, blobs, cutClip } = options;
  await sweepOutDir(config.minutesDir);
  const platforms: OpenPlatforms['platforms'] = { [FOLDER_PLATFORM]: createFolderPlatform(config.minutesDir) };
  const given = { config, logger, store, queue, blobs, options: defaults(config, options.model), cutClip };
  const opened: OpenPlatforms = { platforms };
  // who uses neither loads neither
  if (config.slack) {
    const { openSlack } = await import('./slack/open-slack.ts');
    opened.slack = openSlack({ settings: config.slack, ...given });
    platforms[SLACK_PLATFORM] = opened.slack.platform;
  }
  if (config.discord) {
    const { openDiscord } = await import('./discord/open-discord.ts');
    opened.discord = openDiscord({ settings: config.discord, ...given });
    platforms[DISCORD_PLATFORM] = opened.discord.platform;
  }
  return opened;
}

/** The channel's id tells of which platform it is. */
function alertSink(channel: string, slack: OpenSlack | undefined, discord: OpenDiscord | undefined): Sink | undefined {
  return /^\d+$/.test(channel) ? discord?.createAlertSink(channel) : slack?.createAlertSink(channel);
}

/** For recordings whose poster chose nothing. */
function defaults({ glossaryFile }: Config, model: string): RecordingOptions {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return {
    ...{ language: 'auto', model, summarizer: 'auto', timeZone },
    ...{ minSpeakers: 0, maxSpeakers: MOST_SPEAKERS },
    ...(glossaryFile !== undefined && { glossary: readGlossary(glossaryFile, 'invalid_setting') }),
  };
}
