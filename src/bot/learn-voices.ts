/** Has workers listen to the voices that are to be learned, keeps what they learned, and tells the people concerned. */
import { type FaultCode, HansardError, isFaultCode } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import { learnedVoice, learnVoiceJob } from '../pipeline/jobs.ts';
import type { JobQueue, JobStatus } from '../pipeline/queue/job-queue.ts';
import { PRIORITIES } from '../pipeline/queue/job-type.ts';
import { jobId } from '../pipeline/queue/prepare-job.ts';
import { throttle } from '../pipeline/queue/worker-log.ts';
import type { LearningLesson } from '../pipeline/store/lessons.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { unsealLearned } from '../pipeline/voices/carry-references.ts';
import { endLesson } from '../pipeline/voices/end-lesson.ts';
import { CONSENT_DAYS, enrolPerson, learnFromMeeting } from '../pipeline/voices/enrol-person.ts';
import { makeVoiceKey, readVoiceKey } from '../pipeline/voices/voice-key.ts';
import type { LearnedVoice } from '../pipeline/voices/voice-vector.ts';

export interface VoiceLearningOptions {
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  logger: Logger;
  voiceKeyFile: string;
  /** Says a sentence to one person in private, whom the platform calls so: `slack:U1`. */
  tell(account: string, sentence: string): Promise<void>;
}

/** How long somebody who agreed may take to post a sample. */
export const SAMPLE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
const LOOK_MS = 500;
const SYSTEM = 'system';
/** About the sample itself. */
const ANOTHER_HELPS: readonly FaultCode[] = [
  ...([
    'voice_too_short',
    'voice_too_long',
    'voice_too_quiet',
    'voice_too_noisy',
    'voice_narrow',
    'voice_mixed',
  ] as const),
  ...(['voice_differs', 'not_media', 'no_audio', 'damaged_media', 'too_short', 'empty_file'] as const),
];

/** @returns a function that ends it */
export function startVoiceLearning({ store, queue, blobs, logger, voiceKeyFile, tell }: VoiceLearningOptions) {
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.error({ err, suppressed }, `${what}; it is tried again`),
  );

  async function moveOn(lesson: LearningLesson): Promise<void> {
    const job = await queue.status(jobId(learnVoiceJob, lesson.id));
    if (!job) return await begin(lesson);
    if (job.state === 'done') return await keep(lesson, job);
    if (job.state === 'failed') return await giveUp(lesson, faultOf(job));
    if (job.state === 'cancelled') return await giveUp(lesson, new HansardError('cancelled', job.id));
  }

  async function begin(lesson: LearningLesson): Promise<void> {
    const { id, fileHash, spans } = lesson;
    // workers read the key, and never make one
    makeVoiceKey(voiceKeyFile);
    const user = 'account' in lesson ? lesson.account : SYSTEM;
    const payload = { lessonId: id, fileHash, spans };
    await queue.add(learnVoiceJob, { key: id, payload, user, priority: PRIORITIES.interactive });
    // they may have withdrawn meanwhile
    if (!store.lessons.find(id)) await endLesson({ store, queue, blobs }, lesson);
  }

  async function keep(lesson: LearningLesson, job: JobStatus): Promise<void> {
    const result = learnedVoice.safeParse(job.result);
    if (!result.success) throw new HansardError('invalid_job', `${job.id}: ${result.error.message}`);
    const { model, sealed, seconds } = result.data;
    const learned = { model, ...unsealLearned(readVoiceKey(voiceKeyFile), lesson.id, sealed), seconds };
    const expiresAt = new Date(Date.now() + CONSENT_DAYS * DAY_MS).toISOString();
    const isWanted = store.transaction(() => {
      // they may have changed their mind meanwhile
      if (!store.lessons.find(lesson.id)) return false;
      if ('account' in lesson) enrol(lesson, learned, expiresAt);
      else learnFromMeeting(store, { ...lesson, ...learned }, SYSTEM);
      store.lessons.remove(lesson.id);
      return true;
    });
    await endLesson({ store, queue, blobs }, lesson);
    if (isWanted && 'account' in lesson)
      await say(
        lesson.account,
        `I know your voice from now on, until ${expiresAt.slice(0, 10)}. Type /transcribe voice to see what I keep, and to have it forgotten.`,
      );
  }

  function enrol(
    { account, name, workspace, proof, meetingId, fileHash }: Extract<LearningLesson, { account: string }>,
    { model, seconds, ...voice }: { model: string; seconds: number } & LearnedVoice,
    expiresAt: string,
  ): void {
    const from = meetingId === null ? fileHash : `meeting:${meetingId}`;
    // nobody but they pressed the button: whoever was forgotten before comes back by it
    const person = { name, workspace, accounts: [account], again: true };
    const consent = { kind: 'press', proof } as const;
    enrolPerson(
      store,
      { ...person, model, learned: [{ ...voice, clip: { from, seconds } }], expiresAt, consent },
      account,
    );
  }

  async function giveUp(lesson: LearningLesson, failure: HansardError): Promise<void> {
    logger.warn({ lessonId: lesson.id, code: failure.code, detail: failure.detail }, 'a voice was not learned');
    // whoever withdrew is told nothing, and nothing more is taken of them
    const isWanted = store.lessons.find(lesson.id) !== undefined;
    const mayTryAgain = 'account' in lesson && lesson.meetingId === null && ANOTHER_HELPS.includes(failure.code);
    if (isWanted && mayTryAgain) {
      const { account, name, workspace, proof } = lesson;
      const expiresAt = new Date(Date.now() + SAMPLE_MS).toISOString();
      store.lessons.add({ state: 'waiting', workspace, account, name, proof, expiresAt });
    }
    await endLesson({ store, queue, blobs }, lesson);
    const advice = mayTryAgain ? ' Post another sample here within ten minutes.' : '';
    if (isWanted && 'account' in lesson) await say(lesson.account, `${failure.userMessage}${advice}`);
  }

  async function settle(lesson: LearningLesson): Promise<void> {
    try {
      await moveOn(lesson);
    } catch (error) {
      if (!(error instanceof HansardError) || error.retryable) throw error;
      await giveUp(lesson, error);
    }
  }

  const say = (account: string, sentence: string) =>
    tell(account, sentence).catch(err => logger.warn({ err }, 'nobody could be told'));

  async function look(): Promise<void> {
    store.lessons.dropExpired(new Date());
    // one that does not work keeps no other waiting
    for (const lesson of store.lessons.learning())
      await settle(lesson).catch(error => complain('learning a voice did not work', error));
  }

  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look()
      .catch(error => complain('learning voices did not work', error))
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_MS);
  return async (): Promise<void> => {
    clearInterval(timer);
    await looking;
  };
}

function faultOf({ id, failure }: JobStatus): HansardError {
  const code = failure && isFaultCode(failure.code) ? failure.code : 'inference_failed';
  return new HansardError(code, `${id}: ${failure?.message ?? ''}`);
}
