/**
 * What happens to one meeting: stages begin, end, fail, are cancelled and planned again. What it believes about a job it
 * reads from the queue and the blobs, so a lost report costs nothing. The caller sees to it that one thing at a time
 * happens to a meeting.
 */
import { isDeepStrictEqual } from 'node:util';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { type BlobStore, hashOfSource } from '../blobs/blob-store.ts';
import { decodedSchema } from '../decoded.ts';
import { type StagePayload, stageJobResult } from '../jobs.ts';
import { FINAL_MEETING_STATES, type MeetingState, STAGES, type StageName } from '../moves.ts';
import type { JobFailure, JobQueue, JobStatus } from '../queue/job-queue.ts';
import { PRIORITIES } from '../queue/job-type.ts';
import { jobId } from '../queue/prepare-job.ts';
import { throttle } from '../queue/worker-log.ts';
import { createResultStore } from '../results/result-store.ts';
import { findOutcome } from '../run-stage.ts';
import type { Versions } from '../stage-inputs.ts';
import { transcriptSchema } from '../stage-results.ts';
import type { Meeting } from '../store/meetings.ts';
import type { Store } from '../store/open-store.ts';
import type { VoiceMatch } from '../store/speakers.ts';
import type { Stage } from '../store/stages.ts';
import { linkTracks } from '../voices/link-tracks.ts';
import { planVoices } from '../voices/plan-voices.ts';
import { findStored } from './find-stored.ts';
import { byName, isDispensable, mayBegin, planStage, stageJobs } from './plan-stage.ts';
import { assertWithinQuota, type Quotas } from './quota.ts';

export interface MoverOptions {
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  versions: Versions;
  logger: Logger;
  quotas?: Quotas;
}

export interface Mover {
  /** Starts what can start. Resolves when the meeting can go no further for now. */
  advance(meetingId: string): Promise<void>;
  /** Takes over how far a stage's job is. @returns false when the job is gone, or is one of an earlier round */
  settle(meetingId: string, name: StageName): Promise<boolean>;
  /** As `settle`; a job that is gone is added again, one that another version planned is planned again. @returns its id */
  restore(meetingId: string, name: StageName): Promise<string | undefined>;
  /** The stage should have a job and has none. */
  isLost(stage: Stage): Promise<boolean>;
  /** Of the stages that have begun; those that run end in their own time. */
  cancelJobs(meetingId: string, reason: string): Promise<void>;
  /** The meeting's own state follows from those of its stages. */
  showProgress(meetingId: string): void;
  /** From the first stage on; what is stored is not computed again. @throws HansardError `illegal_move` */
  startAgain(meetingId: string, who: string, change: () => void): void;
}

interface Step {
  name: StageName;
  /** Of its job; none when its result is stored. */
  payload?: StagePayload;
  write(): void;
}

interface StageEnd {
  resultKey: string;
  seconds: number;
  /** It was computed just now. */
  isNew?: boolean;
  /** Of `diarize`: whose the voices are. */
  voices?: VoiceMatch[] | undefined;
  voicesFault?: string | undefined;
}

/** A stage that was made again so often because its input went away has something else wrong. */
const MOST_ROUNDS = 5;
const SYSTEM = 'system';

