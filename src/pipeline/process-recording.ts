/** The story: from a file on disk to a meeting with transcript and summary. Every dependency is an argument. */
import { HansardError } from '../errors.ts';
import { type DecodedRecording, decodedSchema } from './decoded.ts';
import { correctTerms } from './glossary/correct-terms.ts';
import type { MediaFacts } from './media-facts.ts';
import type { Diarization, SpeakerSpan, Transcript, Transcription } from './meeting.ts';
import type { DecodedAudio, StageContext, Summarizer } from './ports.ts';
import { hashFile, statRecording } from './recording-file.ts';
import type { RecordingOptions } from './recording-options.ts';
import type { OwnTemplates } from './render/own-templates.ts';
import type { ResultStore, StageIdentity } from './results/result-store.ts';
import {
  createStageRunner,
  type StageCost,
  type StageObserver,
  type StageOutcome,
  type StageRunner,
} from './run-stage.ts';
import { decodeIdentity, diarizeIdentity, summarizeIdentity, transcribeIdentity } from './stage-identity.ts';
import { summarizeOptionsOf } from './stage-inputs.ts';
import { acceptedSchema, diarizationSchema, transcriptionSchema } from './stage-results.ts';
import { assignSpeakers, speakersOfVoices } from './stages/assign-speakers.ts';
import { type KnownVoice, nameSpeakers } from './stages/name-speakers.ts';
import { uuidV7 } from './store/uuid-v7.ts';
import type { VoiceReference } from './store/voiceprints.ts';
import { type Summary, summarySchema } from './summary.ts';
import { NOTHING_TO_TELL_APART, voicesOfTracks } from './tracks.ts';
import { type HeardVoice, matchVoices } from './voices/match-voices.ts';
import { openWorkFolder } from './work-folder.ts';

/** A stage that the worker carries out: what decides its result, and how it is computed. */
export interface WorkerStage<Input, Output> {
  version: number;
  /** sha256 of the model files that it uses with these options. */
  models(options: RecordingOptions): readonly string[];
  run(input: Input, options: RecordingOptions, context: StageContext): Promise<Output>;
}

export interface Stages {
  decode: WorkerStage<{ sourcePath: string; workDir: string }, { decoded: DecodedRecording; audio: DecodedAudio }>;
  transcribe: WorkerStage<DecodedAudio, Transcription> & {
    /** Terms that its models are told before they hear, with these options: a part of the key. */
    toldTerms(options: RecordingOptions): readonly string[];
  };
  diarize: WorkerStage<DecodedAudio, Diarization>;
  voices: VoiceMeter;
  /**
   * Which summarizer will be used is settled before the stage runs: it is part of the stage's key.
   * @throws HansardError `summarizer_offline` when one was asked for by name and does not answer
   */
  chooseSummarizer(options: RecordingOptions, signal: AbortSignal): Promise<ChosenSummarizer>;
  /** The language model, whether it answers or not. */
  ollama: ChosenSummarizer;
  /** Needs nothing; writes the summary when the chosen one fails. */
  extractive: ChosenSummarizer;
  /** What the files are made with. */
  templates: OwnTemplates;
}

/** Listens to what voices sound like. Nothing of it is stored: the caller compares and lets go. */
export interface VoiceMeter {
  /** sha256 of the embedding model: vectors of different models are never compared. */
  model: string;
  /** @param spans of the diarizer */
  measure(
    audio: DecodedAudio,
    spans: readonly SpeakerSpan[],
    options: RecordingOptions,
    context: StageContext,
  ): Promise<HeardVoice[]>;
}

export interface ChosenSummarizer {
  /** `extractive`, or the language model's name: the part of the key. */
  method: string;
  version: number;
  /** sha256 of the installation's own prompts; undefined where they are ours, or there are none. */
  ownPrompts?: string | undefined;
  summarizer: Summarizer;
}

export interface ProcessedMeeting {
  meetingId: string;
  fileHash: string;
  meetingDate: string;
  facts: MediaFacts;
  decoded: DecodedRecording;
  transcription: Transcription;
  diarization: Diarization;
  transcript: Transcript;
  summary: Summary;
  stages: Record<string, StageCost & { stored: boolean }>;
  warnings: string[];
  /** False when a stage failed and the minutes do without it; the same command tries it again. */
  complete: boolean;
}

export interface ProcessRequest {
  sourcePath: string;
  options: RecordingOptions;
  force: boolean;
  /** Parent of the temporary folder. */
  workDir: string;
  results: ResultStore;
  observer: StageObserver;
  /** People who agreed to be recognised, with their names; [] for nobody. */
  people: readonly (VoiceReference & { name: string })[];
}

