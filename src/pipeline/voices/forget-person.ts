/** Somebody asks to be forgotten: their voice goes, what they said stays without their name, and they are not known again. */
import { type BlobStore, blobKeys } from '../blobs/blob-store.ts';
import { diarizeJob } from '../jobs.ts';
import type { MeetingChange } from '../meeting-change.ts';
import { FINAL_MEETING_STATES, type StageName } from '../moves.ts';
import { stageJobs } from '../orchestration/plan-stage.ts';
import type { JobQueue } from '../queue/job-queue.ts';
import { jobId } from '../queue/prepare-job.ts';
import { recordingOptions } from '../recording-options.ts';
import { createResultStore } from '../results/result-store.ts';
import { findOutcome } from '../run-stage.ts';
import { transcriptSchema } from '../stage-results.ts';
import { PARTICIPANT } from '../stages/name-speakers.ts';
import type { Meeting } from '../store/meetings.ts';
import type { Store } from '../store/open-store.ts';
import type { Person } from '../store/people.ts';
import { endLesson } from './end-lesson.ts';
import { workspaceOf } from './plan-voices.ts';

export interface ForgetParts {
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  /** As `Orchestrator.correct`: the files are made and posted again. */
  correct(meetingId: string, change: MeetingChange, who: string): void;
}

/** Holds no name: it may be kept. */
export interface ForgetReceipt {
  person: string;
  workspace: string;
  at: string;
  voiceprints: number;
  /** Whose files are made again. */
  meetings: string[];
  /** Results that held the name. */
  erasedResults: number;
  /** The row of the audit. */
  auditSeq: number;
}

/** These hold names. */
const NAMED_STAGES: readonly StageName[] = ['assign', 'summarize', 'render'];

/** @throws HansardError `unknown_person`, `database_busy` when the log could not be emptied: it empties with the next write */
export async function forgetPerson(parts: ForgetParts, personId: string, who: string): Promise<ForgetReceipt> {
  const { store, queue, blobs, correct } = parts;
  const person = store.people.get(personId);
  const meetings = meetingsOf(store, person);
  const erased: string[] = [];
  const changes: { meeting: Meeting; speakerNames: Record<string, string> }[] = [];
  for (const meeting of meetings) {
    const speakerNames = await namesWithout(person, meeting, parts);
    changes.push({ meeting, speakerNames });
    const own = store.stages.resultKeysOnlyOf(meeting.id);
    for (const { name, resultKey } of store.stages.of(meeting.id))
      if (NAMED_STAGES.includes(name) && resultKey && own.includes(resultKey)) erased.push(blobKeys.result(resultKey));
    if (!isOver(meeting)) continue;
    for (const type of Object.values(stageJobs)) await queue.forget(jobId(type, meeting.id));
  }
  // a search for this voice may have failed, and wait in the queue with all voices
  for (const { id } of store.meetings.over()) {
    const job = await queue.status(jobId(diarizeJob, id));
    if (job && JSON.stringify(job.payload).includes('"voices"')) await queue.forget(job.id);
  }
  for (const lesson of store.lessons.ofPerson(person)) if (lesson.state === 'learning') await endLesson(parts, lesson);
  for (const account of person.accounts) store.lessons.removeOf(account);
  const voiceprints = store.voiceprints.of(personId).length;
  store.transaction(() => {
    for (const { meeting, speakerNames } of changes) {
      store.meetings.choose(meeting.id, { ...meeting.options, speakerNames });
      store.search.renameSpeaker(meeting.id, person.name, PARTICIPANT);
    }
    store.people.forget(personId, who, { voiceprints, meetings: changes.length });
  });
  const [row] = store.audit.list({ limit: 1 });
  for (const key of erased) await blobs.delete(key);
  for (const { meeting, speakerNames } of changes) correct(meeting.id, { speakerNames }, who);
  store.emptyLog();
  return {
    ...{ person: personId, workspace: person.workspace, at: row?.at ?? new Date().toISOString(), voiceprints },
    ...{ meetings: changes.map(({ meeting }) => meeting.id), erasedResults: erased.length, auditSeq: row?.seq ?? 0 },
  };
}

/** Those in which the voice was known, and those in which somebody typed the name. */
export function meetingsOf(store: Store, person: Person): Meeting[] {
  const linked = new Set(store.speakers.ofPerson(person.id).map(({ meetingId }) => meetingId));
  const isNamed = (meeting: Meeting) =>
    workspaceOf(meeting) === person.workspace && Object.values(givenNames(meeting)).includes(person.name);
  return [...store.meetings.over(), ...store.meetings.unfinished()].filter(
    meeting => linked.has(meeting.id) || isNamed(meeting),
  );
}

/** Which speakers of the meeting carry the name, and what the names are without it. */
async function namesWithout(
  person: Person,
  meeting: Meeting,
  { store, blobs }: ForgetParts,
): Promise<Record<string, string>> {
  const names = givenNames(meeting);
  const key = store.stages.get(meeting.id, 'assign').resultKey ?? '';
  const transcript = key === '' ? undefined : await findOutcome(createResultStore(blobs), key, transcriptSchema);
  const called = [
    ...Object.entries(names).flatMap(([id, name]) => (name === person.name ? [id] : [])),
    ...(transcript?.result.speakers ?? []).flatMap(({ id, label }) => (label === person.name ? [id] : [])),
  ];
  return { ...names, ...Object.fromEntries(called.map(id => [id, PARTICIPANT])) };
}

/** By speaker id. */
export function givenNames({ options }: Pick<Meeting, 'options'>): Record<string, string> {
  return recordingOptions.pick({ speakerNames: true }).parse(options).speakerNames ?? {};
}

function isOver({ state }: Meeting): boolean {
  return FINAL_MEETING_STATES.some(final => final === state);
}
