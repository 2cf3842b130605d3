/** Erases a meeting wherever it lies: queue, blobs, database and its log; and looks whether it is really gone. */
import { HansardError } from '../errors.ts';
import { type BlobStore, blobKeys } from './blobs/blob-store.ts';
import { FINAL_MEETING_STATES } from './moves.ts';
import { stageJobs } from './orchestration/plan-stage.ts';
import type { JobQueue } from './queue/job-queue.ts';
import { jobId } from './queue/prepare-job.ts';
import type { Erasure } from './store/forget-meeting.ts';
import type { Meeting } from './store/meetings.ts';
import type { Store } from './store/open-store.ts';
import { endLesson } from './voices/end-lesson.ts';

export interface EraseParts {
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  /** Takes back what was announced on the platform. */
  retract(meeting: Meeting): Promise<void>;
}

/** What was erased, or would be. */
export interface ErasedMeeting extends Partial<Erasure> {
  meetingId: string;
  blobs: number;
  jobs: number;
}

/**
 * What other meetings share with it, by the same sound or recording, stays.
 * @throws HansardError `unknown_meeting`; `illegal_move` while it is worked on: cancel it first; `database_busy`: call again
 */
export async function eraseMeeting(
  { store, queue, blobs, retract }: EraseParts,
  meetingId: string,
  who: string,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<ErasedMeeting> {
  const meeting = store.meetings.get(meetingId);
  if (!FINAL_MEETING_STATES.some(state => state === meeting.state))
    throw new HansardError('illegal_move', `meeting ${meetingId} is ${meeting.state}: cancel it first`);
  const jobs: string[] = [];
  for (const type of Object.values(stageJobs)) {
    const id = jobId(type, meetingId);
    if (await queue.status(id)) jobs.push(id);
  }
  const keys: string[] = [];
  for (const key of ownBlobs(store, meeting)) if (await blobs.stat(key)) keys.push(key);
  if (dryRun) return { meetingId, blobs: keys.length, jobs: jobs.length };
  await retract(meeting);
  for (const id of jobs) await queue.forget(id);
  for (const lesson of store.lessons.learning())
    if (lesson.meetingId === meetingId) await endLesson({ store, queue, blobs }, lesson);
  for (const key of keys) await blobs.delete(key);
  const erasure = store.forgetMeeting(meetingId, who);
  for (const key of keys)
    if (await blobs.stat(key))
      throw new HansardError('blobs_unavailable', `${key} is still there after it was deleted`);
  for (const id of jobs)
    if (await queue.status(id))
      throw new HansardError('queue_unavailable', `${id} is still there after it was forgotten`);
  return { meetingId, blobs: keys.length, jobs: jobs.length, ...erasure };
}

/** Keys of blobs that no other meeting uses. */
function ownBlobs(store: Store, { id, fileHash, audioHash }: Meeting): string[] {
  const isShared = (others: readonly Meeting[]) => others.some(other => other.id !== id);
  const keys: string[] = [];
  if (fileHash !== null && !isShared(store.meetings.findByFileHash(fileHash))) keys.push(blobKeys.source(fileHash));
  if (audioHash !== null && !isShared(store.meetings.findByAudioHash(audioHash)))
    keys.push(blobKeys.audio(audioHash), blobKeys.tracks(audioHash));
  for (const key of store.stages.resultKeysOnlyOf(id)) if (!key.includes('/')) keys.push(blobKeys.result(key));
  return keys;
}
