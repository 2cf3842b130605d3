/** How we hear Discord: a gateway connection of discord.js, which resumes by itself; one that does not come back is opened anew. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  Client,
  DiscordjsError,
  Events,
  type GatewayIntentBits,
  Options,
  type RESTOptions,
  SimpleShardingStrategy,
  Status,
} from 'discord.js';
import { type FaultCode, HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';

export interface DiscordConnection {
  /** @throws HansardError `token_refused`, `intents_refused`, `platform_unavailable`; `cancelled` when it was aborted */
  start(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
  /** How long nothing can have reached us; 0 while something can. */
  deafForMs(): number;
  /** All that happened before has reached us, in milliseconds since 1970; while nothing can reach us it means nothing. */
  heardUntilMs(): number;
}

export interface DiscordEvents {
  /** Every event, as Discord sends it. */
  onEvent(type: string, data: unknown): void;
  /** Also after every time that we were away for longer than Discord keeps events. */
  onReady(): void;
}

/** discord.js tries again by itself; after so long it gets a fresh start. */
const RENEW_MS = 60_000;
const LOOK_MS = 5_000;

/** Needs no part of discord.js. */
const READ_HERE = /^(INTERACTION|MESSAGE)_/;

/** What the gateway says when it will not have us (docs.discord.com, gateway close codes). */
const REFUSALS: Readonly<Record<string, FaultCode>> = {
  TokenInvalid: 'token_refused',
  DisallowedIntents: 'intents_refused',
};

/** @param sending shared with whoever else calls Discord: so nobody calls while another was asked to wait */
export function createDiscordConnection(
  { token, sending }: { token: string; sending: Partial<RESTOptions> },
  intents: readonly GatewayIntentBits[],
  logger: Logger,
  events: DiscordEvents,
): DiscordConnection {
  let current: { client: Client; close(): Promise<void> } | undefined;
  let deafSinceMs: number | undefined = Date.now();
  let watch: NodeJS.Timeout | undefined;
  let renewing: Promise<void> | undefined;
  const stopping = new AbortController();
  /** By shard. */
  const lastEventMs = new Map<number, number>();

  const hears = () => {
    const shards = current?.client.ws.shards;
    return shards !== undefined && shards.size > 0 && shards.every(({ status }) => status === Status.Ready);
  };
  const deafForMs = () => {
    if (hears()) deafSinceMs = undefined;
    else deafSinceMs ??= Date.now();
    return deafSinceMs === undefined ? 0 : Math.max(1, Date.now() - deafSinceMs);
  };

  const open = async (signal: AbortSignal): Promise<void> => {
    let strategy: SimpleShardingStrategy | undefined;
    let isClosed = false;
    const client = new Client({
      intents: [...intents],
      shards: 'auto',
      rest: sending,
      ws: {
        buildStrategy(manager) {
          const { retrieveSessionInfo } = manager.options;
          // asked before every try to connect: who was closed never gets to the next one
          manager.options.retrieveSessionInfo = async shardId =>
            await (isClosed ? new Promise<never>(() => {}) : retrieveSessionInfo(shardId));
          strategy = new SimpleShardingStrategy(manager);
          return strategy;
        },
      },
      // messages are read from events and over REST, each once
      makeCache: Options.cacheWithLimits({
        MessageManager: 0,
        PresenceManager: 0,
        GuildMemberManager: 0,
        UserManager: 0,
      }),
      allowedMentions: { parse: [], repliedUser: false },
    });
    const opened = {
      client,
      async close() {
        isClosed = true;
        await closeForGood(client, strategy);
      },
    };
    current = opened;
    lastEventMs.clear();
    client.on(Events.Raw, (packet: { t: string | null; d: unknown }, shardId: number) => {
      if (current !== opened) return;
      lastEventMs.set(shardId, Date.now());
      const { t: type, d: data } = packet;
      // discord.js would make objects of these, which nobody looks at, and end the process where one has another form
      if (type && READ_HERE.test(type)) packet.t = null;
      if (type) events.onEvent(type, data);
    });
    client.on(Events.ShardReady, () => events.onReady());
    client.on(Events.Error, err => logger.warn({ err }, 'the gateway of Discord has an error'));
    client.on(Events.ShardError, err => logger.warn({ err }, 'the gateway of Discord has an error'));
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(new HansardError('cancelled', 'connecting to Discord'));
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      // where the gateway is away this takes as long as that
      await Promise.race([client.login(token), aborted.promise]);
    } catch (error) {
      await opened.close();
      throw inOurWords(error);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };

  const renew = async () => {
    logger.warn('Discord has not been heard for a minute: the connection is opened anew');
    await current?.close();
    await open(stopping.signal);
  };

  return {
    deafForMs,
    async start(signal) {
      await open(AbortSignal.any([signal, stopping.signal]));
      watch = setInterval(() => {
        if (renewing || deafForMs() < RENEW_MS) return;
        deafSinceMs = Date.now();
        renewing = renew()
          .catch(err => logger.error({ err }, 'Discord does not let us in'))
          .finally(() => {
            renewing = undefined;
          });
      }, LOOK_MS);
    },
    async stop() {
      clearInterval(watch);
      stopping.abort();
      await renewing;
      await current?.close();
    },
    heardUntilMs() {
      // a heartbeat was answered after all that came before it
      const shards = [...(current?.client.ws.shards.values() ?? [])];
      return Math.min(
        ...shards.map(({ id, lastPingTimestamp }) => Math.max(lastPingTimestamp, lastEventMs.get(id) ?? 0)),
      );
    },
  };
}

const REVIVAL_LOOK_MS = 200;
/** It comes back after half a second. */
const REVIVAL_MS = 800;
const IDLE = 0;

/**
 * A shard of discord.js that is destroyed while it connects, or between two tries, connects all the same a moment later
 * (@discordjs/ws 1.2: `waitForEvent` and `destroy`): it is watched until it stays away.
 */
async function closeForGood(client: Client, strategy: SimpleShardingStrategy | undefined): Promise<void> {
  const own = () => [...(strategy?.['shards'].values() ?? [])];
  const shards = new Set(own());
  const isSafe = shards.size > 0 && client.ws.shards.every(({ status }) => status === Status.Ready);
  await client.destroy();
  if (isSafe) return;
  for (let quietMs = 0; quietMs < REVIVAL_MS; quietMs += REVIVAL_LOOK_MS) {
    // a login that was under way may have made some only now
    for (const shard of own()) shards.add(shard);
    for (const shard of [...shards].filter(({ status }) => status !== IDLE)) {
      quietMs = 0;
      // whoever waits for its greeting waits no longer
      shard.emit('closed', { code: 1_000 });
      // the end of one that is not open yet is an error
      shard['connection']?.on('error', () => {}).terminate();
      await shard.destroy({ code: 1_000 });
    }
    await delay(REVIVAL_LOOK_MS);
  }
}

function inOurWords(error: unknown): unknown {
  if (error instanceof HansardError) return error;
  const detail = `gateway: ${String(error)}`;
  const code = error instanceof DiscordjsError ? REFUSALS[error.code] : undefined;
  if (code) return new HansardError(code, detail, { cause: error });
  if (/disallowed intents/i.test(detail)) return new HansardError('intents_refused', detail, { cause: error });
  if (/invalid token|token.*invalid|401/i.test(detail))
    return new HansardError('token_refused', detail, { cause: error });
  return new HansardError('platform_unavailable', detail, { cause: error });
}
