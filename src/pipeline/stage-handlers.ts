/**
 * What workers do: each handler runs one stage of one meeting. It knows blobs and models, and neither the database, nor
 * the order of the stages, nor the platform.
 */
import path from 'node:path';
import type { z } from 'zod';
import { HansardError, isFaultCode } from '../errors.ts';
import { type BlobStore, blobKeys, download } from './blobs/blob-store.ts';
import { type DecodedRecording, decodedSchema } from './decoded.ts';
import { fetchSound, isSoundKept, keepSound } from './decoded-sound.ts';
import type { MetaFile } from './files.ts';
import { correctTerms } from './glossary/correct-terms.ts';
import {
  assignJob,
  decodeJob,
  diarizeJob,
  renderJob,
  type StageJobResult,
  type StagePayload,
  summarizeJob,
  transcribeJob,
} from './jobs.ts';
import type { Diarization } from './meeting.ts';
import { editSummary } from './minutes/edit-summary.ts';
import { createTurns } from './orchestration/turns.ts';
import type { DecodedAudio, StageContext } from './ports.ts';
import {
  assembleMeeting,
  type ChosenSummarizer,
  madeByRules,
  type Stages,
  withoutSpeakers,
  withTracks,
} from './process-recording.ts';
import type { JobType } from './queue/job-type.ts';
import { type Handler, handle, type JobContext } from './queue/run-stored.ts';
import { type RecordingOptions, recordingOptions } from './recording-options.ts';
import { buildMeta } from './render/build-meta.ts';
import { renderFiles } from './render/render-files.ts';
import { createResultStore, stageKey } from './results/result-store.ts';
import { createStageRunner, findOutcome, type StageOutcome } from './run-stage.ts';
import { summarizeIdentity } from './stage-identity.ts';
import {
  type ComputedStage,
  identityOf,
  type ParsedPayload,
  parsePayload,
  type StageInputs,
  summarizeOptionsOf,
} from './stage-inputs.ts';
import { diarizationSchema, renderedSchema, transcriptionSchema, transcriptSchema } from './stage-results.ts';
import { assignSpeakers, speakersOfVoices } from './stages/assign-speakers.ts';
import { correctWords } from './stages/correct-words.ts';
import { mergeSpeakers } from './stages/merge-speakers.ts';
import { nameSpeakers } from './stages/name-speakers.ts';
import { splitSpeakers } from './stages/split-speakers.ts';
import { type Summary, summarySchema } from './summary.ts';
import { NOTHING_TO_TELL_APART } from './tracks.ts';
import { unsealReferences } from './voices/carry-references.ts';
import { matchVoices } from './voices/match-voices.ts';
import { readVoiceKey } from './voices/voice-key.ts';
import { openWorkFolder } from './work-folder.ts';

export interface StageHandlersOptions {
  stages: Stages;
  blobs: BlobStore;
  /** Parent of the temporary folders. */
  workDir: string;
  /** The key of the voices that jobs bring; without it nobody is recognised here. */
  voiceKeyFile?: string;
  /** For meta.json. */
  versions: Record<string, string>;
  describeModels(options: RecordingOptions): MetaFile['models'];
}

