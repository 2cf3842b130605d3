/** What was posted while we were away for longer than Discord keeps events. */
import { Routes } from 'discord.js';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Discord } from './call-discord.ts';
import { snowflakeAt } from './snowflake.ts';

/** Per channel; more would not be looked for while a bot starts anew. */
const MOST_MISSED = 100;

/** As the event of a guild lists its channels and threads. */
export const guildSchema = z.looseObject({
  id: z.string(),
  channels: z.array(z.looseObject({ id: z.string(), last_message_id: z.string().nullish() })).catch([]),
  threads: z.array(z.looseObject({ id: z.string(), last_message_id: z.string().nullish() })).catch([]),
});
export type Guild = z.infer<typeof guildSchema>;

/** Oldest first. Only channels are asked in which somebody wrote since then, and in which we may look. */
export async function findMissed(discord: Discord, guild: Guild, sinceMs: number): Promise<unknown[]> {
  const since = snowflakeAt(sinceMs);
  const missed: unknown[] = [];
  for (const { id, last_message_id: last } of [...guild.channels, ...guild.threads]) {
    if (!last || BigInt(last) <= BigInt(since)) continue;
    const query = new URLSearchParams({ after: since, limit: String(MOST_MISSED) });
    const answer = await discord
      .call('look for what was missed', rest => rest.get(Routes.channelMessages(id), { query }))
      .catch(error => {
        if (!(error instanceof HansardError) || error.retryable) throw error;
        return [];
      });
    // Discord gives the newest first
    missed.push(...z.array(z.unknown()).parse(answer).toReversed());
  }
  return missed;
}
