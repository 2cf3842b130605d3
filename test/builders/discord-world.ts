/** A bot that is connected to the fake Discord, with workers whose stages do nothing. */
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { startBot } from '../../src/bot/start-bot.ts';
import { loadConfig } from '../../src/config.ts';
import type { BlobStore } from '../../src/pipeline/blobs/blob-store.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { jobRegistry } from '../../src/pipeline/jobs.ts';
import type { Worker } from '../../src/pipeline/queue/job-queue.ts';
import { openSqliteQueue } from '../../src/pipeline/queue/sqlite-queue.ts';
import { createStageHandlers } from '../../src/pipeline/stage-handlers.ts';
import type { Meeting } from '../../src/pipeline/store/meetings.ts';
import { openStore, type Store } from '../../src/pipeline/store/open-store.ts';
import { fakeCutClip } from '../fakes/cut-clip.ts';
import { CALLBACK } from '../fakes/discord/interaction-routes.ts';
import {
  DISCORD,
  type FakeDiscord,
  type FakeDiscordOptions,
  type FakeMessage,
  type NewChannel,
  type Outcome,
  type Person,
  startFakeDiscord,
} from '../fakes/discord/start-fake-discord.ts';
import { nested } from '../fakes/discord/validate-components.ts';
import { createFakeStages, type FakeStages } from '../fakes/stages.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { QUICK } from './test-jobs.ts';
import { until } from './until.ts';

/** On a busy machine. */
const PATIENCE_MS = 45_000;
export const CHANNEL = DISCORD.channelId;

export interface DiscordWorld extends Pick<FakeStages, 'calls' | 'during' | 'summarized'> {
  discord: FakeDiscord;
  store: Store;
  folder: string;
  /** Starts the workers. */
  work(): Promise<void>;
  /** Stops the bot as a crash would leave it, and starts another on the same data. */
  restartBot(meanwhile?: () => unknown): Promise<void>;
  reaches(state: Meeting['state']): Promise<Meeting>;
  problems(): Promise<string[]>;
  /** Our own messages there, oldest first. */
  own(channelId: string): FakeMessage[];
  /** A channel of its own; like the first one where nothing else is said. */
  addChannel(channel?: NewChannel): string;
  /** Posts a recording and mentions the bot. */
  ask(channelId: string, ...names: string[]): FakeMessage;
  /** The newest of the channel, in that state. */
  meetingIn(channelId: string, state: Meeting['state']): Promise<Meeting>;
  /** Waits until the person is told so in a direct message. */
  told(user: string, what: RegExp): Promise<FakeMessage>;
  /** Presses the button whose custom id begins so; waits for the first answer. */
  press(message: FakeMessage | undefined, action: string, person?: Person): Promise<Outcome>;
}

export interface DiscordWorldOptions {
  env?: Record<string, string>;
  fake?: FakeDiscordOptions;
  /** Before the bot comes. */
  prepare?(discord: FakeDiscord): void;
  /** How long it takes to read a file. */
  slowMs?: () => number;
  /** The bot does not reach Discord: nobody waits for that. */
  isAway?: boolean;
}

/** What people read: without what only keeps Discord from reading more in it. */
export function shownIn(message: unknown): string {
  return (JSON.stringify(message) ?? '').replaceAll('\u2060', '').replaceAll('\\\\', '');
}

/** Waits until the person reads that in the answer, at once or where it was put off. */
export async function says(outcome: Outcome | Promise<Outcome>, what: RegExp): Promise<void> {
  const { original, followups } = await outcome;
  const said = () => shownIn([original?.components, followups.map(({ components }) => components)]);
  await until(`an answer says ${what}`, () => what.test(said()), PATIENCE_MS).catch(error => {
    throw new Error(`${error}: ${said().slice(0, 1_000)}`);
  });
}

/** The message that answers, at once or where it was put off. */
export async function answerOf(outcome: Outcome | Promise<Outcome>): Promise<FakeMessage> {
  const known = await outcome;
  return await until(
    'an answer',
    () => {
      const { response, original, followups } = known;
      const message = response?.type === CALLBACK.deferredUpdate ? followups[0] : original;
      return (message?.components.length ?? 0) > 0 && message;
    },
    PATIENCE_MS,
  );
}

