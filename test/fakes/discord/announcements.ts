/** What happens, as the gateway tells it. */
import type { Permissions } from './permissions.ts';
import type { FakeChannel, FakeMessage, Json } from './server-world.ts';
import { INTENT, type Show } from './show.ts';

export interface Announcement {
  /** E.g. `MESSAGE_CREATE`. */
  name: string;
  /** Without this intent it does not come; 0: it always does. */
  intent: number;
  data(seesContent: boolean): Json;
}

export type Announce = (announcement: Announcement) => void;

export interface Announcements {
  message(name: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE', message: FakeMessage): void;
  messageGone(message: FakeMessage): void;
  channel(name: 'CHANNEL_CREATE' | 'CHANNEL_UPDATE' | 'CHANNEL_DELETE', channel: FakeChannel): void;
  thread(name: 'THREAD_CREATE' | 'THREAD_UPDATE' | 'THREAD_DELETE', channel: FakeChannel): void;
  interaction(payload: Json): void;
}

export interface AnnouncementsOptions {
  announce: Announce;
  show: Show;
  permissions: Permissions;
  channelOf: (id: string) => FakeChannel;
}

export function createAnnouncements({ announce, show, permissions, channelOf }: AnnouncementsOptions): Announcements {
  const intentOf = ({ kind }: FakeChannel) => (kind === 'dm' ? INTENT.directMessages : INTENT.guildMessages);
  const sees = (channel: FakeChannel) => permissions.has(channel, 'viewChannel');
  const inChannel = (name: string, channel: FakeChannel) => {
    if (sees(channel)) announce({ name, intent: INTENT.guilds, data: () => show.channel(channel) });
  };
  return {
    message(name, message) {
      const channel = channelOf(message.channelId);
      if (!sees(channel)) return;
      const { guildId } = channel;
      const member = () => {
        const { user, ...rest } = guildId === undefined ? { user: undefined } : show.member(guildId, message.authorId);
        return rest;
      };
      announce({
        name,
        intent: intentOf(channel),
        data: seesContent => ({
          ...show.message(message, seesContent),
          channel_type: show.channel(channel).type,
          ...(guildId === undefined ? {} : { guild_id: guildId, member: member() }),
        }),
      });
    },
    messageGone({ id, channelId }) {
      const channel = channelOf(channelId);
      const place = { id, channel_id: channelId, ...(channel.guildId !== undefined && { guild_id: channel.guildId }) };
      if (sees(channel)) announce({ name: 'MESSAGE_DELETE', intent: intentOf(channel), data: () => place });
    },
    channel: inChannel,
    thread(name, channel) {
      if (!sees(channel)) return;
      const isNew = name === 'THREAD_CREATE' ? { newly_created: true } : {};
      announce({ name, intent: INTENT.guilds, data: () => ({ ...show.channel(channel), ...isNew }) });
    },
    interaction: payload => announce({ name: 'INTERACTION_CREATE', intent: 0, data: () => payload }),
  };
}
