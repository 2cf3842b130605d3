/** Connects to Discord, listens, and works off what was heard; finds out what was missed. */
import fs from 'node:fs';
import { ApplicationFlags, GatewayIntentBits, type RESTOptions, Routes } from 'discord.js';
import { z } from 'zod';
import type { DiscordSettings } from '../../config.ts';
import type { Orchestrator } from '../../pipeline/orchestration/orchestrator.ts';
import { DISCORD_PLATFORM } from '../../pipeline/platforms.ts';
import { throttle } from '../../pipeline/queue/worker-log.ts';
import { createMeetingChanges } from '../change-meeting.ts';
import { createFileGone } from '../file-gone.ts';
import { createInbox } from '../inbox.ts';
import type { Discord } from './call-discord.ts';
import { createChannels } from './channels.ts';
import { createDiscordConnection } from './connect.ts';
import { createMissedMessages, guildSchema } from './find-missed.ts';
import { createHandlers } from './handlers.ts';
import { createDiscordIntake, type DiscordIntakeOptions } from './intake.ts';
import { DIRECT } from './interaction.ts';
import { createMessageKeeper } from './keep-events.ts';
import { listenToCommands } from './listen-commands.ts';
import { listenToMeetings } from './listen-meetings.ts';
import { listenToSettings } from './listen-settings.ts';
import { listenToVoices } from './listen-voices.ts';
import type { DiscordParts } from './parts.ts';
import type { ListedMessage } from './read-messages.ts';
import { registerCommands } from './register-commands.ts';

export interface DiscordAppOptions
  extends Omit<DiscordParts, 'handlers' | 'inbox' | 'changes' | 'readsAll'>,
    Omit<DiscordIntakeOptions, 'channels' | 'readTranscript' | 'fileGone'> {
  settings: DiscordSettings;
  /** How requests are sent, and what they wait for: also those of discord.js itself. */
  sending: Partial<RESTOptions>;
  discord: Discord;
  orchestrator: Orchestrator;
  /** Erases a meeting that is over. */
  forget(meetingId: string, who: string): Promise<void>;
  /** Its time of change says when we last heard Discord. */
  seenFile: string;
  /** Which commands were registered last. */
  commandsFile: string;
}

export interface DiscordApp {
  /** What keeps it from hearing, one sentence each. */
  problems(): string[];
  stop(): Promise<void>;
}

const INTAKE_MS = 300;
const SEEN_MS = 15_000;
/** Clocks differ, and what is posted shows up a moment later. */
const OVERLAP_MS = 60_000;

/** None of them is privileged. Without the last one messages have content and files only if they are for us. */
const INTENTS = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages];

const identity = z.looseObject({ id: z.string() });
const applicationSchema = identity.extend({ flags: z.number().catch(0) });
const READS_CONTENT = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

/** Nothing lists the direct messages of an app: those are looked into in which somebody gave us something lately. */
const MOST_DIRECT = 50;
const RECENT_MEETINGS = 1_000;

/**
 * @param signal ends the connecting
 * @throws HansardError `token_refused`, `intents_refused`, `platform_unavailable` when Discord does not let us in
 */
