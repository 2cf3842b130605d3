/** A voice was learned, or is not to be learned any more: neither it nor its sample has any business in queue and blobs. */
import { type BlobStore, blobKeys } from '../blobs/blob-store.ts';
import { learnVoiceJob } from '../jobs.ts';
import type { JobQueue } from '../queue/job-queue.ts';
import { jobId } from '../queue/prepare-job.ts';
import type { LearningLesson } from '../store/lessons.ts';
import type { Store } from '../store/open-store.ts';

export async function endLesson(
  { store, queue, blobs }: { store: Store; queue: JobQueue; blobs: BlobStore },
  { id, fileHash, meetingId }: LearningLesson,
): Promise<void> {
  store.lessons.remove(id);
  const job = jobId(learnVoiceJob, id);
  await queue.cancel(job, 'the voice is not wanted any more');
  await queue.forget(job);
  const isOfMeeting = meetingId !== null || store.meetings.findByFileHash(fileHash).length > 0;
  if (!isOfMeeting) await blobs.delete(blobKeys.source(fileHash));
}