const ACCEPT_VERSION = 1;

/**
 * Turns one recording into a meeting with minutes; stages whose results are stored are not computed again.
 * A diarization that fails leaves a transcript with one speaker and a warning: finished work is never thrown away.
 * @throws HansardError with the sentence for the user
 */
export async function processRecording(
  request: ProcessRequest,
  stages: Stages,
  signal: AbortSignal,
): Promise<ProcessedMeeting> {
  const { sourcePath, options } = request;
  const runner = createStageRunner(request, signal);
  const modifiedAt = await statRecording(sourcePath);
  const fileHash = await hashFile(sourcePath, signal);
  const accepted = await createStageRunner({ ...request, force: false }, signal).run(
    { stage: 'accept', version: ACCEPT_VERSION, models: [], options: {}, inputs: [fileHash] },
    acceptedSchema,
    async () => ({ meetingId: uuidV7(), acceptedAt: new Date().toISOString() }),
  );
  const work = await openWorkFolder(request.workDir);
  try {
    const source = createAudioSource(
      sourcePath,
      decodeIdentity(stages, fileHash),
      work.path,
      stages.decode,
      options,
      runner,
    );
    const decoded = await source.decoded();
    request.observer.onDuration(decoded.result.durationMs);
    const { transcription, diarization } = await listen(source, decoded.result, stages, options, runner, signal);
    signal.throwIfAborted(); // a stage may have ended without hearing it
    const { durationMs, tracks } = decoded.result;
    // whose track it is needs no voice
    const voices = tracks ? [] : await recognise(request, diarization.result, stages, source, signal);
    const words = correctTerms(transcription.result, options.glossary);
    const transcript = nameSpeakers(assignSpeakers(words, diarization.result, durationMs, tracks?.speakers), {
      voices,
      speakers: speakersOfVoices(words.words, diarization.result.spans),
    });
    const meetingDate = options.meetingDate ?? decoded.result.facts.createdAt ?? modifiedAt.toISOString();
    const keys = [transcription.key, diarization.key] as const;
    const summary = await summarize({ transcript, keys, meetingDate, voices }, stages, options, runner, signal);
    return {
      ...assembleMeeting({
        meetingId: accepted.result.meetingId,
        fileHash,
        meetingDate,
        decoded,
        transcription,
        diarization,
        transcript,
        summary,
      }),
      complete: diarization.failure === undefined && summary.failure === undefined,
    };
  } finally {
    await work.remove();
  }
}

interface MeetingParts extends Pick<ProcessedMeeting, 'meetingId' | 'fileHash' | 'meetingDate' | 'transcript'> {
  decoded: StageOutcome<DecodedRecording>;
  transcription: StageOutcome<Transcription>;
  diarization: StageOutcome<Diarization>;
  summary: StageOutcome<Summary>;
}

/** A meeting from what its stages gave; complete unless the caller knows better. */
export function assembleMeeting(parts: MeetingParts): ProcessedMeeting {
  const { decoded, transcription, diarization, summary, ...rest } = parts;
  return {
    ...rest,
    facts: decoded.result.facts,
    decoded: decoded.result,
    transcription: transcription.result,
    diarization: diarization.result,
    summary: summary.result,
    stages: costs({ decode: decoded, transcribe: transcription, diarize: diarization, summarize: summary }),
    warnings: [decoded, transcription, diarization, summary].flatMap(outcome => outcome.result.warnings),
    complete: true,
  };
}

interface AudioSource {
  decoded(): Promise<StageOutcome<DecodedRecording>>;
  /** The decoded audio on disk; decodes again when only the record of an earlier run is left. */
  audio(context: StageContext): Promise<DecodedAudio>;
}

/** Decoded audio is temporary: it exists while a stage needs it, and is made again (seconds per hour) when one does. */
function createAudioSource(
  sourcePath: string,
  identity: StageIdentity,
  workDir: string,
  decode: Stages['decode'],
  options: RecordingOptions,
  runner: StageRunner,
): AudioSource {
  let audio: Promise<DecodedAudio> | undefined;
  return {
    decoded: () =>
      runner.run(identity, decodedSchema, async context => {
        const made = await decode.run({ sourcePath, workDir }, options, context);
        audio = Promise.resolve(made.audio);
        return made.decoded;
      }),
    audio: context => {
      audio ??= decode
        .run({ sourcePath, workDir }, options, { ...context, onProgress: () => {} })
        .then(made => made.audio);
      return audio;
    },
  };
}

