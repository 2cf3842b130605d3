/** Where the minutes of a recording go, and what is kept of it on every chat platform alike. */
import { z } from 'zod';
import type { Meeting } from '../pipeline/store/meetings.ts';

export const chatPlace = z.looseObject({
  channel: z.string(),
  /** The thread of the recording; without one, minutes are a message of their own. */
  threadId: z.string().optional(),
  /** Of the message with the recording: what came with it is one batch. */
  messageId: z.string().optional(),
  name: z.string(),
  /** Who posted it, where somebody else asked for the minutes. */
  uploader: z.string().optional(),
});
export type ChatPlace = z.infer<typeof chatPlace>;

export interface Place {
  channel: string;
  threadId: string | undefined;
}

/** Where the placeholder goes. */
export function placeOf(meeting: Meeting): Place {
  const { channel, threadId } = chatPlace.parse(meeting.source);
  return { channel, threadId };
}

/** As deliveries keep it. */
export function targetOf({ channel, threadId }: Place): string {
  return `${channel}:${threadId ?? ''}`;
}

export function parseTarget(target: string): Place {
  const [channel = '', threadId = ''] = target.split(':');
  return { channel, threadId: threadId === '' ? undefined : threadId };
}
