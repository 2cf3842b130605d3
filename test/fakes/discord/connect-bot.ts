/** A bot of discord.js for the tests of the fake itself. */
import type { TestContext } from 'node:test';
import { Client, DiscordAPIError, Events, GatewayIntentBits, type Interaction, Partials, REST } from 'discord.js';
import { DISCORD, type FakeDiscord, type FakeDiscordOptions, startFakeDiscord } from './start-fake-discord.ts';

export const CHANNEL = DISCORD.channelId;

export interface Bot {
  discord: FakeDiscord;
  client: Client<true>;
}

/** What a bot needs that reads no content of others. */
export const INTENTS = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages];

/** A Discord, and what calls it over REST. */
export async function startDiscord(
  t: TestContext,
  options?: FakeDiscordOptions,
): Promise<{ discord: FakeDiscord; rest: REST }> {
  const discord = await startFakeDiscord(t, options);
  const rest = new REST({ api: discord.apiUrl, retries: 0, hashSweepInterval: 0, handlerSweepInterval: 0 });
  return { discord, rest: rest.setToken(DISCORD.token) };
}

/** A bot that is logged in. */
export async function connectBot(
  t: TestContext,
  {
    onInteraction,
    intents = INTENTS,
    ...options
  }: FakeDiscordOptions & { onInteraction?: (interaction: Interaction) => unknown; intents?: GatewayIntentBits[] } = {},
): Promise<Bot> {
  const closing: (() => Promise<void> | void)[] = [];
  t.after(async () => {
    for (const close of closing) await close();
  });
  const discord = await startFakeDiscord({ after: stop => closing.push(stop as () => void) }, options);
  const client: Client = new Client({
    intents,
    partials: [Partials.Channel],
    rest: { api: discord.apiUrl, retries: 0 },
  });
  closing.unshift(() => client.destroy());
  // a failure is seen in what came of the interaction
  if (onInteraction)
    client.on(
      Events.InteractionCreate,
      async interaction => void (await Promise.resolve(onInteraction(interaction)).catch(() => {})),
    );
  await Promise.all([new Promise(resolve => client.once(Events.ClientReady, resolve)), client.login(DISCORD.token)]);
  if (!client.isReady()) throw new Error('the client is not ready');
  return { discord, client };
}

/** The code of what is refused. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return 'done';
  } catch (error) {
    return error instanceof DiscordAPIError ? error.code : error;
  }
}
