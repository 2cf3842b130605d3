/** How many minutes a person and a channel may have processed within a day; so that one cannot take it all. */
import { HansardError } from '../../errors.ts';
import type { Meeting } from '../store/meetings.ts';
import type { Store } from '../store/open-store.ts';

export interface Quotas {
  /** Minutes within any 24 hours; undefined: as many as they like. */
  userMinutes: number | undefined;
  channelMinutes: number | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** @throws HansardError `quota_exceeded`, saying when it fits again */
export function assertWithinQuota(store: Store, meeting: Meeting, quotas: Quotas, now = Date.now()): void {
  const since = new Date(now - DAY_MS).toISOString();
  const { owner, platform, channel } = meeting;
  check(quotas.userMinutes, owner, () => store.meetings.processedSince(since, { owner }));
  check(quotas.channelMinutes, `the channel ${channel}`, () =>
    store.meetings.processedSince(since, { platform, channel }),
  );

  function check(minutes: number | undefined, whose: string, list: () => Meeting[]): void {
    if (minutes === undefined) return;
    const others = list().filter(({ id }) => id !== meeting.id);
    const wanted = minutesOf(meeting);
    const used = others.reduce((sum, other) => sum + minutesOf(other), 0);
    if (used + wanted <= minutes) return;
    const facts = `${whose} has had ${Math.round(used)} of ${minutes} minutes in the last 24 hours; this recording is ${Math.round(wanted)} minutes long`;
    throw new HansardError('quota_exceeded', `${facts} and ${whenItFits(others, minutes - wanted)}`);
  }
}

/** The oldest leave the day first. */
function whenItFits(others: readonly Meeting[], free: number): string {
  if (free < 0) return 'never fits';
  let used = others.reduce((sum, other) => sum + minutesOf(other), 0);
  for (const other of others) {
    used -= minutesOf(other);
    if (used <= free) return `fits from ${new Date(Date.parse(other.createdAt) + DAY_MS).toISOString()} on`;
  }
  return 'fits now';
}

function minutesOf({ durationMs }: Meeting): number {
  return (durationMs ?? 0) / 60_000;
}
