/** What was posted while we were away for longer than Discord keeps events. */
import { setTimeout as delay } from 'node:timers/promises';
import { ChannelType } from 'discord.js';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { backoffMs } from '../../pipeline/queue/backoff.ts';
import type { Discord } from './call-discord.ts';
import { type ListedMessage, readMessages } from './read-messages.ts';
import { snowflakeAt } from './snowflake.ts';

const channels = z
  .array(z.looseObject({ id: z.string(), type: z.number(), last_message_id: z.string().nullish() }))
  .catch([]);
/** As the event of a guild lists its channels and threads. */
export const guildSchema = z.looseObject({ id: z.string(), channels, threads: channels });
export type Guild = z.infer<typeof guildSchema>;

export interface MissedMessages {
  /** Where somebody wrote since then. */
  lookInGuild(guild: Guild, sinceMs: number): void;
  /** In a channel of which nobody says when somebody wrote. @param guild its id */
  lookInChannel(channel: string, guild: string, sinceMs: number): void;
  /** Whether there are channels in which nobody has looked yet. */
  isLooking(): boolean;
  /** Waits for the look that is under way. */
  stop(): Promise<void>;
}

/** Their messages are in their posts, which are threads. */
const WITHOUT_MESSAGES: number[] = [ChannelType.GuildForum, ChannelType.GuildMedia, ChannelType.GuildCategory];
/** A channel into which we may not look counts against us with each look. */
const SHUT_MS = 60 * 60_000;
const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 60_000;

/** Looks until it has worked: nothing else would ever find what was missed. */
export function createMissedMessages({
  discord,
  keep,
  complain,
}: {
  discord: Discord;
  keep(message: ListedMessage, guild: string): void;
  complain(what: string, error: unknown): void;
}): MissedMessages {
  const waiting = new Map<string, { guild: string; sinceMs: number }>();
  const shutUntilMs = new Map<string, number>();
  const stopping = new AbortController();
  let working: Promise<void> | undefined;

  const lookAt = async (channel: string, { guild, sinceMs }: { guild: string; sinceMs: number }) => {
    for await (const page of readMessages(discord, 'look for what was missed', channel, snowflakeAt(sinceMs)))
      for (const message of page) keep(message, guild);
  };
  const work = async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const [[channel, wanted] = []] = waiting;
      if (channel === undefined || !wanted) return;
      try {
        await lookAt(channel, wanted);
        failures = 0;
      } catch (error) {
        if (error instanceof HansardError && error.retryable) {
          await delay(Math.min(MOST_WAIT_MS, backoffMs(FIRST_WAIT_MS, ++failures)), undefined, stopping).catch(
            () => {},
          );
          // others are not held up by it
          put(channel, wanted);
          continue;
        }
        if (error instanceof HansardError) shutUntilMs.set(channel, Date.now() + SHUT_MS);
        else complain('looking for what was missed in Discord did not work', error);
      }
      if (waiting.get(channel) === wanted) waiting.delete(channel);
    }
  };
  /** At the end of the line, unless it should look further back already. */
  const put = (channel: string, { guild, sinceMs }: { guild: string; sinceMs: number }) => {
    const before = waiting.get(channel);
    waiting.delete(channel);
    waiting.set(channel, { guild, sinceMs: Math.min(sinceMs, before?.sinceMs ?? sinceMs) });
  };
  const run = () => {
    working ??= work()
      .catch(error => complain('looking for what was missed in Discord did not work', error))
      .finally(() => {
        working = undefined;
        if (waiting.size > 0 && !stopping.signal.aborted) run();
      });
  };
  const lookInChannel: MissedMessages['lookInChannel'] = (channel, guild, sinceMs) => {
    if ((shutUntilMs.get(channel) ?? 0) > Date.now()) return;
    put(channel, { guild, sinceMs });
    run();
  };
  return {
    lookInChannel,
    lookInGuild(guild, sinceMs) {
      const since = BigInt(snowflakeAt(sinceMs));
      for (const { id, type, last_message_id: last } of [...guild.channels, ...guild.threads])
        if (last && BigInt(last) > since && !WITHOUT_MESSAGES.includes(type)) lookInChannel(id, guild.id, sinceMs);
    },
    isLooking: () => waiting.size > 0,
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
