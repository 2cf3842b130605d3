/** What decides the result of each stage, in one place: the command line and the server find each other's stored results. */

import { dayOf, toIso } from './minutes/calendar.ts';
import type { SummarizeOptions } from './ports.ts';
import type { ChosenSummarizer, Stages } from './process-recording.ts';
import type { RecordingOptions } from './recording-options.ts';
import type { StageIdentity } from './results/result-store.ts';
import type { KnownVoice } from './stages/name-speakers.ts';

/** The part of the stages that counts here; nothing is computed. */
export type StageVersions = {
  [Name in 'decode' | 'diarize']: Pick<Stages[Name], 'version' | 'models'>;
} & {
  transcribe: Pick<Stages['transcribe'], 'version' | 'models' | 'toldTerms'>;
  voices: Pick<Stages['voices'], 'model'>;
};

/** Raised by hand when `assignSpeakers` gives other results. */
const ASSIGN_VERSION = 2;

export function decodeIdentity({ decode }: StageVersions, fileHash: string): StageIdentity {
  return { stage: 'decode', version: decode.version, models: [], options: {}, inputs: [fileHash] };
}

export function transcribeIdentity(
  { transcribe }: StageVersions,
  options: RecordingOptions,
  audioHash: string,
): StageIdentity {
  const { language, model, spokenLanguages = [], chineseScript, translate = false } = options;
  const { version } = transcribe;
  const terms = transcribe.toldTerms(options);
  return {
    stage: 'transcribe',
    version,
    models: transcribe.models(options),
    options: {
      ...{ language, model },
      ...(spokenLanguages.length > 0 && { spokenLanguages }),
      ...(chineseScript && { chineseScript }),
      ...(translate && { translate }),
      ...(terms.length > 0 && { terms }),
    },
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

/** What people say of the words and of who said them, and what the glossary knows. */
export type Corrections = Partial<
  Pick<RecordingOptions, 'speakerNames' | 'speakerMerges' | 'speakerSplits' | 'glossary' | 'corrections'>
> & { knownVoices?: readonly KnownVoice[] | undefined };

/** Where nobody corrected anything the keys are those of always. */
function withCorrections(changes: Corrections) {
  const { speakerNames = {}, speakerMerges = {}, speakerSplits = [], knownVoices = [] } = changes;
  const { glossary = [], corrections = [] } = changes;
  const sorted = (record: Record<string, string>) => Object.entries(record).sort();
  return {
    ...(Object.keys(speakerNames).length > 0 && { names: sorted(speakerNames) }),
    ...(Object.keys(speakerMerges).length > 0 && { merges: sorted(speakerMerges) }),
    ...(speakerSplits.length > 0 && { splits: speakerSplits }),
    ...(knownVoices.length > 0 && { voices: knownVoices }),
    ...(glossary.length > 0 && { glossary: glossary.map(({ heard = null, written }) => [heard, written]) }),
    ...(corrections.length > 0 && { corrections: corrections.map(({ heard, written }) => [heard, written]) }),
  };
}

/** @param diarizeKey '' when the speakers could not be told apart */
export function assignIdentity(
  transcribeKey: string,
  diarizeKey: string,
  corrections: Corrections = {},
): StageIdentity {
  return {
    stage: 'assign',
    version: ASSIGN_VERSION,
    models: [],
    options: withCorrections(corrections),
    inputs: [transcribeKey, diarizeKey],
  };
}

/** The transcript is no input of its own: it takes no time and follows from words and voices. */
export function summarizeIdentity(
  { method, version, ownPrompts }: Pick<ChosenSummarizer, 'method' | 'version' | 'ownPrompts'>,
  { meetingDate, timeZone, style = 'standard', language }: SummarizeOptions,
  transcribeKey: string,
  diarizeKey: string,
  corrections: Corrections = {},
): StageIdentity {
  const options = {
    // summarizers reckon with days: a recording that was posted twice within one has one summary
    ...{ method, meetingDate: toIso(dayOf(meetingDate, timeZone)), timeZone, assign: ASSIGN_VERSION },
    ...(ownPrompts !== undefined && { ownPrompts }),
    ...(style !== 'standard' && { style }),
    ...(language !== undefined && { language }),
    ...withCorrections(corrections),
  };
  return { stage: 'summarize', version, models: [], options, inputs: [transcribeKey, diarizeKey] };
}

/** Raised by hand when `renderFiles` makes other files of the same results. */
const RENDER_VERSION = 4;

/** @param options everything else that the files show: title, options, versions */
export function renderIdentity(options: Readonly<Record<string, unknown>>, inputs: readonly string[]): StageIdentity {
  return { stage: 'render', version: RENDER_VERSION, models: [], options, inputs };
}
