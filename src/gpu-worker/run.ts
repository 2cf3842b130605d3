/** The worker's side of a run: ffmpeg, models and device are looked for when the first stage needs them, and not before. */
import path from 'node:path';
import type { Config, ModelServer } from '../config.ts';
import { HansardError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { termsOf } from '../pipeline/glossary/glossary-text.ts';
import { SAMPLE_RATE_HZ, type Transcription } from '../pipeline/meeting.ts';
import { createExtractiveSummarizer } from '../pipeline/minutes/extractive-summarizer.ts';
import type { DecodedAudio, StageContext, Transcriber } from '../pipeline/ports.ts';
import type { ChosenSummarizer, Stages } from '../pipeline/process-recording.ts';
import type { RecordingOptions } from '../pipeline/recording-options.ts';
import { openWorkFolder } from '../pipeline/work-folder.ts';
import { chooseDevice, type DeviceChoice } from './device.ts';
import { withDevice } from './device-lock.ts';
import { checkFfmpeg, type FfmpegTools } from './ffmpeg/check-ffmpeg.ts';
import { batchFactor, freeGpuBytes } from './inference/batch-factor.ts';
import { createDiarizer } from './inference/diarizer.ts';
import { createInferencePool, type InferencePool } from './inference/pool.ts';
import { createPoolOnDemand } from './inference/pool-on-demand.ts';
import { createTranscriber } from './inference/transcriber.ts';
import { measureVoices } from './inference/voice-meter.ts';
import { isOnThisMachine, openModel } from './language-model/open-model.ts';
import { createModelSummarizer } from './language-model/summarizer.ts';
import { loadPromptsLoudly, loadTemplatesLoudly } from './load-templates.ts';
import { findModel } from './models/catalogue.ts';
import {
  CHECK_RECORDING,
  describeCheck,
  findMark,
  judgeWords,
  type ModelCheck,
  mark,
  partToCheck,
} from './models/check-model.ts';
import { modelsForTranscription, planRecognition, recognizersOf } from './models/plan-recognition.ts';
import { createShareWork } from './share-work.ts';
import { decodeRecording } from './tracks/decode-recording.ts';
import { unpackWords } from './tracks/unpack-words.ts';

export interface WorkerStages extends Stages {
  /** Where the models run, or would run. @throws HansardError `device_unavailable` */
  device(): Promise<DeviceChoice>;
  /**
   * Hears a known recording with one model; of an untried one it is remembered in the model's folder whether the words were right.
   * @throws HansardError `invalid_usage` for what is no recogniser
   */
  check(model: string, signal: AbortSignal): Promise<ModelCheck>;
  /** Ends the children at once; stages still running reject as cancelled. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  config: Config;
  logger: Logger;
  /** Makes sure that the models are there with the published bytes; called before any of them is loaded. */
  ensureModels(names: readonly string[], signal: AbortSignal): Promise<void>;
}

/** Raised by hand when a stage's code gives other results: stored ones of the version before are then left alone. */
const VERSIONS = { decode: 3, transcribe: 4, diarize: 1, extractive: 2, ollama: 4 };

export function startStages({ config, logger, ensureModels }: WorkerOptions): WorkerStages {
  const pools = createPoolOnDemand(config.device, logger, {
    chooseDevice,
    // a GPU is fast enough for one process, and several would not fit into its memory
    async createPool(device) {
      const freeBytes = await freeGpuBytes(device);
      const factor = batchFactor(device, freeBytes);
      if (device !== 'cpu')
        logger.info({ device, freeBytes, batchFactor: factor }, 'batches by the free memory of the GPU');
      return createInferencePool({
        processes: device === 'cpu' ? config.inferenceProcesses : 1,
        settings: { modelsDir: config.modelsDir, device, batchFactor: factor },
        logger,
      });
    },
  });
  let ffmpeg: Promise<FfmpegTools> | undefined;

  async function findFfmpeg(): Promise<FfmpegTools> {
    ffmpeg ??= checkFfmpeg();
    try {
      return await ffmpeg;
    } catch (error) {
      ffmpeg = undefined; // it may be installed before the next recording
      throw error;
    }
  }

  const share = createShareWork();
  /** Both stages need the same models at the same time: their hashes are computed once. */
  const needModels = (names: readonly string[], signal: AbortSignal) =>
    share(`models ${names.join()}`, signal, () => ensureModels(names, signal));

  async function infer<T>(
    models: readonly string[],
    context: StageContext,
    work: (pool: InferencePool) => Promise<T>,
  ): Promise<T> {
    await needModels(models, context.signal);
    const { pool, device } = await pools.open();
    context.onDevice(device);
    try {
      return await withDevice(device, { signal: context.signal, logger }, () => work(pool));
    } catch (error) {
      const other = context.signal.aborted ? undefined : await pools.replace(pool, error);
      if (!other) throw error;
      context.onDevice(other.device);
      return await withDevice(other.device, { signal: context.signal, logger }, () => work(other.pool));
    }
  }

  async function check(model: string, signal: AbortSignal): Promise<ModelCheck> {
    const options = { model, language: 'en' };
    const models = [...recognizersOf(planRecognition(options)), 'silero-vad'];
    const tools = await findFfmpeg();
    const cost = { device: '', cpuSeconds: 0 };
    const context: StageContext = {
      signal,
      onProgress: () => {},
      addCpuSeconds: seconds => {
        cost.cpuSeconds += seconds;
      },
      onDevice: device => {
        cost.device = device;
      },
    };
    const work = await openWorkFolder(path.join(config.dataDir, 'work'));
    try {
      const decoding = { sourcePath: CHECK_RECORDING, workDir: work.path, signal, onProgress: () => {} };
      const { audio } = await decodeRecording(decoding, tools);
      const { words } = await infer(models, context, pool =>
        createTranscriber(pool).transcribe(partToCheck(audio), options, context),
      );
      const result = judgeWords(model, words, cost);
      if (findModel(model).isUntried)
        await mark(path.join(config.modelsDir, model), result).catch((err: unknown) =>
          logger.warn({ err, model }, 'the check of a model is not remembered, and done again next time'),
        );
      return result;
    } finally {
      await work.remove();
    }
  }

  /** A model that was never run where Hansard is made shows first that it hears as it should. */
  async function checkUntried(models: readonly string[], signal: AbortSignal): Promise<void> {
    for (const model of models.filter(name => findModel(name).isUntried))
      await share(`check ${model}`, signal, () => checkFirst(model, signal));
  }

  async function checkFirst(model: string, signal: AbortSignal): Promise<void> {
    const seen = await findMark(path.join(config.modelsDir, model), model);
    if (seen?.isGood && seen.device === (await pools.device()).device) return;
    const result = await check(model, signal);
    const line = describeCheck(result);
    if (!result.isGood) throw new HansardError('model_unfit', line);
    logger.warn({ model }, `first run of a model that was never run where Hansard is made: ${line}`);
  }

  const ollama = languageModel(config, logger, () => pools.device());
  return {
    decode: {
      version: VERSIONS.decode,
      models: () => [],
      run: async ({ sourcePath, workDir }, _options, { signal, onProgress }) =>
        decodeRecording({ sourcePath, workDir, signal, onProgress }, await findFfmpeg()),
    },
    transcribe: {
      version: VERSIONS.transcribe,
      models: options => hashesOf([...recognizersOf(planRecognition(options)), 'silero-vad']),
      toldTerms: options => (planRecognition(options).multilingual ? termsOf(options.glossary) : []),
      run: async (audio, options, context) => {
        await checkUntried(recognizersOf(planRecognition(options)), context.signal);
        return await infer(modelsForTranscription(options), context, pool =>
          transcribe(createTranscriber(pool), audio, options, context),
        );
      },
    },
    diarize: {
      version: VERSIONS.diarize,
      models: () => hashesOf(['segmentation-3.0', 'campplus']),
      run: (audio, options, context) =>
        infer(modelsForTranscription(options), context, pool => createDiarizer(pool).diarize(audio, options, context)),
    },
    voices: {
      model: hashesOf(['campplus']).join('-'),
      measure: (audio, spans, options, context) =>
        infer(modelsForTranscription(options), context, pool => measureVoices(pool, audio, spans, context)),
    },
    chooseSummarizer: (options, signal) =>
      chooseSummarizer(options, { server: config.languageModel, logger, ollama }, signal),
    ollama,
    extractive,
    templates: loadTemplatesLoudly(config.templatesDir, logger),
    device: () => pools.device(),
    check,
    close: () => pools.close(),
  };
}

/** Tracks that are one speaker's each are heard packed, and the words put back in their places. */
async function transcribe(
  transcriber: Transcriber,
  { packed, ...mix }: DecodedAudio,
  options: RecordingOptions,
  context: StageContext,
): Promise<Transcription> {
  if (!packed) return await transcriber.transcribe(mix, options, context);
  const { wavPath, tracks } = packed;
  const durationMs = (tracks.sampleCount / SAMPLE_RATE_HZ) * 1000;
  const heard = await transcriber.transcribe(
    { wavPath, sampleCount: tracks.sampleCount, durationMs },
    options,
    context,
  );
  return unpackWords(heard, tracks);
}

/** `auto` takes the language model where its server answers and has it. */
async function chooseSummarizer(
  { summarizer: wanted }: RecordingOptions,
  { server, logger, ollama }: { server: ModelServer; logger: Logger; ollama: ChosenSummarizer },
  signal: AbortSignal,
): Promise<ChosenSummarizer> {
  if (wanted === 'extractive') return extractive;
  const found = await (await openModel(server)).find(signal);
  if (found.isReady) {
    for (const warning of found.warnings) logger.warn(warning);
    return ollama;
  }
  if (wanted === 'ollama') throw new HansardError('summarizer_offline', found.reason);
  return extractive;
}

/** The part of the key where nobody named a model: bot and worker may run on different machines. */
const UNNAMED = 'default';

/** One that shares a GPU with our models takes its turn, and lets go of the memory after. */
function languageModel(
  { languageModel: server, templatesDir }: Config,
  logger: Logger,
  findDevice: () => Promise<DeviceChoice>,
): ChosenSummarizer {
  const { prompts, hash } = loadPromptsLoudly(templatesDir, logger);
  return {
    method: server.model ?? UNNAMED,
    version: VERSIONS.ollama,
    ownPrompts: hash,
    summarizer: {
      async summarize(transcript, options, context) {
        const device = isOnThisMachine(server) ? (await findDevice()).device : 'cpu';
        const summarizer = createModelSummarizer(await openModel(server, device !== 'cpu'), { prompts });
        return await withDevice(device, { signal: context.signal, logger }, () =>
          summarizer.summarize(transcript, options, context),
        );
      },
    },
  };
}

const extractive: ChosenSummarizer = {
  method: 'extractive',
  version: VERSIONS.extractive,
  summarizer: createExtractiveSummarizer(),
};

function hashesOf(models: readonly string[]): string[] {
  return models.flatMap(name => findModel(name).files.map(file => file.sha256));
}
