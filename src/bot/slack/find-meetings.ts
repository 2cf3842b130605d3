/** Which meetings people mean: those of a thread, or the latest of a channel. */
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { slackPlace } from './slack-source.ts';

/** Of a channel; older ones are not looked at. */
const LOOKED_AT = 200;

/** Newest first. */
export function meetingsOfThread(store: Store, channel: string, threadTs: string): Meeting[] {
  const isThere = (meeting: Meeting): boolean => {
    if (slackPlace.parse(meeting.source).threadTs === threadTs) return true;
    const own = store.deliveries.of(meeting.id);
    return own.some(({ kind, externalId }) => kind === 'placeholder' && externalId === threadTs);
  };
  return latestOfChannel(store, channel, LOOKED_AT).filter(isThere);
}

/** Newest first. */
export function latestOfChannel(store: Store, channel: string, limit: number): Meeting[] {
  return store.meetings.list({ channel: { platform: SLACK_PLATFORM, channel }, limit });
}
