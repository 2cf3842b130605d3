/** What Discord consists of: guilds, people, channels, messages. Everybody else here reads it and changes it. */

import { DEFAULT_PERMISSIONS } from './permissions.ts';
import type { Pings } from './pings.ts';
import { Refusal } from './refusal.ts';
import { createSnowflakes } from './snowflakes.ts';
import type { AnyComponent } from './validate-components.ts';

/** Who is there from the start. */
export const DISCORD = {
  token: 'MTIwMDAwMDAwMDAwMDAwMDAwMQ.GfakeX.fake-discord-token-for-tests-only-0000',
  ...{ applicationId: '1200000000000000001', botUserId: '1200000000000000001', guildId: '1200000000000000100' },
  ...{ anna: '1200000000000000201', ben: '1200000000000000202', chloe: '1200000000000000203' },
  /** A text channel. */
  channelId: '1200000000000000300',
} as const;

export type Json = Record<string, unknown>;

export interface FakeUser {
  id: string;
  name: string;
  displayName: string;
  isBot: boolean;
  /** Otherwise 50007. */
  takesDirectMessages: boolean;
}

export interface FakeRole {
  id: string;
  name: string;
  permissions: bigint;
}

export interface FakeMember {
  userId: string;
  nick: string | null;
  roles: string[];
}

export interface FakeGuild {
  id: string;
  name: string;
  roles: Map<string, FakeRole>;
  members: Map<string, FakeMember>;
}

export type ChannelKind = 'text' | 'announcement' | 'forum' | 'voice' | 'dm' | 'thread' | 'forum-post';

export interface FakeChannel {
  id: string;
  kind: ChannelKind;
  name: string;
  /** Undefined in a direct message. */
  guildId: string | undefined;
  /** Of a thread: the channel. */
  parentId: string | undefined;
  /** What the bot may do; of a thread its parent's count. */
  permissions: bigint;
  /** People who do not see it. */
  hiddenFrom: string[];
  /** Of a direct message: with whom. */
  recipientId: string | undefined;
  /** Of a thread: who started it. */
  ownerId: string | undefined;
  isNsfw: boolean;
  isArchived: boolean;
  isLocked: boolean;
  autoArchiveMin: number;
  /** Of a thread. */
  memberIds: Set<string>;
}

export interface FakeAttachment {
  id: string;
  name: string;
  contentType: string;
  content: Buffer;
  durationSecs?: number;
  description?: string;
  /** Where it lies on the CDN; of one that belongs to no message undefined. */
  channelId?: string;
}

export interface FakeMessage {
  id: string;
  channelId: string;
  authorId: string;
  content: string;
  flags: number;
  components: AnyComponent[];
  embeds: Json[];
  attachments: FakeAttachment[];
  nonce: string | undefined;
  messageReference: { messageId: string; channelId: string } | undefined;
  /** The thread that was started from it. */
  threadId: string | undefined;
  /** Whom it rang for, by its text and `allowed_mentions`. */
  pings: Pings;
  /** Who is mentioned in the text, ringing or not. */
  mentions: string[];
  /** How often it was edited. */
  edits: number;
  atMs: number;
  editedAtMs: number | undefined;
  reactions: string[];
  /** The interaction that it answers. */
  interaction: { id: string; type: number; userId: string } | undefined;
  /** Only this person sees it. */
  whisperedTo: string | undefined;
}

