/** Posts and edits messages: each once, at Slack's pace, and plainer where a workspace does not know our blocks. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Messenger } from '../chat.ts';
import { type Place, targetOf } from '../chat-place.ts';
import { createPace } from '../pace.ts';
import { persistReading } from '../persist.ts';
import { postOnce } from '../post-once.ts';
import { asSlack, type SlackMessage, unfold } from './blocks.ts';
import { isSlackError, type Slack } from './call-slack.ts';
import { EDITS, POSTS } from './limits.ts';

const METADATA_TYPE = 'hansard_job';
const QUIET = { unfurl_links: false, unfurl_media: false, link_names: false, parse: 'none' } as const;

const listed = z.array(
  z.looseObject({
    ts: z.string(),
    metadata: z.looseObject({ event_payload: z.looseObject({ j: z.string().optional() }).optional() }).optional(),
  }),
);

export function createMessenger(slack: Slack, store: Store): Messenger {
  const posts = createPace(POSTS);
  const edits = createPace(EDITS);

  /** Metadata can be read by any member: nothing but an id. */
  const send = async ({ channel, threadId }: Place, { text, blocks }: SlackMessage, id: string) => {
    const answer = await slack.call('chat.postMessage', async client => {
      await posts.keepApart(channel);
      return await client.chat.postMessage({
        ...{ channel, text, blocks, ...QUIET },
        ...(threadId !== undefined && { thread_ts: threadId }),
        metadata: { event_type: METADATA_TYPE, event_payload: { j: id } },
      });
    });
    return z.string().parse(answer.ts);
  };
  const find = async ({ channel, threadId }: Place, id: string, createdAt: string) => {
    const since = {
      oldest: String(Math.floor(Date.parse(createdAt) / 1000) - 60),
      include_all_metadata: true,
      limit: 200,
    };
    const answer =
      threadId === undefined
        ? await slack.call('conversations.history', client => client.conversations.history({ channel, ...since }))
        : await slack.call('conversations.replies', client =>
            client.conversations.replies({ channel, ts: threadId, ...since }),
          );
    return listed.parse(answer.messages ?? []).find(({ metadata }) => metadata?.event_payload?.j === id)?.ts;
  };

  return {
    posts,
    edits,
    post: (meeting, kind, place, message) =>
      postOnce(store, meeting, targetOf(place), {
        kind,
        send: ({ id }) => plainerIfRefused(asSlack(message), shown => send(place, shown, id)),
        find: ({ id, createdAt }) =>
          persistReading(() => find(place, id, createdAt)).catch(error => {
            // without the right to read history nobody knows whether it arrived: better none than two
            if (error instanceof HansardError && error.code === 'scope_missing')
              throw new HansardError('maybe_posted', `${kind} of meeting ${meeting.id}`, { cause: error });
            throw error;
          }),
      }),
    update: ({ channel }, ts, message) =>
      plainerIfRefused(asSlack(message), async ({ text, blocks }) => {
        await slack.call('chat.update', client =>
          client.chat.update({ channel, ts, text, blocks, parse: 'none', link_names: false }),
        );
      }),
    async delete({ channel }, ts) {
      await slack
        .call('chat.delete', client => client.chat.delete({ channel, ts }))
        .catch(error => {
          if (!isSlackError(error, 'message_not_found')) throw error;
        });
    },
  };
}

/** Containers are new: a workspace may not know them. */
async function plainerIfRefused<T>(message: SlackMessage, work: (shown: SlackMessage) => Promise<T>): Promise<T> {
  try {
    return await work(message);
  } catch (error) {
    if (!isSlackError(error, 'invalid_blocks')) throw error;
    return await work(unfold(message));
  }
}
