/** Says one short sentence to one person: where it happened, or in a direct message where we may not speak. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { message, paragraph, type SlackMessage } from './blocks.ts';
import type { Slack } from './call-slack.ts';

export interface Teller {
  /** @param threadTs shown in that thread */
  whisper(
    to: { channel: string; user: string; threadTs?: string | undefined },
    what: string | SlackMessage,
  ): Promise<void>;
  /** In a direct message. */
  write(user: string, sentence: string): Promise<void>;
}

const QUIET = { link_names: false, parse: 'none' } as const;
const opened = z.looseObject({ channel: z.looseObject({ id: z.string() }) });

export function createTeller(slack: Slack): Teller {
  const write: Teller['write'] = async (user, sentence) => {
    const answer = await slack.call('conversations.open', client => client.conversations.open({ users: user }));
    const { text, blocks } = asMessage(sentence);
    const { id: channel } = opened.parse(answer).channel;
    await slack.call('chat.postMessage', client => client.chat.postMessage({ channel, text, blocks, ...QUIET }));
  };
  return {
    write,
    async whisper({ channel, user, threadTs }, what) {
      const { text, blocks } = asMessage(what);
      try {
        await slack.call('chat.postEphemeral', client =>
          client.chat.postEphemeral({
            ...{ channel, user, text, blocks, ...QUIET },
            ...(threadTs !== undefined && { thread_ts: threadTs }),
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

function asMessage(what: string | SlackMessage): SlackMessage {
  return typeof what === 'string' ? message(what, [paragraph({ text: what })]) : what;
}
