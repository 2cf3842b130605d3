/** Everything of Slack put together, for the bot. */
import path from 'node:path';
import { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Config, SlackSettings } from '../../config.ts';
import type { Logger } from '../../logger.ts';
import type { BlobStore } from '../../pipeline/blobs/blob-store.ts';
import type { Fetcher } from '../../pipeline/fetch-handler.ts';
import type { Orchestrator } from '../../pipeline/orchestration/orchestrator.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Sink } from '../alerts.ts';
import { type ChatPlatform, createChatPlatform } from '../chat-platform.ts';
import { type CutClip, cutVoiceClips } from '../cut-voice-clips.ts';
import { keepConnecting } from '../keep-connecting.ts';
import { backupDir, renewBackups } from '../maintenance/backup.ts';
import { presentAlert } from '../present/present-alert.ts';
import { createMinutesReader } from '../read-minutes.ts';
import { createVoiceDesk } from '../voice-desk.ts';
import { asSlack } from './blocks.ts';
import { CLIENT_OPTIONS, createSlack } from './call-slack.ts';
import { createSlackFetcher } from './fetch-from-slack.ts';
import { createSlackChat } from './slack-chat.ts';
import { type SlackApp, startSlackApp } from './start-slack.ts';
import { createTeller } from './tell.ts';

export interface OpenSlack {
  platform: ChatPlatform;
  fetcher: Fetcher;
  /** Says a sentence to one person in a direct message. */
  write(user: string, sentence: string): Promise<void>;
  /** Tells a channel of trouble. */
  createAlertSink(channel: string): Sink;
  /** Connects. @throws HansardError `token_refused`, `scope_missing` … */
  start(orchestrator: Orchestrator, forget: (meetingId: string, who: string) => Promise<void>): Promise<SlackApp>;
}

const identity = z.looseObject({ user_id: z.string(), team_id: z.string() });

export function openSlack({
  settings,
  config,
  logger,
  store,
  queue,
  blobs,
  options,
  cutClip,
}: {
  settings: SlackSettings;
  config: Config;
  logger: Logger;
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  options: RecordingOptions;
  cutClip: CutClip;
}): OpenSlack {
  const { botToken: token, apiUrl } = settings;
  const slack = createSlack(new WebClient(token, { ...CLIENT_OPTIONS, ...(apiUrl && { slackApiUrl: apiUrl }) }));
  const teller = createTeller(slack);
  const minutes = createMinutesReader(store, blobs);
  const workDir = path.join(config.dataDir, 'work');
  const platform = createChatPlatform({ chat: createSlackChat(slack, store, teller), store, queue, logger });
  const fetcher = createSlackFetcher({
    ...{ slack, blobs, token },
    workDir,
    maxBytes: config.maxRecordingBytes,
    trustedHost: apiUrl && new URL(apiUrl).host,
  });
  return {
    platform,
    fetcher,
    write: teller.write,
    createAlertSink: channel => async (kind, advice) => {
      const { text, blocks } = asSlack(presentAlert(kind, advice));
      await slack.call('chat.postMessage', client => client.chat.postMessage({ channel, text, blocks, parse: 'none' }));
    },
    async start(orchestrator, forget) {
      const voices = createVoiceDesk({
        ...{ platform: SLACK_PLATFORM, store, queue, blobs, minutes, correct: orchestrator.correct },
        renewBackups: () => renewBackups(store, backupDir(config.dataDir)),
        write: teller.write,
      });
      const connect = async (): Promise<SlackApp> => {
        const { user_id: botUserId, team_id: team } = identity.parse(
          await slack.call('auth.test', client => client.auth.test()),
        );
        return await startSlackApp({
          ...{ settings, slack, store, queue, orchestrator, platform, logger, forget, botUserId, team, options },
          ...{ teller, minutes, autoProcess: config.autoProcess, links: config.links, voices, fetcher },
          maxBytes: config.maxRecordingBytes,
          defaults: { auto: config.autoProcess === 'all', retention: config.retention },
          cutClips: meeting => cutVoiceClips(meeting, { minutes, blobs, workDir, cutClip }),
          seenFile: path.join(config.dataDir, 'slack.seen'),
        });
      };
      const connection = await keepConnecting('Slack', connect, logger);
      platform.start();
      return {
        problems: () => [...connection.problems(), ...slack.problems()],
        async stop() {
          await platform.stop();
          await connection.stop();
        },
      };
    },
  };
}
