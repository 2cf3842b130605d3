/** Everything of Discord put together, for the bot. */
import path from 'node:path';
import { REST, Routes } from 'discord.js';
import type { Config, DiscordSettings } from '../../config.ts';
import type { Logger } from '../../logger.ts';
import type { BlobStore } from '../../pipeline/blobs/blob-store.ts';
import type { Fetcher } from '../../pipeline/fetch-handler.ts';
import type { Orchestrator } from '../../pipeline/orchestration/orchestrator.ts';
import { DISCORD_PLATFORM } from '../../pipeline/platforms.ts';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Sink } from '../alerts.ts';
import { type ChatPlatform, createChatPlatform } from '../chat-platform.ts';
import { type CutClip, cutVoiceClips } from '../cut-voice-clips.ts';
import { type ChatApp, keepConnecting } from '../keep-connecting.ts';
import { backupDir, renewBackups } from '../maintenance/backup.ts';
import { presentAlert } from '../present/present-alert.ts';
import { createMinutesReader } from '../read-minutes.ts';
import { createVoiceDesk } from '../voice-desk.ts';
import { createDiscord, restOptions } from './call-discord.ts';
import { asDiscord } from './components.ts';
import { createDiscordChat } from './discord-chat.ts';
import { createDiscordFetcher } from './fetch-from-discord.ts';
import { startDiscordApp } from './start-discord.ts';
import { createTeller } from './tell.ts';

export interface OpenDiscord {
  platform: ChatPlatform;
  fetcher: Fetcher;
  /** Says a sentence to one person in a direct message. */
  write(user: string, sentence: string): Promise<void>;
  /** Tells a channel of trouble. */
  createAlertSink(channel: string): Sink;
  /** Connects. @throws HansardError `token_refused`, `intents_refused` … */
  start(orchestrator: Orchestrator, forget: (meetingId: string, who: string) => Promise<void>): Promise<ChatApp>;
}

const SWEEP_MS = 10 * 60 * 1000;

export function openDiscord({
  settings,
  config,
  logger,
  store,
  queue,
  blobs,
  options,
  cutClip,
}: {
  settings: DiscordSettings;
  config: Config;
  logger: Logger;
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  options: RecordingOptions;
  cutClip: CutClip;
}): OpenDiscord {
  const sending = restOptions(settings.apiUrl);
  const rest = new REST(sending).setToken(settings.token);
  const discord = createDiscord(rest, logger);
  const teller = createTeller(discord);
  const minutes = createMinutesReader(store, blobs);
  const workDir = path.join(config.dataDir, 'work');
  const platform = createChatPlatform({ chat: createDiscordChat(discord, store, teller), store, queue, logger });
  const fetcher = createDiscordFetcher({
    ...{ discord, blobs, workDir },
    maxBytes: config.maxRecordingBytes,
    cdnUrl: settings.cdnUrl,
  });
  return {
    platform,
    fetcher,
    write: teller.write,
    createAlertSink: channel => async (kind, advice) => {
      const body = asDiscord(presentAlert(kind, advice));
      await discord.call('alert', client => client.post(Routes.channelMessages(channel), { body }));
    },
    async start(orchestrator, forget) {
      const voices = createVoiceDesk({
        ...{ platform: DISCORD_PLATFORM, store, queue, blobs, minutes, correct: orchestrator.correct },
        renewBackups: () => renewBackups(store, backupDir(config.dataDir)),
        write: teller.write,
      });
      const connect = (signal: AbortSignal) =>
        startDiscordApp(
          {
            ...{
              settings,
              sending,
              discord,
              store,
              queue,
              orchestrator,
              platform,
              logger,
              forget,
              options,
              teller,
              minutes,
            },
            ...{ autoProcess: config.autoProcess, links: config.links, maxBytes: config.maxRecordingBytes },
            ...{ voices, fetcher },
            defaults: { auto: config.autoProcess === 'all', retention: config.retention },
            cutClips: meeting => cutVoiceClips(meeting, { minutes, blobs, workDir, cutClip }),
            seenFile: path.join(config.dataDir, 'discord.seen'),
            commandsFile: path.join(config.dataDir, 'discord.commands'),
          },
          signal,
        );
      const connection = await keepConnecting('Discord', connect, logger);
      platform.start();
      // each interaction has an address of its own
      const sweeping = setInterval(() => rest.handlers.sweep(({ inactive }) => inactive), SWEEP_MS).unref();
      return {
        problems: () => [...connection.problems(), ...discord.problems()],
        async stop() {
          await platform.stop();
          await connection.stop();
          clearInterval(sweeping);
        },
      };
    },
  };
}