/** One handler for each stage but `fetch` and `deliver`, which need the platform. */
export function createStageHandlers(options: StageHandlersOptions): Handler[] {
  const { stages, blobs, workDir, voiceKeyFile } = options;
  const results = createResultStore(blobs);
  /** The same recording posted in two places at once: the second waits for the result of the first. */
  const inTurn = createTurns();

  /** The stored result of an earlier stage. @throws HansardError `blob_missing` */
  const load = async <T>(
    inputs: StageInputs,
    name: keyof StageInputs,
    schema: z.ZodType<T>,
  ): Promise<StageOutcome<T>> => {
    const key = inputs[name] ?? '';
    const outcome = await findOutcome(results, key, schema);
    if (!outcome) throw new HansardError('blob_missing', `the result of ${name}, ${key}`);
    return outcome;
  };
  const runnerFor = ({ signal, onProgress }: JobContext, force = false) => {
    const nothing = () => {};
    const observer = { onStageStart: nothing, onStageEnd: nothing, onDuration: nothing };
    return createStageRunner(
      { results, observer: { ...observer, onStageProgress: (_stage, fraction) => onProgress(fraction) }, force },
      signal,
    );
  };
  /** A handler that computes what is not stored. */
  const stage = <T>(
    type: JobType<StagePayload>,
    schema: z.ZodType<T>,
    compute: (parsed: ParsedPayload, context: StageContext) => Promise<T>,
  ): Handler =>
    handle(type, (payload, job) =>
      inTurn(payload.resultKey, async () => {
        const parsed = parsePayload(type.name as ComputedStage, stages, payload);
        return asJobResult(await runnerFor(job).run(parsed.identity, schema, context => compute(parsed, context)));
      }),
    );
  const inWorkFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
    const folder = await openWorkFolder(workDir);
    try {
      return await work(folder.path);
    } finally {
      await folder.remove();
    }
  };
  /** Fetches the decoded sound for as long as `listen` needs it. */
  const withAudio = async <T>(
    { inputs }: ParsedPayload,
    { signal }: StageContext,
    listen: (audio: DecodedAudio) => Promise<T>,
  ) => {
    const { result: decoded } = await load(inputs, 'decode', decodedSchema);
    return await inWorkFolder(async folder => listen(await fetchSound(blobs, decoded, folder, signal)));
  };
  /** Words and voices; where the voices could not be told apart, what stands for them. */
  const loadHeard = async ({ inputs, options }: ParsedPayload) => {
    const [decoded, transcription] = await Promise.all([
      load(inputs, 'decode', decodedSchema),
      load(inputs, 'transcribe', transcriptionSchema),
    ]);
    const told =
      inputs.diarize === ''
        ? withoutSpeakers(faultOf(options.diarizeFault))
        : await load(inputs, 'diarize', diarizationSchema);
    return { decoded, transcription, diarization: decoded.result.tracks ? withTracks(told, transcription) : told };
  };

  return [
    handle(decodeJob, (payload, job) =>
      inTurn(payload.resultKey, async () => {
        const parsed = parsePayload('decode', stages, payload);
        const key = stageKey(parsed.identity);
        const stored = await findOutcome(results, key, decodedSchema);
        if (stored && (await isSoundKept(blobs, stored.result))) return asJobResult(stored);
        // the sound may have been removed since: it is made again, whatever is stored
        const outcome = await runnerFor(job, true).run(parsed.identity, decodedSchema, context =>
          decode(parsed, context),
        );
        return asJobResult(outcome);
      }),
    ),
    stage(transcribeJob, transcriptionSchema, (parsed, context) =>
      withAudio(parsed, context, audio => stages.transcribe.run(audio, parsed.options, context)),
    ),
    handle(diarizeJob, (payload, job) =>
      inTurn(payload.resultKey, async () => {
        const parsed = parsePayload('diarize', stages, payload);
        const isTracks = (await load(parsed.inputs, 'decode', decodedSchema)).result.tracks !== null;
        const outcome = await runnerFor(job).run(parsed.identity, diarizationSchema, async context => {
          if (isTracks) return NOTHING_TO_TELL_APART;
          return await withAudio(parsed, context, audio => stages.diarize.run(audio, parsed.options, context));
        });
        if (isTracks || parsed.options.voices === undefined) return asJobResult(outcome);
        return { ...asJobResult(outcome), ...(await compareVoices(parsed, outcome.result, job)) };
      }),
    ),
    stage(assignJob, transcriptSchema, async parsed => {
      const { decoded, transcription, diarization } = await loadHeard(parsed);
      const { durationMs, tracks } = decoded.result;
      const { speakerNames: names, speakerMerges, speakerSplits, knownVoices: voices } = parsed.options;
      const { glossary, corrections } = parsed.options;
      const words = correctWords(correctTerms(transcription.result, glossary), corrections);
      const transcript = assignSpeakers(words, diarization.result, durationMs, tracks?.speakers);
      const speakers = speakersOfVoices(words.words, diarization.result.spans);
      const divided = splitSpeakers(transcript, speakerSplits);
      return nameSpeakers(mergeSpeakers(divided, speakerMerges), { names, voices, speakers });
    }),
    handle(summarizeJob, (payload, job) => inTurn(payload.resultKey, () => summarize(payload, job))),
    handle(renderJob, (payload, job) =>
      inTurn(payload.resultKey, async () => {
        const parsed = parsePayload('render', stages, payload);
        // the bot may know other templates than those here: under a key lies what the key says
        const options = { ...parsed.options, ownTemplates: stages.templates.hash };
        const identity = identityOf('render', stages, parsed.inputs, options);
        return asJobResult(await runnerFor(job).run(identity, renderedSchema, () => render(parsed)));
      }),
    ),
  ];

  async function decode({ inputs, options }: ParsedPayload, context: StageContext): Promise<DecodedRecording> {
    return await inWorkFolder(async workDir => {
      const sourcePath = path.join(workDir, 'source');
      await download(blobs, blobKeys.source(inputs.file ?? ''), sourcePath, context.signal);
      const { decoded, audio } = await stages.decode.run({ sourcePath, workDir }, options, context);
      await keepSound(blobs, decoded, audio, context.signal);
      return decoded;
    });
  }

  /** Whose the voices are. Nothing of it is stored here: the answer travels with the job's result. */
  async function compareVoices(
    parsed: ParsedPayload,
    { spans }: Diarization,
    { signal }: JobContext,
  ): Promise<Pick<StageJobResult, 'voices' | 'voicesFault'>> {
    const { voices: sealed = '', meetingId } = parsed.options;
    const nothing = () => {};
    const context = { signal, onProgress: nothing, addCpuSeconds: nothing, onDevice: nothing };
    try {
      if (voiceKeyFile === undefined) throw new HansardError('voice_key_missing', 'this worker has none');
      const references = unsealReferences(readVoiceKey(voiceKeyFile), meetingId, sealed);
      const heard = await withAudio(parsed, context, audio =>
        stages.voices.measure(audio, spans, parsed.options, context),
      );
      return { voices: matchVoices(heard, references, spans) };
    } catch (failure) {
      // speakers without names are better than none
      if (signal.aborted || !(failure instanceof HansardError)) throw failure;
      return { voicesFault: failure.code };
    }
  }

  async function summarize(payload: StagePayload, job: JobContext): Promise<StageJobResult> {
    const { inputs, options, identity } = parsePayload('summarize', stages, payload);
    const { result: transcript } = await load(inputs, 'assign', transcriptSchema);
    const runner = runnerFor(job);
    const keys = [inputs.transcribe ?? '', inputs.diarize ?? ''] as const;
    const summarizeWith = (chosen: ChosenSummarizer, change: (summary: Summary) => Summary, why?: string) => {
      const own = summarizeIdentity(chosen, summarizeOptionsOf(options), ...keys, options);
      return runner.run(
        why === undefined ? own : { ...own, options: { ...own.options, instead: why } },
        summarySchema,
        async context => change(await chosen.summarizer.summarize(transcript, summarizeOptionsOf(options), context)),
      );
    };
    try {
      const stored = await findOutcome(results, stageKey(identity), summarySchema);
      if (stored) return asJobResult(stored);
      const chosen = await stages.chooseSummarizer(options, job.signal);
      return asJobResult(await summarizeWith(chosen, summary => summary));
    } catch (failure) {
      if (job.signal.aborted || !(failure instanceof HansardError)) throw failure;
      if (failure.retryable && job.attempt < summarizeJob.attempts) throw failure;
      // minutes without the summarizer that was wanted are better than none
      const change = (summary: Summary) => madeByRules(summary, failure);
      return asJobResult(await summarizeWith(stages.extractive, change, failure.code));
    }
  }

  async function render(parsed: ParsedPayload): Promise<z.infer<typeof renderedSchema>> {
    const { inputs, options: shown } = parsed;
    const [{ decoded, transcription, diarization }, transcript] = await Promise.all([
      loadHeard(parsed),
      load(inputs, 'assign', transcriptSchema),
    ]);
    const summary =
      inputs.summarize === ''
        ? withoutSummary(transcript.result.language, faultOf(shown.summarizeFault))
        : await load(inputs, 'summarize', summarySchema);
    const { meetingDate } = summarizeOptionsOf(shown);
    const { meetingId, fileName } = shown;
    const meeting = assembleMeeting({
      ...{ meetingId, fileHash: inputs.file ?? '', meetingDate },
      ...{ decoded, transcription, diarization, transcript: transcript.result },
      summary: { ...summary, result: editSummary(summary.result, shown.summaryEdits) },
    });
    if (shown.voicesFault) meeting.warnings.push(faultOf(shown.voicesFault).userMessage);
    const meta = buildMeta(meeting, {
      fileName,
      options: recordingOptions.parse(shown), // without what only the handlers need
      versions: options.versions,
      device: { name: transcription.device ?? 'cpu', reason: 'Where the worker ran the models.' },
      models: options.describeModels(shown),
      processedAt: new Date(),
    });
    return { files: Object.fromEntries(renderFiles({ ...meeting, meta }, stages.templates)) };
  }
}

function asJobResult({ key: resultKey, seconds, cpuSeconds, device, stored }: StageOutcome<unknown>): StageJobResult {
  return { resultKey, seconds, cpuSeconds, device, stored };
}

function faultOf(code = 'inference_failed'): HansardError {
  return new HansardError(isFaultCode(code) ? code : 'inference_failed', 'in an earlier stage');
}

/** What stands for the summary when none could be made. */
function withoutSummary(language: string, failure: HansardError): StageOutcome<Summary> {
  const nothing = { topics: [], decisions: [], actionItems: [], questions: [], numbers: [] };
  const warnings = [`There is no summary: ${failure.userMessage}`];
  const result: Summary = {
    schemaVersion: 1,
    ...{ title: '', language, abstract: '', ...nothing },
    ...{ method: 'extractive', model: null, coverage: 0, warnings },
  };
  return { key: '', result, seconds: 0, cpuSeconds: 0, device: null, stored: false };
}
