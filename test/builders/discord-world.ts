/** A bot that is connected to the fake Discord, with workers whose stages do nothing. */
import type { TestContext } from 'node:test';
import type { Meeting } from '../../src/pipeline/store/meetings.ts';
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
import { type ChatWorld, startChatWorld } from './chat-world.ts';
import { until } from './until.ts';

/** On a busy machine. */
const PATIENCE_MS = 45_000;
export const CHANNEL = DISCORD.channelId;

export interface DiscordWorld extends ChatWorld {
  discord: FakeDiscord;
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
  const { fake: discord, world } = await startChatWorld(t, {
    async open(after) {
      const opened = await startFakeDiscord(after, fake);
      prepare?.(opened);
      return opened;
    },
    env: ({ apiUrl, cdnUrl }) => ({
      ...{ DISCORD_TOKEN: DISCORD.token, DISCORD_API_URL: apiUrl, DISCORD_CDN_URL: cdnUrl },
      ...env,
    }),
    slowMs,
  });
  const { store } = world;
  if (!isAway) await discord.connected();
  const own = (channelId: string) =>
    discord.messages.filter(message => message.channelId === channelId && message.authorId === DISCORD.botUserId);
  let channels = 0;
  return {
    ...{ ...world, own, discord },
    async restartBot(meanwhile) {
      await world.restartBot(meanwhile);
      await discord.connected();
    },
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
