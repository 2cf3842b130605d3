/** Channels, messages and threads over REST. */
import { z } from 'zod';
import type { Announcements } from './announcements.ts';
import type { Permissions } from './permissions.ts';
import { list, problemsOf, text } from './problems.ts';
import { Refusal, refuse } from './refusal.ts';
import { type ApiRequest, param, type Route } from './routes.ts';
import { DISCORD, type FakeChannel, type FakeMessage, isThread, type World } from './server-world.ts';
import { INTENT, type Show } from './show.ts';
import { bySnowflake } from './snowflakes.ts';
import type { MessageWriter } from './write-messages.ts';

export interface ChannelRoutesOptions {
  world: World;
  show: Show;
  permissions: Permissions;
  writer: MessageWriter;
  announcements: Announcements;
  /** By the developer portal. */
  allowedIntents: () => number;
  mostThreads: () => number;
  /** How long a nonce is known. */
  nonceLifeMs: () => number;
  nonces: Map<string, { messageId: string; atMs: number }>;
}

const threadBody = z.looseObject({
  name: text(1, 100),
  auto_archive_duration: z.literal([60, 1_440, 4_320, 10_080]).nullish(),
});
const postBody = threadBody.extend({ applied_tags: list(z.string(), 0, 5).nullish(), message: z.looseObject({}) });

