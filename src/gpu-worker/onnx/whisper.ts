/** Whisper (MIT), a recogniser of 99 languages: windows of sound to words with times, confidence and language. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Span } from '../../pipeline/meeting.ts';
import { planBatches } from '../asr/batches.ts';
import { buildPieceTranscript, type PieceTranscript } from '../asr/piece-transcript.ts';
import type { DecodedWindow } from '../asr/whisper-search.ts';
import { createWhisperVocabulary, type WhisperVocabulary } from '../asr/whisper-vocabulary.ts';
import { groupWhisperTokens } from '../asr/whisper-words.ts';
import { isSilence } from '../asr/window-guards.ts';
import { decodeWindows } from '../asr/window-tries.ts';
import { buildMelBands } from '../audio/log-mel.ts';
import type { WavFile } from '../audio/wav-file.ts';
import { createDecoderBatch, type DecoderShape, type EncodedPiece } from './decoder-batch.ts';
import { type HubWhisperName, loadHubWhisper } from './hub-whisper.ts';
import { createSession, type LoadOptions } from './session.ts';
import { hasVnni } from './vnni.ts';
import { hearWindow, type WhisperModel } from './whisper-model.ts';
import type { WindowOptions, WindowRecognizer } from './window-recognizer.ts';

const shapes = {
  'whisper-base': { layers: 6, heads: 8, headSize: 64, alignmentRows: [0, 1, 2, 3, 4, 5, 6, 7], mels: 80 },
} as const satisfies Record<string, DecoderShape & { mels: number }>;

export type WhisperName = keyof typeof shapes | HubWhisperName;

/** Sound in one batch: cross keys and values take 1.2 MB per second. */
const MAX_BATCH_MS = 120_000;
/** The model's memory for text is 448 tokens; a prompt may take the other half. */
const MAX_TOKENS = 224;
/** Chinese needs most: up to 8 tokens a second. */
const MAX_TOKENS_PER_SECOND = 9;
const MIN_TOKENS = 12;

const configSchema = z.object({ suppress_ids: z.array(z.number()), suppress_ids_begin: z.array(z.number()) });

/**
 * Loads the published weights, under our own graphs where there are such.
 * @throws HansardError `model_missing`, `inference_failed` or `device_unavailable`
 */
export async function loadWhisper(
  name: WhisperName,
  { weightsDir, graphsDir, device, batchFactor = 1 }: LoadOptions,
): Promise<WindowRecognizer> {
  const model =
    name === 'whisper-base'
      ? await loadRebuilt(name, { weightsDir, graphsDir, device })
      : await loadHubWhisper(name, { weightsDir, device });
  const { vocabulary, suppressed, suppressedFirst } = model;

  return {
    async transcribe(wav, windows, { language, task, terms = [] }, signal, onProgress) {
      const transcripts = new Array<PieceTranscript>(windows.length);
      const totalMs = windows.reduce((sum, window) => sum + lengthOf(window), 0);
      let doneMs = 0;
      for (const batch of planBatches(windows, model.maxBatchMs * batchFactor)) {
        const own = batch.map(index => windows[index]!);
        const decoded = await decode(wav, own, { language, task, terms, signal });
        for (const [row, index] of batch.entries()) {
          transcripts[index] = toTranscript(decoded[row]!, lengthOf(windows[index]!), vocabulary);
          doneMs += lengthOf(windows[index]!);
        }
        onProgress(doneMs / totalMs);
      }
      return transcripts;
    },
    release: () => model.release(),
  };

  async function decode(
    wav: WavFile,
    windows: readonly Span[],
    {
      language,
      signal,
      ...asked
    }: Pick<WindowOptions, 'language' | 'task'> & { terms: readonly string[]; signal: AbortSignal },
  ): Promise<DecodedWindow[]> {
    const batch = await model.hear(wav, windows, signal);
    try {
      const requests = windows.map(window => ({ language, maxTokens: findMaxTokens(window) }));
      const options = { ...asked, vocabulary, suppressed, suppressedFirst, random: createRandom() };
      return await decodeWindows(batch, requests, options, signal, setImmediate);
    } finally {
      batch.release();
    }
  }
}

/** Weightless graphs over the published weights. */
async function loadRebuilt(
  name: keyof typeof shapes,
  { weightsDir, graphsDir, device }: LoadOptions,
): Promise<WhisperModel> {
  const shape = shapes[name];
  const ending = device === 'cpu' && hasVnni() ? '-signed.onnx' : '.onnx';
  const vocabulary = createWhisperVocabulary(z.array(z.string()).parse(await readJson(weightsDir, 'vocabulary.json')));
  const config = configSchema.parse(await readJson(weightsDir, 'config.json'));
  const encoder = await createSession(path.join(graphsDir, `${name}-encoder${ending}`), weightsDir, device);
  const decoder = await createSession(path.join(graphsDir, `${name}-decoder${ending}`), weightsDir, device);
  const bands = buildMelBands(shape.mels);

  return {
    vocabulary,
    suppressed: config.suppress_ids,
    suppressedFirst: config.suppress_ids_begin,
    maxBatchMs: MAX_BATCH_MS,
    hear: (wav, windows, signal) =>
      createDecoderBatch(decoder, shape, windows.length, async row => {
        await setImmediate();
        signal.throwIfAborted();
        return encode(wav, windows[row]!);
      }),
    async release() {
      await encoder.release();
      await decoder.release();
    },
  };

  /** `input_features` [1, mels, frames], as long as the window and a little silence. */
  async function encode(wav: WavFile, window: Span): Promise<EncodedPiece> {
    const { features, frames } = hearWindow(wav, window, bands);
    const input = new ort.Tensor('float32', features, [1, shape.mels, frames]);
    try {
      return await encoder.run({ input_features: input });
    } finally {
      input.dispose();
    }
  }
}

function toTranscript(window: DecodedWindow, lengthMs: number, vocabulary: WhisperVocabulary): PieceTranscript {
  const { language, languages } = window;
  const heard = isSilence(window) ? { ...window, tokens: [], probabilities: [], attention: [] } : window;
  const transcript = buildPieceTranscript(heard, lengthMs, {
    ...{ frameMs: 20, firstFrameMs: 90 },
    groupTokens: tokens => groupWhisperTokens(tokens, language, vocabulary),
  });
  return { ...transcript, language, languages };
}

function lengthOf({ startMs, endMs }: Span): number {
  return endMs - startMs;
}

function findMaxTokens(window: Span): number {
  return Math.min(MAX_TOKENS, MIN_TOKENS + Math.ceil((lengthOf(window) / 1000) * MAX_TOKENS_PER_SECOND));
}

/** The same numbers each time, so that a recording gives the same words each time (mulberry32, public domain). */
function createRandom(): () => number {
  let state = 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

async function readJson(folder: string, name: string): Promise<unknown> {
  const file = path.join(folder, name);
  const text = await fs.readFile(file, 'utf8').catch(cause => {
    throw new HansardError('model_missing', file, { cause });
  });
  return JSON.parse(text);
}
