/** How we hear Discord: a gateway connection of discord.js, which resumes by itself; one that does not come back is opened anew. */
import { Client, DiscordjsError, Events, type GatewayIntentBits, Options } from 'discord.js';
import type { DiscordSettings } from '../../config.ts';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { restOptions } from './call-discord.ts';

export interface DiscordConnection {
  /** @throws HansardError `token_refused`, `intents_refused`, `platform_unavailable` */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** How long nothing can have reached us; 0 while something can. */
  deafForMs(): number;
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
const REFUSALS = {
  TokenInvalid: 'token_refused',
  DisallowedIntents: 'intents_refused',
} as const;

export function createDiscordConnection(
  settings: DiscordSettings,
  intents: readonly GatewayIntentBits[],
  logger: Logger,
  events: DiscordEvents,
): DiscordConnection {
  let client: Client | undefined;
  let deafSinceMs: number | undefined = Date.now();
  let watch: NodeJS.Timeout | undefined;
  let isRenewing = false;

  const open = async (): Promise<void> => {
    const opened = new Client({
      intents: [...intents],
      shards: 'auto',
      rest: restOptions(settings.apiUrl),
      // messages are read from events and over REST, each once
      makeCache: Options.cacheWithLimits({
        MessageManager: 0,
        PresenceManager: 0,
        GuildMemberManager: 0,
        UserManager: 0,
      }),
      allowedMentions: { parse: [], repliedUser: false },
    });
    client = opened;
    const hears = () => {
      if (client === opened) deafSinceMs = undefined;
    };
    const isDeaf = () => {
      if (client === opened) deafSinceMs ??= Date.now();
    };
    opened.on(Events.Raw, (packet: { t: string | null; d: unknown }) => {
      const { t: type, d: data } = packet;
      // discord.js would make objects of these, which nobody looks at, and end the process where one has another form
      if (type && READ_HERE.test(type)) packet.t = null;
      if (type) events.onEvent(type, data);
    });
    opened.on(Events.ShardReady, () => {
      hears();
      events.onReady();
    });
    opened.on(Events.ShardResume, hears);
    opened.on(Events.ShardReconnecting, isDeaf);
    opened.on(Events.ShardDisconnect, isDeaf);
    opened.on(Events.Error, err => logger.warn({ err }, 'the gateway of Discord has an error'));
    opened.on(Events.ShardError, err => logger.warn({ err }, 'the gateway of Discord has an error'));
    try {
      await opened.login(settings.token);
    } catch (error) {
      await opened.destroy();
      throw inOurWords(error);
    }
  };

  const renew = async () => {
    logger.warn('Discord has not been heard for a minute: the connection is opened anew');
    await client?.destroy();
    await open();
  };

  return {
    async start() {
      await open();
      watch = setInterval(() => {
        if (isRenewing || deafSinceMs === undefined || Date.now() - deafSinceMs < RENEW_MS) return;
        isRenewing = true;
        deafSinceMs = Date.now();
        renew()
          .catch(err => logger.error({ err }, 'Discord does not let us in'))
          .finally(() => {
            isRenewing = false;
          });
      }, LOOK_MS);
    },
    async stop() {
      clearInterval(watch);
      await client?.destroy();
    },
    deafForMs: () => (deafSinceMs === undefined ? 0 : Math.max(1, Date.now() - deafSinceMs)),
  };
}

function inOurWords(error: unknown): unknown {
  const detail = `gateway: ${String(error)}`;
  const code = error instanceof DiscordjsError ? REFUSALS[error.code as keyof typeof REFUSALS] : undefined;
  if (code) return new HansardError(code, detail, { cause: error });
  if (/disallowed intents/i.test(detail)) return new HansardError('intents_refused', detail, { cause: error });
  if (/invalid token|token.*invalid|401/i.test(detail))
    return new HansardError('token_refused', detail, { cause: error });
  return new HansardError('platform_unavailable', detail, { cause: error });
}
