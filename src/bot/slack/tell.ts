/** Says one short sentence to one person: where it happened, or in a direct message where we may not speak. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { PostedFile } from '../chat.ts';
import { type ChatMessage, sentence as sentenceMessage } from '../message.ts';
import { asSlack, type SlackMessage } from './blocks.ts';
import type { Slack } from './call-slack.ts';
import { uploadFile } from './post-files.ts';

export interface Teller {
  /** @param threadId shown in that thread */
  whisper(
    to: { channel: string; user: string; threadId?: string | undefined },
    what: string | ChatMessage,
  ): Promise<void>;
  /** In a direct message. */
  write(user: string, sentence: string): Promise<void>;
  /** In a direct message, with a sentence. */
  sendFile(user: string, file: PostedFile, sentence: string): Promise<void>;
}

const QUIET = { link_names: false, parse: 'none' } as const;
const opened = z.looseObject({ channel: z.looseObject({ id: z.string() }) });

export function createTeller(slack: Slack): Teller {
  /** @returns the channel of our direct messages */
  const openDirect = async (user: string): Promise<string> => {
    const answer = await slack.call('conversations.open', client => client.conversations.open({ users: user }));
    return opened.parse(answer).channel.id;
  };
  const write: Teller['write'] = async (user, sentence) => {
    const channel = await openDirect(user);
    const { text, blocks } = asMessage(sentence);
    await slack.call('chat.postMessage', client => client.chat.postMessage({ channel, text, blocks, ...QUIET }));
  };
  return {
    write,
    async sendFile(user, file, sentence) {
      const channel_id = await openDirect(user);
      const id = await uploadFile(slack, file);
      const { text: initial_comment } = asMessage(sentence);
      await slack.call('files.completeUploadExternal', client =>
        client.files.completeUploadExternal({ files: [{ id, title: file.name }], channel_id, initial_comment }),
      );
    },
    async whisper({ channel, user, threadId }, what) {
      const { text, blocks } = asMessage(what);
      try {
        await slack.call('chat.postEphemeral', client =>
          client.chat.postEphemeral({
            ...{ channel, user, text, blocks, ...QUIET },
            ...(threadId !== undefined && { thread_ts: threadId }),
          }),
        );
      } catch (error) {
        const isElsewhere = error instanceof HansardError && error.code === 'channel_closed';
        if (!isElsewhere || typeof what !== 'string') throw error;
        await write(user, what);
      }
    },
  };
}

function asMessage(what: string | ChatMessage): SlackMessage {
  return asSlack(typeof what === 'string' ? sentenceMessage(what) : what);
}
