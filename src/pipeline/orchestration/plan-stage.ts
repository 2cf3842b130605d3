/** The graph of the stages, and what each job of a meeting gets. Stages do not know each other: this file does. */
import { HansardError } from '../../errors.ts';
import {
  assignJob,
  decodeJob,
  deliverJob,
  diarizeJob,
  fetchJob,
  renderJob,
  type StagePayload,
  summarizeJob,
  transcribeJob,
} from '../jobs.ts';
import type { StageName } from '../moves.ts';
import type { JobType } from '../queue/job-type.ts';
import { stageKey } from '../results/result-store.ts';
import { identityOf, type StageInputs, type StageOptions, stageOptions, type Versions } from '../stage-inputs.ts';
import type { KnownVoice } from '../stages/name-speakers.ts';
import type { Meeting } from '../store/meetings.ts';
import type { Stage } from '../store/stages.ts';

export const stageJobs: Record<StageName, JobType<StagePayload>> = {
  fetch: fetchJob,
  decode: decodeJob,
  transcribe: transcribeJob,
  diarize: diarizeJob,
  assign: assignJob,
  summarize: summarizeJob,
  render: renderJob,
  deliver: deliverJob,
};

/** What must have ended before a stage begins; `transcribe` and `diarize` run side by side. */
const prerequisites: Record<StageName, readonly StageName[]> = {
  fetch: [],
  decode: ['fetch'],
  transcribe: ['decode'],
  diarize: ['decode'],
  assign: ['transcribe', 'diarize'],
  summarize: ['assign'],
  render: ['summarize'],
  deliver: ['render'],
};

/** Without these there are minutes all the same: a later failure never hides an earlier success. */
const DISPENSABLE: readonly StageName[] = ['diarize', 'summarize'];
export const isDispensable = (stage: StageName): boolean => DISPENSABLE.includes(stage);

export type StagesByName = Record<StageName, Stage>;

export function byName(stages: readonly Stage[]): StagesByName {
  return Object.fromEntries(stages.map(stage => [stage.name, stage])) as StagesByName;
}

/** It waits, and all that it needs is there. */
export function mayBegin(name: StageName, stages: StagesByName): boolean {
  const isSettled = (one: StageName) =>
    stages[one].state === 'done' || (isDispensable(one) && stages[one].state === 'failed');
  return stages[name].state === 'waiting' && prerequisites[name].every(isSettled);
}

export interface MeetingVoices {
  /** Encrypted voices for the job of `diarize`. */
  sealed?: string | undefined;
  /** What came of it. */
  known?: readonly KnownVoice[];
}

/** @throws HansardError `invalid_job` when the meeting lacks something, which is a bug */
export function planStage(
  name: StageName,
  meeting: Meeting,
  stages: StagesByName,
  versions: Versions,
  { sealed, known = [] }: MeetingVoices = {},
): StagePayload {
  const { id: meetingId } = meeting;
  const inputs = inputsOf(name, meeting, stages);
  if (name === 'fetch' || name === 'deliver') {
    const options = name === 'fetch' ? { source: meeting.source } : {};
    return { meetingId, resultKey: '', inputs: { ...inputs }, options };
  }
  const options = {
    ...optionsOf(meeting, stages, known),
    ...(name === 'diarize' && sealed !== undefined && { voices: sealed }),
    ...(name === 'summarize' && { ownPrompts: versions.ollama.ownPrompts }),
    ...(name === 'render' && { ownTemplates: versions.templates.hash }),
  };
  return {
    meetingId,
    resultKey: stageKey(identityOf(name, versions, inputs, options)),
    inputs: { ...inputs },
    options: JSON.parse(JSON.stringify(options)),
  };
}

function inputsOf(name: StageName, meeting: Meeting, stages: StagesByName): StageInputs {
  const file = meeting.fileHash === null ? {} : { file: meeting.fileHash };
  const audio = meeting.audioHash === null ? {} : { audio: meeting.audioHash };
  const keyOf = (one: StageName): string => (stages[one].state === 'done' ? (stages[one].resultKey ?? '') : '');
  const from = (...names: StageName[]): StageInputs => Object.fromEntries(names.map(one => [one, keyOf(one)]));
  switch (name) {
    case 'fetch':
    case 'decode':
      return file;
    case 'transcribe':
    case 'diarize':
      return { ...audio, ...from('decode') };
    case 'assign':
      return from('decode', 'transcribe', 'diarize');
    case 'summarize':
      return from('transcribe', 'diarize', 'assign');
    case 'render':
      return { ...file, ...from('decode', 'transcribe', 'diarize', 'assign', 'summarize') };
    case 'deliver':
      return from('render');
  }
}

export function optionsOf(meeting: Meeting, stages: StagesByName, known: readonly KnownVoice[] = []): StageOptions {
  const { diarize, summarize } = stages;
  const parsed = stageOptions.safeParse({
    meetingDate: meeting.createdAt,
    ...meeting.options,
    meetingId: meeting.id,
    fileName: meeting.source.name ?? meeting.title,
    ...(diarize.state === 'failed' && { diarizeFault: diarize.errorCode ?? undefined }),
    ...(known.length > 0 && { knownVoices: known }),
    ...(summarize.state === 'failed' && { summarizeFault: summarize.errorCode ?? undefined }),
  });
  if (!parsed.success) throw new HansardError('invalid_job', `meeting ${meeting.id}: ${parsed.error.message}`);
  return parsed.data;
}
