/** Which meetings people mean: those of a thread, or the latest of a channel. */
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { chatPlace } from './chat-place.ts';

export interface ChatChannel {
  platform: string;
  channel: string;
}

/** Of a channel; older ones are not looked at. */
const LOOKED_AT = 200;

/** Newest first. */
export function meetingsOfThread(store: Store, where: ChatChannel, threadId: string): Meeting[] {
  const isThere = (meeting: Meeting): boolean => {
    if (chatPlace.parse(meeting.source).threadId === threadId) return true;
    const own = store.deliveries.of(meeting.id);
    return own.some(({ kind, externalId }) => kind === 'placeholder' && externalId === threadId);
  };
  return latestOfChannel(store, where, LOOKED_AT).filter(isThere);
}

/** Of which one of our messages tells. Newest first. */
export function meetingsOfPost(store: Store, where: ChatChannel, messageId: string): Meeting[] {
  return latestOfChannel(store, where, LOOKED_AT).filter(({ id }) =>
    store.deliveries.of(id).some(({ externalId }) => externalId === messageId),
  );
}

/** Newest first. */
export function latestOfChannel(store: Store, channel: ChatChannel, limit: number): Meeting[] {
  return store.meetings.list({ channel, limit });
}