export async function startDiscordApp(options: DiscordAppOptions, signal: AbortSignal): Promise<DiscordApp> {
  const { settings, sending, discord, store, logger, teller, minutes, orchestrator, autoProcess } = options;
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.error({ err, suppressed }, what),
  );
  const { id: botUserId } = identity.parse(await discord.call('who am I', rest => rest.get(Routes.user())));
  const application = applicationSchema.parse(
    await discord.call('which application', rest => rest.get(Routes.currentApplication())),
  );
  const applicationId = settings.applicationId ?? application.id;
  // asking for what the developer portal does not allow ends the connection: only who wants every recording insists
  const mayReadAll = (application.flags & READS_CONTENT) !== 0;
  const readsAll = autoProcess === 'all' || (autoProcess === 'opt-in' && mayReadAll);
  const { guildId } = settings;
  const isNew = await registerCommands(discord, { applicationId, guildId, file: options.commandsFile });
  if (isNew) logger.info({ guildId }, 'commands registered with Discord');

  const channels = createChannels(discord);
  const inbox = createInbox({
    ...{ store, logger, teller },
    handlers: createDiscordIntake({
      ...options,
      channels,
      readTranscript: minutes.transcript,
      fileGone: createFileGone({ platform: DISCORD_PLATFORM, store, orchestrator, forget: options.forget }),
    }),
  });
  const keeper = createMessageKeeper({ inbox, botUserId, awaitsSample: options.voices.awaitsSample });
  const handlers = createHandlers({ discord, logger, applicationId }, store);
  const changes = createMeetingChanges({ ...options, platform: DISCORD_PLATFORM });
  const parts: DiscordParts = { ...options, handlers, inbox, changes, readsAll };
  listenToCommands(parts, listenToMeetings(parts));
  listenToSettings(parts);
  listenToVoices(parts);

  const handling = new Set<Promise<void>>();
  /** Since when we may have missed something. */
  let awaySinceMs = lastSeenMs(options.seenFile);
  const missed = createMissedMessages({
    discord,
    complain,
    keep: (message, guild) => {
      const unknown = withoutKnown(message, store);
      if (unknown) keeper.keepMessage(unknown, guild);
    },
  });
  /** Of direct messages no event tells at the start of a session. */
  const lookInDirect = () => {
    const recent = store.meetings.list({ limit: RECENT_MEETINGS });
    const direct = recent.filter(({ origin }) => origin.startsWith(`${DISCORD_PLATFORM}:${DIRECT}:`));
    const channelIds = [...new Set(direct.map(({ channel }) => channel))];
    for (const id of channelIds.slice(0, MOST_DIRECT)) missed.lookInChannel(id, DIRECT, awaySinceMs);
  };
  const onInteraction = (data: unknown) => {
    const handled = handlers.handle(data).finally(() => handling.delete(handled));
    handling.add(handled);
  };
  const listeners: Record<string, (data: unknown) => void> = {
    MESSAGE_CREATE: data => keeper.keepMessage(data),
    MESSAGE_DELETE: keeper.keepDeleted,
    MESSAGE_DELETE_BULK: keeper.keepDeleted,
    READY: lookInDirect,
    GUILD_CREATE: data => missed.lookInGuild(guildSchema.parse(data), awaySinceMs),
    INTERACTION_CREATE: onInteraction,
  };
  const intents = readsAll ? [...INTENTS, GatewayIntentBits.MessageContent] : INTENTS;
  const connection = createDiscordConnection({ token: settings.token, sending }, intents, logger, {
    onEvent(type, data) {
      try {
        listeners[type]?.(data);
      } catch (error) {
        complain('an event of Discord could not be kept', error);
      }
    },
    onReady() {
      logger.info({ guildId }, 'connected to Discord');
    },
  });
  await connection.start(signal);
  // from now on whoever comes after a crash knows since when
  if (!fs.existsSync(options.seenFile)) fs.writeFileSync(options.seenFile, '');

  const seeing = setInterval(() => {
    // what was missed is looked for first: afterwards nobody knows since when
    if (connection.deafForMs() > 0 || missed.isLooking()) return;
    const heardUntilMs = connection.heardUntilMs();
    awaySinceMs = heardUntilMs - OVERLAP_MS;
    try {
      fs.writeFileSync(options.seenFile, '');
      fs.utimesSync(options.seenFile, heardUntilMs / 1000, heardUntilMs / 1000);
    } catch (error) {
      complain('writing down when Discord was heard did not work', error);
    }
  }, SEEN_MS);
  let working: Promise<void> | undefined;
  const timer = setInterval(() => {
    working ??= inbox
      .work()
      .catch(error => complain('working off what came from Discord did not work', error))
      .finally(() => {
        working = undefined;
      });
  }, INTAKE_MS);
  return {
    problems: () => (connection.deafForMs() > 0 ? ['Discord is not connected at the moment.'] : []),
    async stop() {
      clearInterval(timer);
      clearInterval(seeing);
      await connection.stop();
      await working;
      await missed.stop();
      await Promise.all(handling);
    },
  };
}

/** Now, when we never heard it. */
function lastSeenMs(file: string): number {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return (stats?.mtimeMs ?? Date.now()) - OVERLAP_MS;
}

const withAttachments = z.looseObject({ attachments: z.array(z.looseObject({ id: z.string() })) });

/** What became a meeting before a restart is not asked for once more. */
function withoutKnown(message: ListedMessage, store: DiscordParts['store']): unknown {
  const { data } = withAttachments.safeParse(message);
  if (!data || data.attachments.length === 0) return message;
  const isKnown = (fileId: string) => store.meetings.ofPostedFile({ platform: DISCORD_PLATFORM, fileId }).length > 0;
  const attachments = data.attachments.filter(({ id }) => !isKnown(id));
  return attachments.length > 0 ? { ...message, attachments } : undefined;
}
