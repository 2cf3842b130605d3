/** What people write and delete. */
import type { Announcements } from './announcements.ts';
import { mentionsIn, pingsOf } from './pings.ts';
import { DISCORD, type FakeAttachment, type FakeMessage, isThread, type World } from './server-world.ts';

export interface PostedFile {
  name: string;
  content: Buffer;
  contentType?: string;
  /** Of a voice message. */
  durationSecs?: number;
}

export interface PostOptions {
  /** A person; without it Anna. */
  author?: string;
  content?: string;
  attachments?: readonly PostedFile[];
  /** Puts a mention of the bot before the content. */
  mentionsBot?: boolean;
  /** The message that it answers. */
  replyTo?: string;
}

export interface Postings {
  post(channelId: string, options: PostOptions): FakeMessage;
  /** A person deletes it. */
  removeMessage(id: string): void;
  /** Somebody deletes the channel and all that is in it. */
  removeChannel(id: string): void;
}

export function createPostings(world: World, announcements: Announcements): Postings {
  return {
    post(channelId, { author = DISCORD.anna, content = '', attachments = [], mentionsBot = false, replyTo }) {
      const channel = world.channelOf(channelId);
      const text =
        mentionsBot && !content.includes(DISCORD.botUserId) ? `<@${DISCORD.botUserId}> ${content}`.trim() : content;
      const answered = replyTo === undefined ? undefined : world.messageOf(channelId, replyTo);
      const id = world.newId();
      if (isThread(channel)) channel.isArchived = false;
      const message: FakeMessage = {
        ...{ id, channelId, authorId: world.userOf(author).id, content: text, flags: 0, components: [], embeds: [] },
        attachments: attachments.map(file => attached(file, world.newId(), channelId)),
        ...{
          nonce: undefined,
          messageReference: answered && { messageId: answered.id, channelId },
          threadId: undefined,
        },
        ...{ pings: pingsOf(text, undefined, answered?.authorId), mentions: mentionsIn(text).users, edits: 0 },
        ...{ atMs: Date.now(), editedAtMs: undefined, reactions: [], interaction: undefined, whisperedTo: undefined },
      };
      if (answered && !message.mentions.includes(answered.authorId)) message.mentions.push(answered.authorId);
      world.messages.push(message);
      announcements.message('MESSAGE_CREATE', message);
      return message;
    },
    removeMessage(id) {
      const message = world.messages.find(one => one.id === id);
      if (!message) throw new Error(`there is no message ${id}`);
      world.messages.splice(world.messages.indexOf(message), 1);
      announcements.messageGone(message);
    },
    removeChannel(id) {
      const channel = world.channelOf(id);
      if (isThread(channel)) announcements.thread('THREAD_DELETE', channel);
      else announcements.channel('CHANNEL_DELETE', channel);
      world.channels.delete(id);
      for (const message of world.messages.filter(({ channelId }) => channelId === id))
        world.messages.splice(world.messages.indexOf(message), 1);
    },
  };
}

/** @param channelId undefined of a file that belongs to no message */
export function attached(
  { name, content, contentType = 'audio/ogg', durationSecs }: PostedFile,
  id: string,
  channelId?: string,
): FakeAttachment {
  return {
    ...{ id, name, contentType, content },
    ...(durationSecs !== undefined && { durationSecs }),
    ...(channelId !== undefined && { channelId }),
  };
}