/** The custom id of what can be pressed or chosen there. */
export function customIdIn(message: FakeMessage | undefined, start: string): string {
  const found = nested(message?.components).find(({ custom_id: id }) => id?.startsWith(start));
  if (!found?.custom_id) throw new Error(`there is no ${start}`);
  return found.custom_id;
}

export async function startDiscordWorld(
  t: TestContext,
  { env = {}, fake = {}, prepare, slowMs = () => 0, isAway = false }: DiscordWorldOptions = {},
): Promise<DiscordWorld> {
  // hooks run in order: the bot leaves before Discord does, and the folder goes last
  const closing: (() => Promise<void> | void)[] = [];
  const folder = await makeTemporaryFolder({ after: remove => closing.push(remove as () => Promise<void>) });
  t.after(async () => {
    for (const close of closing) await close();
  });
  const discord = await startFakeDiscord({ after: stop => closing.push(stop as () => void) }, fake);
  prepare?.(discord);
  const config = loadConfig({
    HANSARD_DATA: folder,
    DISCORD_TOKEN: DISCORD.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_CDN_URL: discord.cdnUrl,
    ...env,
  });
  const logger = pino({ level: process.env.TEST_LOG ?? 'silent' }, pino.destination(2));
  const { stages, calls, during, summarized } = createFakeStages();
  const disk = createDiskBlobs(path.join(folder, 'blobs'));
  const blobs: BlobStore = {
    ...disk,
    async open(key, signal) {
      await delay(slowMs());
      return await disk.open(key, signal);
    },
  };
  const store = openStore(path.join(folder, 'hansard.db'));
  const openQueue = () =>
    openSqliteQueue({ file: path.join(folder, 'queue.db'), registry: jobRegistry, logger, timing: QUICK });
  const workerQueue = openQueue();
  let botQueue = openQueue();
  closing.unshift(
    () => botQueue.close(),
    () => workerQueue.close(),
    () => store.close(),
  );
  let bot = await startBot({ config, logger, store, queue: botQueue, blobs, versions: stages, cutClip: fakeCutClip });
  const workers: Worker[] = [];
  closing.unshift(() => bot.stop());
  if (!isAway) await discord.connected();
  const own = (channelId: string) =>
    discord.messages.filter(message => message.channelId === channelId && message.authorId === DISCORD.botUserId);
  let channels = 0;
  return {
    ...{ own, discord, store, folder, calls, during, summarized },
    async work() {
      const workDir = path.join(folder, 'work');
      const handlers = createStageHandlers({
        stages,
        blobs,
        workDir,
        versions: { hansard: '0' },
        describeModels: () => [],
      });
      for (const name of ['media', 'gpu', 'cpu', 'llm'] as const) {
        const own = handlers.filter(({ type }) => type.queue === name);
        workers.push(await workerQueue.work(name, own, { concurrency: 2 }));
      }
    },
    async restartBot(meanwhile) {
      await bot.stop();
      await botQueue.close();
      meanwhile?.();
      botQueue = openQueue();
      bot = await startBot({ config, logger, store, queue: botQueue, blobs, versions: stages, cutClip: fakeCutClip });
      await discord.connected();
    },
    reaches: state =>
      until(
        `a meeting is ${state}`,
        () => store.meetings.list({ limit: 1 }).find(meeting => meeting.state === state),
        20_000,
      ),
    problems: () => bot.problems(),
    addChannel(channel) {
      channels++;
      return discord.addChannel(String(BigInt(CHANNEL) + 1_000n + BigInt(channels)), channel).id;
    },
    ask: (channelId, ...names) => {
      const attachments = names.map(name => ({ name, contentType: 'video/webm', content: Buffer.from(name) }));
      return discord.post(channelId, { attachments, mentionsBot: true });
    },
    meetingIn: (channelId, state) =>
      until(
        `a meeting in ${channelId} is ${state}`,
        () => {
          const meeting = store.meetings.list({ limit: 50 }).find(({ channel }) => channel === channelId);
          return meeting?.state === state && meeting;
        },
        PATIENCE_MS,
      ),
    told: (user, what) =>
      until(`${user} is told ${what}`, () => {
        const direct = [...discord.channels.values()].find(({ recipientId }) => recipientId === user);
        return own(direct?.id ?? '').find(message => what.test(shownIn(message.components)));
      }),
    press: (message, action, person) => discord.press(message?.id ?? '', customIdIn(message, `${action}:`), person),
  };
}
