/** Users, channels, messages as Discord writes them. */
import type { Cdn } from './cdn.ts';
import { createPermissions, EVERYONE_PERMISSIONS, PERMISSION } from './permissions.ts';
import {
  CHANNEL_TYPE,
  DISCORD,
  type FakeAttachment,
  type FakeChannel,
  type FakeGuild,
  type FakeMember,
  type FakeMessage,
  type FakeUser,
  isThread,
  type Json,
  type World,
} from './server-world.ts';
import { msOf } from './snowflakes.ts';
import { FLAG } from './validate-components.ts';

/** `intents` of the gateway (docs.discord.com, events/gateway). */
export const INTENT = {
  ...{ guilds: 1 << 0, guildMembers: 1 << 1, guildPresences: 1 << 8, guildMessages: 1 << 9, directMessages: 1 << 12 },
  messageContent: 1 << 15,
};

export interface Show {
  user(id: string): Json;
  member(guildId: string, userId: string): Json;
  channel(channel: FakeChannel): Json;
  guild(guild: FakeGuild): Json;
  attachment(attachment: FakeAttachment): Json;
  /** @param seesContent whether the app may see what people write; some messages it sees in any case */
  message(message: FakeMessage, seesContent: boolean): Json;
}

const ALL_PERMISSIONS = (1n << 53n) - 1n;

