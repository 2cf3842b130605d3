/** Slack as a place for minutes. */
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Chat } from '../chat.ts';
import { SLACK_ROOM } from './blocks.ts';
import type { Slack } from './call-slack.ts';
import { EDIT_INTERVAL_MS } from './limits.ts';
import { createMessenger } from './messenger.ts';
import { createSlackFiles } from './post-files.ts';
import type { Teller } from './tell.ts';

export function createSlackChat(slack: Slack, store: Store, teller: Teller): Chat {
  const messenger = createMessenger(slack, store);
  return {
    name: SLACK_PLATFORM,
    room: SLACK_ROOM,
    editIntervalMs: EDIT_INTERVAL_MS,
    messenger,
    files: createSlackFiles(slack, store, messenger.posts),
    // threads count with their channel
    paceKey: ({ channel }) => channel,
    openThread: async (_meeting, { channel }, messageId) => ({ channel, threadId: messageId }),
    write: teller.write,
  };
}