export function createMover({ store, queue, blobs, versions, logger, quotas }: MoverOptions): Mover {
  const { meetings, stages } = store;
  const results = createResultStore(blobs);
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.error({ err, suppressed }, `${what}; it is tried again`),
  );

  async function advance(meetingId: string): Promise<void> {
    for (let meeting = meetings.find(meetingId); meeting && isMoving(meeting); meeting = meetings.find(meetingId)) {
      const rows = byName(stages.of(meetingId));
      const ready = STAGES.filter(name => mayBegin(name, rows));
      if (ready.length === 0) break;
      const moving = meeting;
      if (ready.includes('transcribe') && !isWithinQuota(moving)) break;
      const steps = await Promise.all(ready.map(name => prepare(name, moving)));
      store.transaction(() => {
        for (const { write } of steps) write();
        showProgress(meetingId);
      });
      for (const { name, payload } of steps) if (payload) await addJob(name, moving, payload);
    }
    showProgress(meetingId);
  }

  /** The length is known now, and the expensive part begins. */
  function isWithinQuota(meeting: Meeting): boolean {
    try {
      if (quotas) assertWithinQuota(store, meeting, quotas);
      return true;
    } catch (error) {
      if (!(error instanceof HansardError)) throw error;
      meetings.fail(meeting.id, { code: error.code, message: error.detail }, SYSTEM);
      return false;
    }
  }

  /** What its job gets; the voices of people who agreed to be recognised go with `diarize`, which hears the sound. */
  function plan(name: StageName, meeting: Meeting): { payload: StagePayload; needsSound: boolean } {
    const voices =
      name === 'decode' || name === 'diarize' ? planVoices(store, meeting, versions.voices.model) : undefined;
    if (voices?.fault && meeting.options.voicesFault !== voices.fault) {
      logger.warn({ meetingId: meeting.id, code: voices.fault }, 'voices left out');
      meetings.choose(meeting.id, { ...meeting.options, voicesFault: voices.fault });
    }
    const known = store.speakers
      .of(meeting.id)
      .map(({ voice, name, decision, confidence }) => ({ voice, name, decision, confidence }));
    const payload = planStage(name, meeting, byName(stages.of(meeting.id)), versions, {
      sealed: voices?.sealed,
      known,
    });
    return { payload, needsSound: name === 'decode' && voices?.sealed !== undefined };
  }

  /** How a stage begins: it ends at once where its result is stored, else it is queued. */
  async function prepare(name: StageName, meeting: Meeting): Promise<Step> {
    const { payload, needsSound } = plan(name, meeting);
    const stored = await findStored(name, payload, { blobs, results, versions, needsSound });
    if (stored) return { name, write: await prepareEnd(meeting.id, name, stored) };
    return { name, payload, write: () => void stages.move(meeting.id, name, 'queued', SYSTEM) };
  }

  /** A queue that is away is no reason to stop: the reconciler adds the job when it is back. */
  async function addJob(name: StageName, meeting: Meeting, payload: StagePayload): Promise<void> {
    const { id: key, owner: user } = meeting;
    const priority = Number(meeting.options.priority ?? PRIORITIES.automatic);
    try {
      await queue.add(stageJobs[name], { key, payload, user, priority, again: true });
    } catch (error) {
      if (!(error instanceof HansardError && error.code === 'queue_unavailable')) throw error;
      complain('a job could not be queued', error);
    }
  }

  /** @returns the writing of a stage's end, for a transaction */
  async function prepareEnd(meetingId: string, name: StageName, end: StageEnd): Promise<() => void> {
    const { resultKey, seconds, isNew = false } = end;
    const learned = await learn(meetingId, name, end);
    return () => {
      learned();
      const { durationMs } = meetings.get(meetingId);
      const rtf = isNew && durationMs ? seconds / (durationMs / 1000) : undefined;
      stages.finish(meetingId, name, { resultKey, seconds, ...(rtf !== undefined && { rtf }) }, SYSTEM);
      logger.info({ meetingId, stage: name, stored: !isNew, seconds }, 'stage done');
    };
  }

  /** What a result tells about the meeting. @returns the writing of it, for the transaction that ends the stage */
  async function learn(meetingId: string, name: StageName, end: StageEnd): Promise<() => void> {
    const { resultKey, voices, voicesFault } = end;
    if (name === 'fetch') {
      const fileHash = hashOfSource(resultKey);
      return () => meetings.learn(meetingId, { fileHash });
    }
    if (name === 'decode') {
      const decoded = await findOutcome(results, resultKey, decodedSchema);
      if (!decoded) throw new HansardError('blob_missing', `the result of ${name}, ${resultKey}`);
      const { audioHash, durationMs, facts, tracks } = decoded.result;
      return () => {
        meetings.learn(meetingId, { audioHash, durationMs });
        if (tracks) linkTracks(store, meetings.get(meetingId), tracks);
        const { options, source, createdAt } = meetings.get(meetingId);
        meetings.choose(meetingId, { meetingDate: facts.createdAt ?? source.modifiedAt ?? createdAt, ...options });
      };
    }
    if (name === 'diarize')
      return () => {
        const { options } = meetings.get(meetingId);
        if (voicesFault !== undefined) meetings.choose(meetingId, { ...options, voicesFault });
        if (!voices) return;
        store.speakers.replaceMatches(meetingId, voices);
        // searched once: who enrols later is looked for when somebody asks for it
        meetings.choose(meetingId, { ...options, identified: true });
      };
    if (name === 'assign') {
      const transcript = await findOutcome(results, resultKey, transcriptSchema);
      if (!transcript) throw new HansardError('blob_missing', `the result of ${name}, ${resultKey}`);
      const { speakers, turns } = transcript.result;
      const labels = new Map(speakers.map(({ id, label }) => [id, label]));
      return () => store.search.replaceTurns(meetingId, turns, speaker => labels.get(speaker) ?? speaker);
    }
    return () => {};
  }

  /** Takes over how far a stage's job is. @returns false when the job is gone, or is one of an earlier round */
  async function settle(meetingId: string, name: StageName): Promise<boolean> {
    const row = findLive(meetingId, name);
    if (!row) return true;
    const job = await queue.status(jobId(stageJobs[name], meetingId));
    if (!job || isOfEarlierRound(job, row)) return false;
    switch (job.state) {
      case 'waiting':
      case 'delayed':
        return true;
      case 'running':
        if (row.state === 'queued') stages.move(meetingId, name, 'running', SYSTEM);
        stages.progress(meetingId, name, job.progress);
        return true;
      case 'done':
        await takeResult(meetingId, name, job);
        return true;
      case 'failed':
        await takeFailure(meetingId, name, job.failure ?? { code: 'unexpected', message: '' });
        return true;
      case 'cancelled':
        stages.move(meetingId, name, 'skipped', SYSTEM);
        // somebody cancelled the job itself: a meeting is of no use without one of its stages
        if (isMoving(meetings.get(meetingId))) {
          meetings.move(meetingId, 'cancelling', SYSTEM);
          await cancelJobs(meetingId, 'another job of the meeting was cancelled');
        }
        return true;
    }
  }

  async function takeResult(meetingId: string, name: StageName, job: JobStatus): Promise<void> {
    const parsed = stageJobResult.safeParse(job.result);
    try {
      if (!parsed.success) throw new HansardError('invalid_job', `${job.id}: ${parsed.error.message}`);
      store.transaction(await prepareEnd(meetingId, name, { ...parsed.data, isNew: !parsed.data.stored }));
      // the voices that it was compared with have no business in the queue any more
      if (parsed.data.voices ?? parsed.data.voicesFault) await queue.forget(job.id);
    } catch (error) {
      if (!(error instanceof HansardError) || error.retryable) throw error;
      await takeFailure(meetingId, name, { code: error.code, message: error.detail });
    }
  }

  async function takeFailure(meetingId: string, name: StageName, { code, message }: JobFailure): Promise<void> {
    if ((code === 'blob_missing' || code === 'version_mismatch') && makeInputsAgain(meetingId, name)) return;
    const failure = { code: code === 'unexpected' ? ('inference_failed' as const) : code, message };
    stages.fail(meetingId, name, failure, SYSTEM);
    logger.warn({ meetingId, stage: name, code }, 'stage failed');
    if (isDispensable(name) || !isMoving(meetings.get(meetingId))) return;
    meetings.fail(meetingId, failure, SYSTEM);
    await cancelJobs(meetingId, 'the meeting failed');
  }

  /** What a stage reads may have been removed meanwhile: then the meeting goes back to where it is made. */
  function makeInputsAgain(meetingId: string, name: StageName): boolean {
    if (name === 'fetch' || name === 'decode') return false;
    const rows = byName(stages.of(meetingId));
    if (rows[name].attempts >= MOST_ROUNDS || !isMoving(meetings.get(meetingId))) return false;
    store.transaction(() => {
      for (const one of STAGES) if (one !== 'fetch') waitAgain(rows[one], SYSTEM);
    });
    return true;
  }

  function waitAgain({ meetingId, name, state }: Stage, who: string): void {
    if (state !== 'waiting') stages.move(meetingId, name, 'waiting', who);
  }

  async function cancelJobs(meetingId: string, reason: string): Promise<void> {
    for (const { name, state } of stages.of(meetingId)) {
      if (state !== 'queued' && state !== 'running') continue;
      const answer = await queue.cancel(jobId(stageJobs[name], meetingId), reason);
      if (answer === 'cancelled' || answer === 'unknown') stages.move(meetingId, name, 'skipped', SYSTEM);
      else await settle(meetingId, name);
    }
  }

  /** The meeting's own state follows from those of its stages. */
  function showProgress(meetingId: string): void {
    store.transaction(() => followStages(meetingId));
  }

  function followStages(meetingId: string): void {
    const rows = byName(stages.of(meetingId));
    const meeting = meetings.find(meetingId);
    if (!meeting) return;
    const isLive = ({ state }: Stage) => state === 'queued' || state === 'running';
    const move = (to: Exclude<MeetingState, 'failed'>) => meetings.move(meetingId, to, SYSTEM);
    if (meeting.state === 'cancelling' && !Object.values(rows).some(isLive)) {
      move(rows.deliver.state === 'done' ? 'done' : 'cancelled');
      return;
    }
    if (meeting.state === 'accepted') move('queued');
    if (!isMoving(meeting)) return;
    const hasBegun = Object.values(rows).some(
      ({ name, state }) => name !== 'fetch' && (state === 'running' || state === 'done'),
    );
    if (hasBegun && meetings.get(meetingId).state === 'queued') move('processing');
    if (rows.render.state === 'done' && meetings.get(meetingId).state === 'processing') move('delivering');
    if (rows.deliver.state === 'done' && meetings.get(meetingId).state === 'delivering') {
      move('done');
      logger.info({ meetingId }, 'meeting done');
    }
  }

  function findLive(meetingId: string, name: StageName): Stage | undefined {
    const row = stages.of(meetingId).find(one => one.name === name);
    return row && (row.state === 'queued' || row.state === 'running') ? row : undefined;
  }

  async function look(meetingId: string, name: StageName): Promise<string | undefined> {
    const meeting = meetings.find(meetingId);
    if (!meeting) return undefined;
    if (await settle(meetingId, name)) return undefined;
    const row = findLive(meetingId, name);
    if (!row) return undefined;
    if (!isMoving(meeting)) {
      stages.move(meetingId, name, 'skipped', SYSTEM);
      return undefined;
    }
    await addJob(name, meeting, plan(name, meeting).payload);
    return jobId(stageJobs[name], meetingId);
  }

  /** A job that another version of this program planned, and that nobody has begun, is planned again. */
  async function replan(meetingId: string, name: StageName): Promise<void> {
    const meeting = meetings.find(meetingId);
    const row = findLive(meetingId, name);
    if (!meeting || !row || !isMoving(meeting)) return;
    const id = jobId(stageJobs[name], meetingId);
    const job = await queue.status(id);
    if (job?.state !== 'waiting' && job?.state !== 'delayed') return;
    const { payload } = plan(name, meeting);
    if (isDeepStrictEqual(job.payload, payload)) return;
    if ((await queue.cancel(id, 'planned by another version')) === 'cancelled') await addJob(name, meeting, payload);
  }

  async function isLost({ meetingId, name, ...row }: Stage): Promise<boolean> {
    if (row.state !== 'queued' && row.state !== 'running') return false;
    const job = await queue.status(jobId(stageJobs[name], meetingId));
    return !job || isOfEarlierRound(job, row);
  }

  function startAgain(meetingId: string, who: string, change: () => void): void {
    store.transaction(() => {
      meetings.move(meetingId, 'queued', who);
      change();
      for (const row of stages.of(meetingId)) waitAgain(row, who);
    });
  }

  return {
    advance,
    settle,
    async restore(meetingId, name) {
      const added = await look(meetingId, name);
      if (added === undefined) await replan(meetingId, name);
      return added;
    },
    isLost,
    cancelJobs,
    showProgress,
    startAgain,
  };
}

function isMoving({ state }: Meeting): boolean {
  return state !== 'cancelling' && !FINAL_MEETING_STATES.some(final => final === state);
}

/** The job is over and was made before this round of the stage. */
function isOfEarlierRound(job: JobStatus, { queuedAt }: Pick<Stage, 'queuedAt'>): boolean {
  const isOver = job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';
  return isOver && queuedAt !== null && job.createdAtMs < Date.parse(queuedAt);
}
