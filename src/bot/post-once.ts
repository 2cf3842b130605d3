/** Sends a thing so that it is there once, whatever happens: Slack has no key for that, so we look before we send again. */
import { HansardError } from '../errors.ts';
import type { Delivery } from '../pipeline/store/deliveries.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';

export interface Post {
  kind: string;
  /** @param remember keeps what is known of it before it can be seen. @returns what Slack calls it */
  send(delivery: Delivery, remember: (externalId: string) => void): Promise<string>;
  /** Looks on the platform for what an earlier try may have left. */
  find(delivery: Delivery): Promise<string | undefined>;
}

/** Who sent and died is gone for sure: one bot runs at a time, and per meeting it sends one thing at a time. */
const STALE_MS = 0;

/** @returns what Slack calls it; sends nothing when it is there. @throws what `send` and `find` throw */
export async function postOnce(store: Store, meeting: Meeting, target: string, post: Post): Promise<string> {
  const { deliveries } = store;
  const delivery = deliveries.intend({ meetingId: meeting.id, platform: meeting.platform, target, kind: post.kind });
  if (delivery.state === 'delivered') return delivery.externalId ?? '';
  // only a person can tell whether it arrived
  if (delivery.state === 'failed' && delivery.errorCode === 'maybe_posted')
    throw new HansardError('maybe_posted', `${post.kind} of meeting ${meeting.id}`);
  if (delivery.state === 'failed') deliveries.retry(delivery.id, 'system');
  const claim = deliveries.claim(delivery.id, STALE_MS);
  if (!claim) throw new HansardError('platform_busy', `${post.kind} of meeting ${meeting.id} is being sent`);
  try {
    const triedBefore = delivery.attempts > 0;
    const found = triedBefore ? await post.find(claim.delivery) : undefined;
    const externalId = found ?? (await post.send(claim.delivery, id => void deliveries.remember(claim, id)));
    deliveries.remember(claim, externalId);
    deliveries.deliver(claim);
    return externalId;
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    const retryAt = error.retryable ? new Date().toISOString() : undefined;
    deliveries.fail(claim, { code: error.code, message: error.detail }, retryAt);
    throw error;
  }
}
