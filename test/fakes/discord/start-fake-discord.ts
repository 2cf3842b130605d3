/**
 * Discord's servers: REST, the gateway, the CDN. They check what Discord checks (tokens, permissions, bodies and their limits),
 * count what it counts (rates, three seconds, nonces), answer as it does, and misbehave as it does where a test says so.
 */
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { until } from '../../builders/until.ts';
import { createAnnouncements } from './announcements.ts';
import { createCdn } from './cdn.ts';
import { channelRoutes } from './channel-routes.ts';
import { type Commands, commandRoutes } from './command-routes.ts';
import type { Fault, TransferFault } from './faults.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { guildRoutes } from './guild-routes.ts';
import { type FakeInteraction, interactionRoutes } from './interaction-routes.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import { createPermissions } from './permissions.ts';
import { createPostings, type Postings } from './postings.ts';
import { createRateLimits } from './rate-limits.ts';
import { createDiscordServer, type LoggedRequest } from './serve.ts';
import { createWorld, DISCORD, type FakeChannel, type NewChannel, type World } from './server-world.ts';
import { createShow } from './show.ts';
import { createMessageWriter } from './write-messages.ts';

export type { Fault, TransferFault } from './faults.ts';
export type { Person } from './interactions.ts';
export type { OpenModal, Outcome } from './outcome.ts';
export { DISCORD, type FakeAttachment, type FakeChannel, type FakeMessage, type NewChannel } from './server-world.ts';
export { INTENT } from './show.ts';

export interface FakeDiscord
  extends Postings,
    Interactions,
    Omit<Gateway, 'announce' | 'stop' | 'isConnected' | 'allowedIntents'>,
    Pick<World, 'messages' | 'whispers' | 'channels' | 'users' | 'addUser' | 'addMember' | 'addRole' | 'addGuild'> {
  /** For `rest.api` of discord.js. */
  apiUrl: string;
  cdnUrl: string;
  requests: LoggedRequest[];
  /** What is registered, and how often that was overwritten. */
  commands: Commands;
  /** Requests that came while Discord had asked for patience with them. */
  impatient: string[];
  /** Answers 401, 403 and 429 so far; after 10,000 in ten minutes Discord shuts an app out. */
  invalidRequests(): number;
  /** Told to the app if it is connected. */
  addChannel(id: string, channel?: NewChannel): FakeChannel;
  /** All links to files given so far end now; those of messages are given anew when the message is fetched again. */
  expireLinks(): void;
  /** Asked for each request; `route` is e.g. `/channels/:id/messages`. */
  misbehave(fault: (method: string, route: string) => Fault | undefined): void;
  /** Asked for each download. */
  misbehaveTransfers(fault: (attachmentId: string, name: string) => TransferFault | undefined): void;
  /** Discord does not know the nonces of some minutes ago. */
  forgetNonces(): void;
  /** The tokens of all interactions so far end now, as they do after a quarter of an hour. */
  expireTokens(): void;
  revokeToken(): void;
  /** Of a guild. */
  limitThreads(most: number): void;
  limitFiles(mostBytes: number): void;
  /** A session is ready. */
  connected(): Promise<unknown>;
}

export interface FakeDiscordOptions {
  /** How long Discord waits for the first answer to an interaction. */
  responseLimitMs?: number;
  heartbeatMs?: number;
  /** In which five messages, and five edits, may come in a channel. */
  messageWindowMs?: number;
  globalPerSecond?: number;
  /** How long a nonce is known. */
  nonceLifeMs?: number;
}

/** Discord's own (docs.discord.com): receiving-and-responding, gateway, rate-limits, reference#uploading-files. */
const USUAL = {
  ...{ responseLimitMs: 3_000, heartbeatMs: 41_250, messageWindowMs: 5_000 },
  ...{ globalPerSecond: 50, nonceLifeMs: 5 * 60_000 },
};
const MOST_FILE_BYTES = 10 * 1024 * 1024;
const MOST_REQUEST_BYTES = 25 * 1024 * 1024;
const MOST_THREADS = 1_000;

