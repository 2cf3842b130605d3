/** Everything of Slack put together, for the bot. */
import path from 'node:path';
import { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Config, SlackSettings } from '../../config.ts';
import type { Logger } from '../../logger.ts';
import type { BlobStore } from '../../pipeline/blobs/blob-store.ts';
import type { Fetcher } from '../../pipeline/fetch-handler.ts';
import type { Orchestrator } from '../../pipeline/orchestration/orchestrator.ts';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { CLIENT_OPTIONS, createSlack } from './call-slack.ts';
import { createSlackFetcher } from './fetch-from-slack.ts';
import { createIntake } from './intake.ts';
import { createSlackPlatform, type SlackPlatform } from './slack-platform.ts';
import { type SlackApp, startSlackApp } from './start-slack.ts';
import { escapeFallback } from './text.ts';

export interface OpenSlack {
  platform: SlackPlatform;
  fetcher: Fetcher;
  /** Connects. @throws HansardError `token_refused`, `scope_missing` … */
  start(orchestrator: Orchestrator, forget: (meetingId: string, who: string) => Promise<void>): Promise<SlackApp>;
}

const identity = z.looseObject({ user_id: z.string() });

export function openSlack({
  settings,
  config,
  logger,
  store,
  queue,
  blobs,
  options,
}: {
  settings: SlackSettings;
  config: Config;
  logger: Logger;
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  options: RecordingOptions;
}): OpenSlack {
  const { botToken: token, apiUrl } = settings;
  const slack = createSlack(new WebClient(token, { ...CLIENT_OPTIONS, ...(apiUrl && { slackApiUrl: apiUrl }) }));
  const platform = createSlackPlatform({ slack, store, queue, logger });
  const fetcher = createSlackFetcher({
    ...{ slack, blobs, token },
    workDir: path.join(config.dataDir, 'work'),
    maxBytes: config.maxRecordingBytes,
    trustedHost: apiUrl && new URL(apiUrl).host,
  });
  return {
    platform,
    fetcher,
    async start(orchestrator, forget) {
      const { user_id: botUserId } = identity.parse(await slack.call('auth.test', client => client.auth.test()));
      const intake = createIntake({
        ...{ slack, store, logger, botUserId, options },
        autoProcess: config.autoProcess,
        maxBytes: config.maxRecordingBytes,
        tell: async ({ channel, user }, sentence) => {
          await slack.call('chat.postEphemeral', client =>
            client.chat.postEphemeral({
              channel,
              user,
              text: escapeFallback(sentence),
              link_names: false,
              parse: 'none',
            }),
          );
        },
      });
      const app = await startSlackApp({
        ...{ settings, slack, store, queue, orchestrator, intake, logger, forget },
        autoByDefault: config.autoProcess === 'all',
      });
      platform.start();
      return app;
    },
  };
}