export function channelRoutes(options: ChannelRoutesOptions): Route[] {
  const { world, show, permissions, writer, announcements, nonces } = options;
  const shown = (message: FakeMessage) =>
    show.message(message, (options.allowedIntents() & INTENT.messageContent) !== 0);
  const channelOf = (request: ApiRequest) => {
    const channel = world.channelOf(param(request, 0));
    permissions.assert(channel);
    return channel;
  };
  const messageOf = (request: ApiRequest) => {
    const channel = channelOf(request);
    return world.messageOf(channel.id, param(request, 1));
  };
  const ownOf = (request: ApiRequest) => {
    const message = messageOf(request);
    if (message.authorId !== DISCORD.botUserId) throw new Refusal(50005);
    return message;
  };

  function assertWritable(channel: FakeChannel, { body, files }: ApiRequest): void {
    if (channel.kind === 'forum') throw new Refusal(50008);
    const recipient = channel.recipientId === undefined ? undefined : world.users.get(channel.recipientId);
    if (recipient && !recipient.takesDirectMessages) throw new Refusal(50007);
    permissions.assert(channel, isThread(channel) ? 'sendMessagesInThreads' : 'sendMessages');
    if (files.length > 0) permissions.assert(channel, 'attachFiles');
    const { embeds, message_reference: reference } = z
      .looseObject({ embeds: z.array(z.unknown()).nullish().catch(null), message_reference: z.unknown().optional() })
      .catch({ message_reference: undefined })
      .parse(body);
    if (embeds && embeds.length > 0) permissions.assert(channel, 'embedLinks');
    if (reference && !permissions.has(channel, 'readMessageHistory')) throw new Refusal(160002);
    if (channel.isLocked && !permissions.has(channel, 'manageThreads')) throw new Refusal(160005);
    if (!channel.isArchived) return;
    channel.isArchived = false;
    announcements.thread('THREAD_UPDATE', channel);
  }

  function post(request: ApiRequest): unknown {
    const channel = channelOf(request);
    assertWritable(channel, request);
    const { nonce, enforce_nonce: isEnforced } = z
      .looseObject({ nonce: z.coerce.string().optional(), enforce_nonce: z.boolean().nullish() })
      .catch({})
      .parse(request.body);
    const key = `${channel.id} ${nonce}`;
    const known = nonces.get(key);
    if (isEnforced && known && Date.now() - known.atMs < options.nonceLifeMs()) {
      const before = world.messages.find(({ id }) => id === known.messageId);
      if (before) return shown(before);
    }
    const message = writer.write(channel, { authorId: DISCORD.botUserId, body: request.body, files: request.files });
    if (nonce !== undefined) nonces.set(key, { messageId: message.id, atMs: Date.now() });
    return shown(message);
  }

  function startThread(
    parent: FakeChannel,
    body: unknown,
    more: { id: string; kind: 'thread' | 'forum-post' },
  ): FakeChannel {
    refuse(problemsOf(threadBody, body));
    const active = [...world.channels.values()].filter(
      one => isThread(one) && !one.isArchived && one.guildId === parent.guildId,
    );
    if (active.length >= options.mostThreads()) throw new Refusal(160006);
    const { name, auto_archive_duration: autoArchiveMin } = threadBody.parse(body);
    const thread = world.addChannel(more.id, {
      ...{ type: more.kind, name, parentId: parent.id, ownerId: DISCORD.botUserId },
      ...(autoArchiveMin != null && { autoArchiveMin }),
      memberIds: new Set([DISCORD.botUserId]),
    });
    announcements.thread('THREAD_CREATE', thread);
    return thread;
  }

  function startFromMessage(request: ApiRequest): unknown {
    const message = messageOf(request);
    const channel = world.channelOf(message.channelId);
    if (channel.kind !== 'text' && channel.kind !== 'announcement') throw new Refusal(50024);
    permissions.assert(channel, 'createPublicThreads', 'readMessageHistory');
    if (message.threadId !== undefined || world.channels.has(message.id)) throw new Refusal(160004);
    const thread = startThread(channel, request.body, { id: message.id, kind: 'thread' });
    message.threadId = thread.id;
    announcements.message('MESSAGE_UPDATE', message);
    return show.channel(thread);
  }

  function startInChannel(request: ApiRequest): unknown {
    const channel = channelOf(request);
    const id = world.newId();
    if (channel.kind === 'text') {
      permissions.assert(channel, 'createPublicThreads');
      return show.channel(startThread(channel, request.body, { id, kind: 'thread' }));
    }
    if (channel.kind !== 'forum') throw new Refusal(50024);
    permissions.assert(channel, 'sendMessages');
    refuse(problemsOf(postBody, request.body));
    const { message: body } = postBody.parse(request.body);
    const thread = startThread(channel, request.body, { id, kind: 'forum-post' });
    const message = writer.write(thread, { id, authorId: DISCORD.botUserId, body, files: request.files });
    return { ...show.channel(thread), message: shown(message) };
  }

  function read(request: ApiRequest): unknown {
    const channel = channelOf(request);
    if (!permissions.has(channel, 'readMessageHistory')) return [];
    const { query } = request;
    const limit = Math.min(100, Number(query.get('limit') ?? 50));
    const all = world.messages.filter(({ channelId }) => channelId === channel.id);
    all.sort((a, b) => bySnowflake(a.id, b.id));
    const [before, after, around] = ['before', 'after', 'around'].map(key => query.get(key));
    const chosen = around
      ? [
          ...all.filter(one => bySnowflake(one.id, around) < 0).slice(-Math.floor(limit / 2)),
          ...all.filter(one => bySnowflake(one.id, around) >= 0).slice(0, Math.ceil(limit / 2)),
        ]
      : after
        ? all.filter(({ id }) => bySnowflake(id, after) > 0).slice(0, limit)
        : all.filter(({ id }) => !before || bySnowflake(id, before) < 0).slice(-limit);
    return chosen.toReversed().map(shown);
  }

  return [
    { method: 'GET', path: '/channels/:id', handle: request => show.channel(channelOf(request)) },
    {
      method: 'PATCH',
      path: '/channels/:id',
      handle(request) {
        const channel = channelOf(request);
        if (!isThread(channel)) throw new Refusal(50013);
        const body = z
          .looseObject({ archived: z.boolean().optional(), name: text(1, 100).optional() })
          .parse(request.body);
        channel.isArchived = body.archived ?? channel.isArchived;
        channel.name = body.name ?? channel.name;
        announcements.thread('THREAD_UPDATE', channel);
        return show.channel(channel);
      },
    },
    { method: 'GET', path: '/channels/:id/messages', handle: read },
    { method: 'POST', path: '/channels/:id/messages', handle: post },
    {
      method: 'GET',
      path: '/channels/:id/messages/:id',
      handle(request) {
        permissions.assert(channelOf(request), 'readMessageHistory');
        return shown(messageOf(request));
      },
    },
    {
      method: 'PATCH',
      path: '/channels/:id/messages/:id',
      handle(request) {
        const message = ownOf(request);
        if (world.channelOf(message.channelId).isArchived) throw new Refusal(50083);
        writer.edit(message, request.body, request.files);
        return shown(message);
      },
    },
    {
      method: 'DELETE',
      path: '/channels/:id/messages/:id',
      handle(request) {
        const message = messageOf(request);
        const channel = world.channelOf(message.channelId);
        if (message.authorId !== DISCORD.botUserId && channel.kind === 'dm') throw new Refusal(50003);
        if (message.authorId !== DISCORD.botUserId) permissions.assert(channel, 'manageMessages');
        writer.remove(message);
      },
    },
    {
      method: 'PUT',
      path: '/channels/:id/messages/:id/reactions/:emoji/@me',
      handle(request) {
        const message = messageOf(request);
        permissions.assert(world.channelOf(message.channelId), 'readMessageHistory', 'addReactions');
        message.reactions.push(param(request, 2));
      },
    },
    { method: 'POST', path: '/channels/:id/messages/:id/threads', handle: startFromMessage },
    { method: 'POST', path: '/channels/:id/threads', handle: startInChannel },
    {
      method: 'PUT',
      path: '/channels/:id/thread-members/:id',
      handle(request) {
        const channel = channelOf(request);
        if (!isThread(channel)) throw new Refusal(50024);
        if (channel.memberIds.size >= 1_000) throw new Refusal(30033);
        channel.memberIds.add(world.userOf(param(request, 1)).id);
      },
    },
    {
      method: 'PUT',
      path: '/channels/:id/thread-members/@me',
      handle(request) {
        channelOf(request).memberIds.add(DISCORD.botUserId);
      },
    },
    {
      method: 'POST',
      path: '/channels/:id/typing',
      handle(request) {
        const channel = channelOf(request);
        permissions.assert(channel, isThread(channel) ? 'sendMessagesInThreads' : 'sendMessages');
      },
    },
  ];
}
