/** What decides the result of each stage, in one place: the command line and the server find each other's stored results. */
import type { ChosenSummarizer, Stages } from './process-recording.ts';
import type { RecordingOptions } from './recording-options.ts';
import type { StageIdentity } from './results/result-store.ts';

/** The part of the stages that counts here; nothing is computed. */
export type StageVersions = {
  [Name in 'decode' | 'transcribe' | 'diarize']: Pick<Stages[Name], 'version' | 'models'>;
};

/** Raised by hand when `assignSpeakers` gives other results. */
const ASSIGN_VERSION = 1;

export function decodeIdentity({ decode }: StageVersions, fileHash: string): StageIdentity {
  return { stage: 'decode', version: decode.version, models: [], options: {}, inputs: [fileHash] };
}

export function transcribeIdentity(
  { transcribe }: StageVersions,
  options: RecordingOptions,
  audioHash: string,
): StageIdentity {
  const { language, model } = options;
  const { version } = transcribe;
  return {
    stage: 'transcribe',
    version,
    models: transcribe.models(options),
    options: { language, model },
    inputs: [audioHash],
  };
}

export function diarizeIdentity(
  { diarize }: StageVersions,
  options: RecordingOptions,
  audioHash: string,
): StageIdentity {
  const { minSpeakers, maxSpeakers } = options;
  const { version } = diarize;
  return {
    stage: 'diarize',
    version,
    models: diarize.models(options),
    options: { minSpeakers, maxSpeakers },
    inputs: [audioHash],
  };
}

type Names = RecordingOptions['speakerNames'];

/** Without names the keys are those of always. */
const withNames = (names: Names) =>
  names && Object.keys(names).length > 0 ? { names: Object.entries(names).sort() } : {};

/** @param diarizeKey '' when the speakers could not be told apart */
export function assignIdentity(transcribeKey: string, diarizeKey: string, names?: Names): StageIdentity {
  return {
    stage: 'assign',
    version: ASSIGN_VERSION,
    models: [],
    options: withNames(names),
    inputs: [transcribeKey, diarizeKey],
  };
}

/** The transcript is no input of its own: it takes no time and follows from words and voices. */
export function summarizeIdentity(
  { method, version }: Pick<ChosenSummarizer, 'method' | 'version'>,
  { meetingDate, timeZone }: { meetingDate: string; timeZone: string },
  transcribeKey: string,
  diarizeKey: string,
  names?: Names,
): StageIdentity {
  const options = { method, meetingDate, timeZone, assign: ASSIGN_VERSION, ...withNames(names) };
  return { stage: 'summarize', version, models: [], options, inputs: [transcribeKey, diarizeKey] };
}

/** Raised by hand when `renderFiles` makes other files of the same results. */
const RENDER_VERSION = 1;

/** @param options everything else that the files show: title, options, versions */
export function renderIdentity(options: Readonly<Record<string, unknown>>, inputs: readonly string[]): StageIdentity {
  return { stage: 'render', version: RENDER_VERSION, models: [], options, inputs };
}
