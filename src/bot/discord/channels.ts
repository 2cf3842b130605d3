/** What kind of channel an id is of. In Discord a thread is a channel of its own; what is set is set for the channel above it. */
import { ChannelType, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Place } from '../chat-place.ts';
import { persistReading } from '../persist.ts';
import type { Discord } from './call-discord.ts';

/** As Discord sends it, in interactions with less. */
export const channelSchema = z.looseObject({
  id: z.string(),
  type: z.number(),
  parent_id: z.string().nullish(),
  guild_id: z.string().nullish(),
  name: z.string().nullish(),
});
export type DiscordChannel = z.infer<typeof channelSchema>;

const THREADS: number[] = [ChannelType.PublicThread, ChannelType.PrivateThread, ChannelType.AnnouncementThread];
const MOST_KEPT = 5_000;

export interface Channels {
  /** @throws HansardError `channel_closed` where we may not look */
  find(id: string): Promise<DiscordChannel>;
  placeOf(id: string): Promise<Place>;
}

export function createChannels(discord: Discord): Channels {
  // a channel stays of its kind, and a thread under its channel
  const kept = new Map<string, DiscordChannel>();
  const find: Channels['find'] = async id => {
    const known = kept.get(id);
    if (known) return known;
    const answer = await persistReading(() =>
      discord.call('look at a channel', (rest: REST) => rest.get(Routes.channel(id))),
    );
    const channel = channelSchema.parse(answer);
    kept.set(id, channel);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return channel;
  };
  return { find, placeOf: async id => placeOfChannel(await find(id)) };
}

export function placeOfChannel({ id, type, parent_id: parent }: DiscordChannel): Place {
  return THREADS.includes(type) && parent ? { channel: parent, threadId: id } : { channel: id, threadId: undefined };
}
