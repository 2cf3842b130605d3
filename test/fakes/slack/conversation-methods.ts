/** Channels, what is in them, and people. */
import { showFile } from './file-methods.ts';
import { Refusal } from './refusal.ts';
import { type Arguments, cutPage, type Methods } from './web-api.ts';
import { ANNA, BOT, type FakeChannel, type FakeMessage, TEAM, type Workspace } from './workspace.ts';

/** `conversations.history` gives 100 of its own accord, and at most 999. */
const MOST_HISTORY = 999;
const MOST_REPLIES = 1_000;

export function conversationMethods(workspace: Workspace): Methods {
  const { messages, channels, people, creators } = workspace;

  /** Private channels are there for their members only. */
  const visible = (id: unknown): FakeChannel => {
    const channel = workspace.channelOf(id);
    if (channel.isPrivate && !channel.isMember) throw new Refusal('channel_not_found');
    return channel;
  };
  const describe = (channel: FakeChannel) => ({
    ...{ id: channel.id, name: channel.name, creator: creators.get(channel.id) ?? channel.creator },
    ...{ is_member: channel.isMember, is_archived: channel.isArchived, is_private: channel.isPrivate },
    ...{ is_im: channel.id.startsWith('D'), is_channel: !channel.isPrivate, context_team_id: TEAM },
  });
  const inTime = ({ ts }: FakeMessage, { oldest, latest, inclusive }: Arguments) => {
    const isLimit = ts === oldest || ts === latest;
    if (isLimit) return inclusive === true;
    return Number(ts) > Number(oldest ?? 0) && Number(ts) < Number(latest ?? Number.POSITIVE_INFINITY);
  };

  return {
    'conversations.info': ({ channel }) => ({ channel: describe(visible(channel)) }),
    'conversations.members': args => {
      const channel = visible(args.channel);
      const known = channel.members ?? [...new Set([BOT, ANNA, 'U2', ...people.keys()])];
      const { page, nextCursor } = cutPage(
        known.filter(user => workspace.isIn(channel, user)),
        args,
      );
      return { members: page, response_metadata: { next_cursor: nextCursor } };
    },
    'conversations.open': ({ users }) => {
      const user = String(users ?? '');
      if (user.includes(',')) throw new Refusal('missing_scope', { needed: 'mpim:write' });
      if (!/^[UW]/.test(user)) throw new Refusal('user_not_found');
      return { channel: { id: workspace.openDirect(user).id } };
    },
    'conversations.history': args => {
      workspace.assertMember(args.channel);
      const own = messages
        .filter(message => message.channel === args.channel && message.threadTs === undefined && inTime(message, args))
        .toReversed();
      const { page, nextCursor } = cutPage(own, { ...args, limit: args.limit ?? 100 }, MOST_HISTORY);
      return {
        messages: page.map(message => showMessage(message, workspace, args.include_all_metadata === true)),
        ...{ has_more: nextCursor !== '', response_metadata: { next_cursor: nextCursor } },
      };
    },
    'conversations.replies': args => {
      workspace.assertMember(args.channel);
      const ofChannel = messages.filter(message => message.channel === args.channel);
      const parent = ofChannel.find(({ ts }) => ts === args.ts);
      if (!parent) throw new Refusal('thread_not_found');
      const replies = ofChannel.filter(message => message.threadTs === args.ts && inTime(message, args));
      // the parent comes whatever time is asked for
      const { page, nextCursor } = cutPage([parent, ...replies], args, MOST_REPLIES);
      return {
        messages: page.map(message => showMessage(message, workspace, args.include_all_metadata === true)),
        ...{ has_more: nextCursor !== '', response_metadata: { next_cursor: nextCursor } },
      };
    },
    'users.info': ({ user }) => {
      if (!/^[UW]/.test(String(user))) throw new Refusal('user_not_found');
      return { user: describePerson(String(user), people.get(String(user)) ?? {}) };
    },
    'users.conversations': args => {
      const types = String(args.types ?? 'public_channel').split(',');
      const user = String(args.user ?? BOT);
      const typeOf = ({ id, isPrivate }: FakeChannel) =>
        id.startsWith('D') ? 'im' : isPrivate ? 'private_channel' : 'public_channel';
      const found = [...channels.values()].filter(
        channel =>
          types.includes(typeOf(channel)) &&
          workspace.isIn(channel, user) &&
          (channel.isMember || !channel.isPrivate) &&
          !(args.exclude_archived === true && channel.isArchived),
      );
      const { page, nextCursor } = cutPage(found, { ...args, limit: args.limit ?? 100 });
      return { channels: page.map(describe), response_metadata: { next_cursor: nextCursor } };
    },
  };
}

function describePerson(id: string, known: Record<string, unknown>): Record<string, unknown> {
  const name = id.toLowerCase();
  return {
    ...{ id, team_id: TEAM, name, real_name: name, deleted: false, is_bot: id === BOT },
    ...{ is_admin: false, is_owner: false, is_restricted: false, is_ultra_restricted: false },
    ...known,
    profile: { real_name: known.real_name ?? name, display_name: '', ...(known.profile as object | undefined) },
  };
}

/** As Slack gives a message back. */
export function showMessage(
  message: FakeMessage,
  { files, messages }: Workspace,
  withMetadata: boolean,
): Record<string, unknown> {
  const { ts, threadTs, text, user, metadata, blocks, tombstones = [] } = message;
  const replies = messages.filter(one => one.channel === message.channel && one.threadTs === ts);
  const shown = message.files.flatMap(id => files.get(id) ?? []).map(showFile);
  return {
    ...{ type: 'message', ts, text, user, team: TEAM },
    ...(user === BOT && { bot_id: 'B1', app_id: 'A1' }),
    ...(blocks.length > 0 && { blocks }),
    ...(threadTs !== undefined && { thread_ts: threadTs, parent_user_id: user }),
    ...(replies.length > 0 && { thread_ts: ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts }),
    ...(message.edits > 0 && { edited: { user, ts } }),
    ...(withMetadata && metadata ? { metadata } : {}),
    files: [...shown, ...tombstones.map(id => ({ id, mode: 'tombstone' }))],
  };
}