/** With a guild, Anna, Ben and Chloe in it, and one text channel. */
export async function startFakeDiscord(
  t: Pick<TestContext, 'after'>,
  options: FakeDiscordOptions = {},
): Promise<FakeDiscord> {
  const chosen = { ...USUAL, ...options, mostThreads: MOST_THREADS, mostFileBytes: MOST_FILE_BYTES, isRevoked: false };
  let faultOf: (method: string, route: string) => Fault | undefined = () => undefined;
  let transferFaultOf: (attachmentId: string, name: string) => TransferFault | undefined = () => undefined;
  const requests: LoggedRequest[] = [];
  const commands: Commands = { all: [], puts: 0 };
  const interactions = new Map<string, FakeInteraction>();
  const nonces = new Map<string, { messageId: string; atMs: number }>();
  const isTokenGood = (token: string) => token === DISCORD.token && !chosen.isRevoked;

  const world = createWorld();
  people(world);
  const permissions = createPermissions(world);
  const limits = createRateLimits(chosen);
  const cdn = createCdn(
    () => `http://${host()}`,
    (id, name) => transferFaultOf(id, name),
  );
  const show = createShow(world, cdn);
  const server = createDiscordServer({
    ...{ routes: () => routes, cdn: () => cdn, limits, requests, isTokenGood },
    faultOf: (method, route) => faultOf(method, route),
    mostBytes: { request: MOST_REQUEST_BYTES, file: () => chosen.mostFileBytes },
  });
  const host = () => `127.0.0.1:${addressOf(server.address())}`;
  const gatewayUrl = () => `ws://${host()}/gateway`;
  const gateway = startGateway({
    ...{ server, url: gatewayUrl, heartbeatMs: chosen.heartbeatMs, isTokenGood },
    guilds: () => [...world.guilds.values()].map(show.guild),
    botUser: () => show.user(DISCORD.botUserId),
  });
  const announcements = createAnnouncements({
    ...{ announce: gateway.announce, show, permissions },
    channelOf: world.channelOf,
  });
  const writer = createMessageWriter(world, announcements);
  const [responseLimitMs, mostFileBytes] = [() => chosen.responseLimitMs, () => chosen.mostFileBytes];
  const routes = [
    ...guildRoutes({ ...{ world, show, permissions, gatewayUrl }, allowedIntents: gateway.allowedIntents }),
    ...channelRoutes({
      ...{ world, show, permissions, writer, announcements, nonces, allowedIntents: gateway.allowedIntents },
      ...{ mostThreads: () => chosen.mostThreads, nonceLifeMs: () => chosen.nonceLifeMs },
    }),
    ...commandRoutes(world, commands),
    ...interactionRoutes({
      ...{ world, show, writer, interactions, responseLimitMs },
    }),
  ];

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    gateway.stop();
    server.closeAllConnections();
    server.close();
  });

  const { announce, stop, isConnected, allowedIntents, ...gatewayControls } = gateway;
  const { messages, whispers, channels, users, addUser, addMember, addRole, addGuild } = world;
  return {
    ...{ apiUrl: `http://${host()}/api`, cdnUrl: `http://${host()}`, requests, commands, impatient: limits.impatient },
    ...{ messages, whispers, channels, users, addUser, addMember, addRole, addGuild },
    ...gatewayControls,
    ...createPostings(world, announcements),
    ...createInteractions({
      ...{ world, show, permissions, announcements, commands, interactions, responseLimitMs, mostFileBytes },
    }),
    invalidRequests: () => requests.filter(({ status = 0 }) => [401, 403, 429].includes(status)).length,
    addChannel(id, channel) {
      const added = world.addChannel(id, channel);
      if (added.kind === 'thread' || added.kind === 'forum-post') announcements.thread('THREAD_CREATE', added);
      else if (added.kind !== 'dm') announcements.channel('CHANNEL_CREATE', added);
      return added;
    },
    expireLinks: cdn.expireLinks,
    misbehave(fault) {
      faultOf = fault;
    },
    misbehaveTransfers(fault) {
      transferFaultOf = fault;
    },
    forgetNonces: () => nonces.clear(),
    expireTokens() {
      for (const interaction of interactions.values()) interaction.endsAtMs = Date.now();
    },
    revokeToken() {
      chosen.isRevoked = true;
    },
    limitThreads(most) {
      chosen.mostThreads = most;
    },
    limitFiles(mostBytes) {
      chosen.mostFileBytes = mostBytes;
    },
    connected: () => until('the app is connected', isConnected),
  };
}

function people({ addGuild, addUser, addMember, addChannel }: World): void {
  addGuild(DISCORD.guildId, 'Team');
  addUser(DISCORD.botUserId, { name: 'hansard', displayName: 'Hansard', isBot: true });
  for (const name of ['anna', 'ben', 'chloe'] as const)
    addUser(DISCORD[name], { name, displayName: name.replace(/^./, first => first.toUpperCase()) });
  for (const id of [DISCORD.botUserId, DISCORD.anna, DISCORD.ben, DISCORD.chloe]) addMember(id);
  addChannel(DISCORD.channelId, { name: 'general' });
}

function addressOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address ? address.port : 0;
}