export interface World {
  users: Map<string, FakeUser>;
  guilds: Map<string, FakeGuild>;
  channels: Map<string, FakeChannel>;
  /** All that are there, oldest first. */
  messages: FakeMessage[];
  /** What only one person sees. */
  whispers: FakeMessage[];
  newId(): string;
  /** @throws Refusal 10003 */
  channelOf(id: string): FakeChannel;
  /** @throws Refusal 10008 */
  messageOf(channelId: string, id: string): FakeMessage;
  /** @throws Refusal 10004 */
  guildOf(id: string): FakeGuild;
  /** @throws Refusal 10013 */
  userOf(id: string): FakeUser;
  /** The direct message with somebody. */
  openDirect(userId: string): FakeChannel;
  addUser(id: string, user: Partial<Omit<FakeUser, 'id'>> & { name: string }): FakeUser;
  addMember(userId: string, member?: Partial<Omit<FakeMember, 'userId'>> & { guildId?: string }): void;
  addGuild(id: string, name: string): FakeGuild;
  addRole(id: string, role: Omit<FakeRole, 'id'> & { guildId?: string }): void;
  addChannel(id: string, channel?: NewChannel): FakeChannel;
}

export interface NewChannel extends Partial<Omit<FakeChannel, 'id' | 'kind' | 'permissions'>> {
  type?: ChannelKind;
  permissions?: bigint | number | string;
}

/** `type` of a channel (docs.discord.com, resources/channel). */
export const CHANNEL_TYPE: Record<ChannelKind, number> = {
  ...{ text: 0, dm: 1, voice: 2, announcement: 5, thread: 11, 'forum-post': 11, forum: 15 },
};

export const isThread = ({ kind }: FakeChannel): boolean => kind === 'thread' || kind === 'forum-post';

export function createWorld(): World {
  const users: World['users'] = new Map();
  const guilds: World['guilds'] = new Map();
  const channels: World['channels'] = new Map();
  const messages: FakeMessage[] = [];
  const newId = createSnowflakes();
  const found = <T>(one: T | undefined, code: 10003 | 10004 | 10008 | 10013): T => {
    if (one === undefined) throw new Refusal(code);
    return one;
  };
  const guildOf: World['guildOf'] = id => found(guilds.get(id), 10004);
  const addChannel: World['addChannel'] = (id, { type = 'text', permissions, ...more } = {}) => {
    const parent = more.parentId === undefined ? undefined : channels.get(more.parentId);
    const guildId = type === 'dm' ? undefined : (more.guildId ?? parent?.guildId ?? DISCORD.guildId);
    const channel: FakeChannel = {
      ...{
        id,
        kind: type,
        name: `channel-${id.slice(-3)}`,
        parentId: undefined,
        recipientId: undefined,
        ownerId: undefined,
      },
      ...{
        isNsfw: false,
        isArchived: false,
        isLocked: false,
        autoArchiveMin: 1_440,
        hiddenFrom: [],
        memberIds: new Set(),
      },
      ...more,
      guildId,
      permissions: permissions === undefined ? (parent?.permissions ?? DEFAULT_PERMISSIONS) : BigInt(permissions),
    };
    channels.set(id, channel);
    return channel;
  };
  return {
    ...{ users, guilds, channels, messages, whispers: [], newId, guildOf, addChannel },
    channelOf: id => found(channels.get(id), 10003),
    messageOf: (channelId, id) =>
      found(
        messages.find(one => one.id === id && one.channelId === channelId),
        10008,
      ),
    userOf: id => found(users.get(id), 10013),
    openDirect(userId) {
      found(users.get(userId), 10013);
      const known = [...channels.values()].find(({ recipientId }) => recipientId === userId);
      return known ?? addChannel(newId(), { type: 'dm', name: '', recipientId: userId });
    },
    addUser(id, { name, displayName = name, isBot = false, takesDirectMessages = true }) {
      const user = { id, name, displayName, isBot, takesDirectMessages };
      users.set(id, user);
      return user;
    },
    addMember(userId, { guildId = DISCORD.guildId, nick = null, roles = [] } = {}) {
      guildOf(guildId).members.set(userId, { userId, nick, roles });
    },
    addGuild(id, name) {
      const guild: FakeGuild = { id, name, roles: new Map(), members: new Map() };
      guilds.set(id, guild);
      return guild;
    },
    addRole(id, { guildId = DISCORD.guildId, ...role }) {
      guildOf(guildId).roles.set(id, { id, ...role });
    },
  };
}
