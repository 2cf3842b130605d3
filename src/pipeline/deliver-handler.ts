/** The last stage: minutes go to where the recording came from. It runs in the bot, beside the database. */
import { HansardError } from '../errors.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import { deliverJob } from './jobs.ts';
import { type Handler, handle, type JobContext } from './queue/run-stored.ts';
import { createResultStore } from './results/result-store.ts';
import { findOutcome } from './run-stage.ts';
import { renderedSchema } from './stage-results.ts';
import type { Meeting } from './store/meetings.ts';
import type { Store } from './store/open-store.ts';

/** Where recordings come from and minutes go. Announcing twice must have the effect of once. */
export interface Platform {
  announce(meeting: Meeting, files: ReadonlyMap<string, string>, context: JobContext): Promise<void>;
  /** Takes back what was announced. */
  retract(meeting: Meeting): Promise<void>;
}

export interface DeliverOptions {
  store: Store;
  blobs: BlobStore;
  /** By the name that meetings carry. */
  platforms: Readonly<Record<string, Platform>>;
}

export function createDeliverHandler({ store, blobs, platforms }: DeliverOptions): Handler {
  const results = createResultStore(blobs);
  return handle(deliverJob, async ({ meetingId, inputs }, context) => {
    const startedAt = performance.now();
    const meeting = store.meetings.get(meetingId);
    const platform = platforms[meeting.platform];
    if (!platform) throw new HansardError('invalid_job', `no platform ${meeting.platform} is connected`);
    const resultKey = inputs.render ?? '';
    const rendered = await findOutcome(results, resultKey, renderedSchema);
    if (!rendered) throw new HansardError('blob_missing', `the files of meeting ${meetingId}, ${resultKey}`);
    await context.confirm();
    await platform.announce(meeting, new Map(Object.entries(rendered.result.files)), context);
    const seconds = (performance.now() - startedAt) / 1000;
    return { resultKey, seconds, cpuSeconds: 0, device: null, stored: false };
  });
}