export function createShow(world: World, cdn: Pick<Cdn, 'linkTo'>): Show {
  const permissions = createPermissions(world);
  const writtenUser = ({ id, name, displayName, isBot }: FakeUser): Json => ({
    ...{ id, username: name, discriminator: '0', global_name: displayName, avatar: null, bot: isBot },
    ...{ public_flags: 0, flags: 0, banner: null, accent_color: null },
  });
  const writtenMember = ({ nick, roles }: FakeMember): Json => ({
    ...{ nick, roles, avatar: null, joined_at: '2024-01-01T00:00:00.000000+00:00', deaf: false, mute: false, flags: 0 },
    ...{ pending: false, premium_since: null, communication_disabled_until: null },
  });
  const attachment: Show['attachment'] = one => ({
    ...{ id: one.id, filename: one.name, size: one.content.length, content_type: one.contentType },
    ...{ url: cdn.linkTo(one), proxy_url: cdn.linkTo(one) },
    ...(one.description !== undefined && { description: one.description }),
    ...(one.durationSecs !== undefined && { duration_secs: one.durationSecs, waveform: '' }),
    ...(one.channelId === undefined && { ephemeral: true }),
  });
  const user: Show['user'] = id => writtenUser(world.userOf(id));
  const member: Show['member'] = (guildId, userId) => {
    const own = world.guildOf(guildId).members.get(userId);
    return { ...writtenMember(own ?? { userId, nick: null, roles: [] }), user: user(userId) };
  };
  const overwrites = (channel: FakeChannel) => [
    {
      ...{ id: DISCORD.botUserId, type: 1, allow: String(channel.permissions) },
      deny: String(ALL_PERMISSIONS & ~channel.permissions),
    },
    ...channel.hiddenFrom.map(id => ({ id, type: 1, allow: '0', deny: String(PERMISSION.viewChannel) })),
  ];
  const channel: Show['channel'] = own => {
    const { id, kind, name, guildId, parentId, isNsfw } = own;
    const last = world.messages.findLast(one => one.channelId === id)?.id ?? null;
    if (kind === 'dm')
      return { id, type: 1, last_message_id: last, flags: 0, recipients: [user(own.recipientId ?? '')] };
    const common = { id, type: CHANNEL_TYPE[kind], guild_id: guildId, name, parent_id: parentId ?? null, flags: 0 };
    if (!isThread(own))
      return {
        ...{ ...common, last_message_id: last, nsfw: isNsfw, topic: null, position: 0, rate_limit_per_user: 0 },
        permission_overwrites: overwrites(own),
        ...(kind === 'forum' && {
          available_tags: [],
          default_reaction_emoji: null,
          default_sort_order: null,
          default_forum_layout: 0,
        }),
        ...(kind === 'voice' && { bitrate: 64_000, user_limit: 0, rtc_region: null }),
      };
    const isAnnounced = world.channels.get(parentId ?? '')?.kind === 'announcement';
    return {
      ...{ ...common, type: isAnnounced ? 10 : CHANNEL_TYPE[kind], owner_id: own.ownerId, last_message_id: last },
      ...{ message_count: world.messages.filter(one => one.channelId === id).length, total_message_sent: 0 },
      ...{ member_count: own.memberIds.size, rate_limit_per_user: 0 },
      thread_metadata: {
        ...{ archived: own.isArchived, locked: own.isLocked, auto_archive_duration: own.autoArchiveMin },
        ...{ archive_timestamp: iso(msOf(id)), create_timestamp: iso(msOf(id)) },
      },
    };
  };
  const guild: Show['guild'] = ({ id, name, roles, members }) => {
    const botRole = { id: `${BigInt(id) + 1n}`, name: 'Hansard', permissions: permissionsOfBot, managed: true };
    const everyone = { id, name: '@everyone', permissions: EVERYONE_PERMISSIONS, managed: false };
    const written = [everyone, botRole, ...[...roles.values()].map(role => ({ ...role, managed: false }))];
    const own = [...world.channels.values()].filter(one => one.guildId === id);
    return {
      ...{ id, name, icon: null, owner_id: DISCORD.anna, member_count: members.size, large: false, unavailable: false },
      ...{ preferred_locale: 'en-US', premium_tier: 0, joined_at: '2024-01-01T00:00:00.000000+00:00', features: [] },
      roles: written.map((role, position) => ({
        ...{
          ...role,
          permissions: String(role.permissions),
          position,
          color: 0,
          hoist: false,
          mentionable: false,
          flags: 0,
        },
        colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
      })),
      ...{ emojis: [], stickers: [], voice_states: [], presences: [], stage_instances: [], guild_scheduled_events: [] },
      ...{ system_channel_id: null, system_channel_flags: 0, verification_level: 0, nsfw_level: 0, mfa_level: 0 },
      members: [...members.values()].map(one => ({ ...writtenMember(one), user: user(one.userId) })),
      channels: own.filter(one => !isThread(one) && permissions.has(one, 'viewChannel')).map(channel),
      threads: own.filter(one => isThread(one) && !one.isArchived && permissions.has(one, 'viewChannel')).map(channel),
    };
  };

  const message: Show['message'] = (own, seesContent) => {
    const place = world.channels.get(own.channelId);
    const isShown = seesContent || isExempt(own, place);
    const thread = own.threadId === undefined ? undefined : world.channels.get(own.threadId);
    const reference = own.messageReference;
    const replied = world.messages.find(({ id }) => id === reference?.messageId);
    return {
      ...{
        id: own.id,
        channel_id: own.channelId,
        type: reference ? 19 : own.interaction ? 20 : 0,
        author: user(own.authorId),
      },
      content: isShown ? own.content : '',
      attachments: isShown ? own.attachments.map(attachment) : [],
      embeds: isShown ? own.embeds : [],
      components: isShown ? own.components.map(one => withLinks(one, own, cdn)) : [],
      ...{
        mentions: own.mentions.filter(id => world.users.has(id)).map(user),
        mention_roles: [],
        mention_everyone: own.pings.everyone,
      },
      ...{ timestamp: iso(own.atMs), edited_timestamp: own.editedAtMs === undefined ? null : iso(own.editedAtMs) },
      ...{ pinned: false, tts: false, flags: own.flags | (thread ? FLAG.hasThread : 0) },
      ...(own.nonce !== undefined && { nonce: own.nonce }),
      ...(reference && {
        message_reference: {
          type: 0,
          message_id: reference.messageId,
          channel_id: reference.channelId,
          ...(place?.guildId && { guild_id: place.guildId }),
        },
        referenced_message: replied ? message({ ...replied, messageReference: undefined }, seesContent) : null,
      }),
      ...(thread && { thread: channel(thread) }),
      ...(own.authorId === DISCORD.botUserId && { application_id: DISCORD.applicationId }),
      ...(own.interaction && {
        interaction_metadata: {
          ...{ id: own.interaction.id, type: own.interaction.type, user: user(own.interaction.userId) },
          authorizing_integration_owners: { 0: place?.guildId ?? '0' },
        },
      }),
    };
  };
  return { user, member, channel, guild, attachment, message };
}

const permissionsOfBot = EVERYONE_PERMISSIONS;

/** What an app sees without MessageContent (docs.discord.com, events/gateway#message-content-intent). */
function isExempt({ authorId, mentions, pings }: FakeMessage, place: FakeChannel | undefined): boolean {
  const { botUserId } = DISCORD;
  return (
    authorId === botUserId || place?.kind === 'dm' || mentions.includes(botUserId) || pings.users.includes(botUserId)
  );
}

/** `attachment://` becomes the link of the file. */
function withLinks(component: Json, { attachments }: FakeMessage, cdn: Pick<Cdn, 'linkTo'>): Json {
  const written = JSON.stringify(component, (key, value) => {
    const name = key === 'url' && typeof value === 'string' ? /^attachment:\/\/(.+)$/.exec(value)?.[1] : undefined;
    const file = name === undefined ? undefined : attachments.find(one => one.name === name);
    return file ? cdn.linkTo(file) : value;
  });
  const shown: Json = JSON.parse(written);
  return shown;
}

const iso = (ms: number): string => new Date(ms).toISOString().replace('Z', '000+00:00');
