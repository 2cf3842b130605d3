/** Recordings that were posted in one message are one batch: one card tells how far each of them is. */
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { chatPlace } from './chat-place.ts';

export interface Batch {
  /** Whose placeholder is the card. */
  leader: Meeting;
  /** Oldest first; one alone has no card. */
  members: Meeting[];
}

/** A recording whose placeholder has become its summary already, since it was alone then, is in no batch. */
export function batchOf(store: Store, meeting: Meeting): Batch {
  const { messageId } = chatPlace.parse(meeting.source);
  if (messageId === undefined) return { leader: meeting, members: [meeting] };
  const { platform, channel } = meeting;
  const together = store.meetings.ofMessage({ platform, channel, messageId });
  if (together.length < 2) return { leader: meeting, members: [meeting] };
  const members = together.filter(one => !isItsOwn(store, one));
  const [leader] = members;
  if (!leader || !members.some(({ id }) => id === meeting.id)) return { leader: meeting, members: [meeting] };
  return { leader, members };
}

function isItsOwn(store: Store, { id }: Meeting): boolean {
  const deliveries = store.deliveries.of(id);
  const tsOf = (kind: string) => deliveries.find(one => one.kind === kind && one.state === 'delivered')?.externalId;
  const summary = tsOf('summary');
  return summary !== undefined && summary !== null && summary === tsOf('placeholder');
}