/** Words and voices, side by side. */
async function listen(
  source: AudioSource,
  decoded: DecodedRecording,
  stages: Stages,
  options: RecordingOptions,
  runner: StageRunner,
  signal: AbortSignal,
): Promise<{
  transcription: StageOutcome<Transcription>;
  diarization: StageOutcome<Diarization> & { failure?: HansardError };
}> {
  const { transcribe, diarize } = stages;
  const wordless = new AbortController(); // without words there is nothing to give speakers to
  const hearing = runner.run(
    transcribeIdentity(stages, options, decoded.audioHash),
    transcriptionSchema,
    async context => transcribe.run(await source.audio(context), options, context),
  );
  hearing.catch(() => wordless.abort());
  const telling = runner.run(diarizeIdentity(stages, options, decoded.audioHash), diarizationSchema, async context => {
    if (decoded.tracks) return NOTHING_TO_TELL_APART;
    const linked = { ...context, signal: AbortSignal.any([context.signal, wordless.signal]) };
    return diarize.run(await source.audio(linked), options, linked);
  });
  const [heard, told] = await Promise.allSettled([hearing, telling]);
  if (heard.status === 'rejected') throw heard.reason;
  if (told.status === 'fulfilled') {
    const diarization = decoded.tracks ? withTracks(told.value, heard.value) : told.value;
    return { transcription: heard.value, diarization };
  }
  if (signal.aborted || !(told.reason instanceof HansardError)) throw told.reason;
  return { transcription: heard.value, diarization: { ...withoutSpeakers(told.reason), failure: told.reason } };
}

/** Where each track is one speaker's, the words tell who speaks when. */
export function withTracks(
  diarization: StageOutcome<Diarization>,
  { result }: StageOutcome<Transcription>,
): StageOutcome<Diarization> {
  return { ...diarization, result: voicesOfTracks(result) };
}

/** What stands for the voices when they could not be told apart. */
export function withoutSpeakers(failure: { userMessage: string }): StageOutcome<Diarization> {
  const warning = `The speakers could not be told apart: ${failure.userMessage}`;
  const result = { spans: [], speakerCount: 0, warnings: [warning] };
  return { key: '', result, seconds: 0, cpuSeconds: 0, device: null, stored: false };
}

interface SummarizeParts {
  transcript: Transcript;
  keys: readonly [string, string];
  meetingDate: string;
  voices: readonly KnownVoice[];
}

/** Whose the voices are, each time anew: what they sound like is not stored. */
async function recognise(
  { people, options }: ProcessRequest,
  { spans }: Diarization,
  stages: Stages,
  source: AudioSource,
  signal: AbortSignal,
): Promise<KnownVoice[]> {
  if (people.length === 0 || spans.length === 0) return [];
  const nothing = () => {};
  const context = { signal, onProgress: nothing, addCpuSeconds: nothing, onDevice: nothing };
  const heard = await stages.voices.measure(await source.audio(context), spans, options, context);
  const names = new Map(people.map(({ personId, name }) => [personId, name]));
  return matchVoices(heard, people, spans).map(({ voice, personId, decision, confidence }) => ({
    ...{ voice, decision, confidence },
    name: names.get(personId) ?? '',
  }));
}

/** Minutes without the summarizer that was wanted are better than none. */
async function summarize(
  { transcript, keys, meetingDate, voices }: SummarizeParts,
  stages: Stages,
  options: RecordingOptions,
  runner: StageRunner,
  signal: AbortSignal,
): Promise<StageOutcome<Summary> & { failure?: HansardError }> {
  const { glossary } = options;
  const wish = summarizeOptionsOf({ ...options, meetingDate });
  const summarizeWith = (chosen: ChosenSummarizer) =>
    runner.run(summarizeIdentity(chosen, wish, ...keys, { knownVoices: voices, glossary }), summarySchema, context =>
      chosen.summarizer.summarize(transcript, wish, context),
    );
  try {
    return await summarizeWith(await stages.chooseSummarizer(options, signal));
  } catch (failure) {
    if (signal.aborted || !(failure instanceof HansardError)) throw failure;
    const outcome = await summarizeWith(stages.extractive);
    return { ...outcome, result: madeByRules(outcome.result, failure), failure };
  }
}

/** A summary by rules where a language model was wanted: the reader is told. */
export function madeByRules(summary: Summary, failure: HansardError): Summary {
  const warning = `The summary was made by rules. ${failure.userMessage}`;
  return { ...summary, warnings: [...summary.warnings, warning] };
}

function costs(outcomes: Record<string, StageOutcome<unknown>>): ProcessedMeeting['stages'] {
  return Object.fromEntries(
    Object.entries(outcomes).map(([name, { seconds, cpuSeconds, device, stored }]) => [
      name,
      { seconds, cpuSeconds, device, stored },
    ]),
  );
}
