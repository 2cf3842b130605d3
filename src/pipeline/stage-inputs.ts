/** What each stage's job reads, and under which key its result lies: bot and worker reckon it alike, each from its own code. */
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import type { StagePayload } from './jobs.ts';
import type { SummarizeOptions } from './ports.ts';
import type { ChosenSummarizer } from './process-recording.ts';
import { type RecordingOptions, recordingOptions } from './recording-options.ts';
import type { OwnTemplates } from './render/own-templates.ts';
import { type StageIdentity, stageKey } from './results/result-store.ts';
import {
  assignIdentity,
  decodeIdentity,
  diarizeIdentity,
  renderIdentity,
  type StageVersions,
  summarizeIdentity,
  transcribeIdentity,
} from './stage-identity.ts';
import { knownVoice } from './stages/name-speakers.ts';

/** What a stage may read: `file` and `audio` by their hashes, stored results by the name of their stage. */
export interface StageInputs {
  file?: string;
  audio?: string;
  decode?: string;
  transcribe?: string;
  /** '' when the speakers could not be told apart. */
  diarize?: string;
  assign?: string;
  /** '' when there is no summary. */
  summarize?: string;
}

/** Beside the recording's options: what the files show of the meeting. */
export const stageOptions = recordingOptions.extend({
  meetingId: z.uuid(),
  /** The recording's file name, without folder. */
  fileName: z.string(),
  /** Code of the fault when the speakers could not be told apart, or there is no summary. */
  diarizeFault: z.string().optional(),
  summarizeFault: z.string().optional(),
  /** For `diarize`: encrypted voices to compare with, and no part of any key, since what comes of it is not stored. */
  voices: z.string().optional(),
  /** What is known of the voices, by the diarizer's numbers. */
  knownVoices: z.array(knownVoice).optional(),
  /** Code of the fault when voices could not be compared. */
  voicesFault: z.string().optional(),
  /** For `summarize` and `render`: which of the installation's own prompts and templates the bot knows of. */
  ownPrompts: z.string().optional(),
  ownTemplates: z.string().optional(),
});
export type StageOptions = z.infer<typeof stageOptions>;

export type ComputedStage = 'decode' | 'transcribe' | 'diarize' | 'assign' | 'summarize' | 'render';

export type Versions = StageVersions & {
  ollama: Pick<ChosenSummarizer, 'method' | 'version' | 'ownPrompts'>;
  extractive: Pick<ChosenSummarizer, 'method' | 'version'>;
  templates: Pick<OwnTemplates, 'hash'>;
};

/** @throws HansardError `invalid_job` when an input is missing */
export function identityOf(
  stage: ComputedStage,
  versions: Versions,
  inputs: StageInputs,
  options: StageOptions,
): StageIdentity {
  const need = (name: keyof StageInputs): string => {
    const value = inputs[name];
    if (value === undefined) throw new HansardError('invalid_job', `${stage} needs the input ${name}`);
    return value;
  };
  switch (stage) {
    case 'decode':
      return decodeIdentity(versions, need('file'));
    case 'transcribe':
      return transcribeIdentity(versions, options, need('audio'));
    case 'diarize':
      return diarizeIdentity(versions, options, need('audio'));
    case 'assign':
      return assignIdentity(need('transcribe'), need('diarize'), options);
    case 'summarize': {
      // `auto` hopes for the model; what is made without it lies under a key of its own
      const wanted =
        options.summarizer === 'extractive'
          ? versions.extractive
          : { ...versions.ollama, ownPrompts: options.ownPrompts };
      return summarizeIdentity(wanted, summarizeOptionsOf(options), need('transcribe'), need('diarize'), options);
    }
    case 'render':
      return renderIdentity(options, [
        need('file'),
        need('decode'),
        need('transcribe'),
        need('diarize'),
        need('summarize'),
      ]);
  }
}

export function summarizeOptionsOf({
  meetingDate,
  timeZone,
  summaryStyle: style,
  summaryLanguage: language,
}: RecordingOptions): SummarizeOptions {
  if (meetingDate === undefined) throw new HansardError('invalid_job', 'the date of the meeting is not known');
  return { meetingDate, timeZone, style, language };
}

export interface ParsedPayload {
  inputs: StageInputs;
  options: StageOptions;
  identity: StageIdentity;
}

/** @throws HansardError `invalid_job`; `version_mismatch` when this program would reckon another key */
export function parsePayload(stage: ComputedStage, versions: Versions, payload: StagePayload): ParsedPayload {
  const parsed = stageOptions.safeParse(payload.options);
  if (!parsed.success) throw new HansardError('invalid_job', z.prettifyError(parsed.error), { cause: parsed.error });
  const identity = identityOf(stage, versions, payload.inputs, parsed.data);
  if (stageKey(identity) !== payload.resultKey)
    throw new HansardError('version_mismatch', `${stage} of meeting ${payload.meetingId}`);
  return { inputs: payload.inputs, options: parsed.data, identity };
}
