/**
 * SenseVoiceSmall (FunAudioLLM), a recogniser of Chinese, Cantonese, Japanese, Korean and English: one run per window, and
 * the language comes with the text. The files are those of sherpa-onnx, whose export this follows (scripts/sense-voice).
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { SAMPLE_RATE_HZ, type Span } from '../../pipeline/meeting.ts';
import { searchCtc } from '../asr/ctc-search.ts';
import { type PieceTranscript, placeWords } from '../asr/piece-transcript.ts';
import type { SentencePieces } from '../asr/sentence-pieces.ts';
import { groupWhisperTokens } from '../asr/whisper-words.ts';
import { computeFbank, FBANK_BINS, FBANK_STEP, FBANK_WIDTH } from '../audio/fbank.ts';
import { stackFrames } from '../audio/low-frame-rate.ts';
import type { WavFile } from '../audio/wav-file.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';
import { readSentencePieces } from './read-sentence-pieces.ts';
import { createSession, type Device } from './session.ts';
import type { WindowRecognizer } from './window-recognizer.ts';

const modelFiles = { 'sensevoice-small': 'model.int8.onnx', 'sensevoice-small-fp32': 'model.onnx' } as const;

export type SenseVoiceName = keyof typeof modelFiles;

const LANGUAGES = ['zh', 'en', 'yue', 'ja', 'ko'] as const;
/** Before the sound the answer has language, emotion, event, and whether numbers are written as such. */
const TAG_FRAMES = 4;
const BLANK = 0;
/** Chances below it are left out. */
const LEAST_CHANCE = 0.01;

const integer = z.coerce.number().int().min(0);
const numbers = z.string().transform(text => Float32Array.from(text.split(','), Number));
const metadataSchema = z
  .object({
    ...{ lfr_window_size: integer, lfr_window_shift: integer, neg_mean: numbers, inv_stddev: numbers },
    ...{ with_itn: integer, lang_auto: integer },
    ...{ lang_zh: integer, lang_en: integer, lang_yue: integer, lang_ja: integer, lang_ko: integer },
  })
  .refine(
    ({ lfr_window_size, neg_mean, inv_stddev }) =>
      [neg_mean, inv_stddev].every(values => values.length === lfr_window_size * FBANK_BINS),
    'the normalisation has another size than the features',
  );
type Metadata = z.infer<typeof metadataSchema>;

/**
 * Loads the published graph, the metadata in it, and the vocabulary beside it.
 * @throws HansardError `model_missing`, `inference_failed` or `device_unavailable`
 */
export async function loadSenseVoice(
  name: SenseVoiceName,
  { weightsDir, device }: { weightsDir: string; device: Device },
): Promise<WindowRecognizer> {
  const modelPath = path.join(weightsDir, modelFiles[name]);
  const vocabulary = await readSentencePieces(path.join(weightsDir, 'tokens.txt'));
  const session = await createSession(modelPath, weightsDir, device);
  const metadata = parseMetadata(await readOnnxMetadata(modelPath), modelPath);

  return {
    async transcribe(wav, windows, { language, task }, signal, onProgress) {
      if (task === 'translate') throw new HansardError('invalid_usage', `${name} does not translate.`);
      const transcripts: PieceTranscript[] = [];
      for (const window of windows) {
        await setImmediate(); // run() blocks: let a cancel be heard
        signal.throwIfAborted();
        const logits = await run(computeFeatures(readWindow(wav, window), metadata), language);
        transcripts.push(toTranscript(logits, vocabulary, language, window.endMs - window.startMs, metadata));
        onProgress(transcripts.length / windows.length);
      }
      return transcripts;
    },
    release: () => session.release(),
  };

  /** @returns [4 + frames, vocabulary] */
  async function run(features: Float32Array, language: string | undefined): Promise<Float32Array> {
    const size = metadata.neg_mean.length;
    const frames = features.length / size;
    const one = (value: number) => new ort.Tensor('int32', Int32Array.of(value), [1]);
    const { logits } = await session.run({
      x: new ort.Tensor('float32', features, [1, frames, size]),
      x_length: one(frames),
      language: one(idOfLanguage(language, metadata)),
      text_norm: one(metadata.with_itn),
    });
    if (!(logits?.data instanceof Float32Array)) throw new TypeError('the graph gives no logits');
    return logits.data;
  }
}

/** Stacked and normalised fbank. */
function computeFeatures(samples: Float32Array, metadata: Metadata): Float32Array {
  const { lfr_window_size: width, lfr_window_shift: step, neg_mean: shifts, inv_stddev: scales } = metadata;
  const features = stackFrames(computeFbank(samples, 'hamming'), FBANK_BINS, { width, step });
  const size = shifts.length;
  return features.map((value, index) => (value + shifts[index % size]!) * scales[index % size]!);
}

function readWindow(wav: WavFile, { startMs, endMs }: Span): Float32Array {
  const from = Math.round((startMs * SAMPLE_RATE_HZ) / 1000);
  const to = Math.min(wav.sampleCount, Math.round((endMs * SAMPLE_RATE_HZ) / 1000));
  return wav.read(from, Math.max(to, from + FBANK_WIDTH));
}

function toTranscript(
  logits: Float32Array,
  vocabulary: SentencePieces,
  asked: string | undefined,
  lengthMs: number,
  metadata: Metadata,
): PieceTranscript {
  const size = vocabulary.pieces.length;
  const languages = readLanguages(logits.subarray(0, size), vocabulary);
  const language = asked ?? Object.entries(languages).sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'en';
  const { tokens, frames, probabilities } = searchCtc(logits, size, BLANK, TAG_FRAMES);
  const frameMs = (metadata.lfr_window_shift * FBANK_STEP * 1000) / SAMPLE_RATE_HZ;
  const startsMs = frames.map(frame => (frame - TAG_FRAMES) * frameMs);
  const words = groupWhisperTokens(tokens, language, vocabulary);
  return { ...placeWords(words, { startsMs, probabilities }, lengthMs), language, languages };
}

/** Probability of each language among those that it knows, by the first tag. */
function readLanguages(scores: Float32Array, { pieces }: SentencePieces): Record<string, number> {
  const own = LANGUAGES.map(code => [code, scores[pieces.indexOf(`<|${code}|>`)] ?? Number.NEGATIVE_INFINITY] as const);
  const highest = Math.max(...own.map(([, score]) => score));
  const weights = own.map(([code, score]) => [code, Math.exp(score - highest)] as const);
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  const chances = weights.map(([code, weight]) => [code, weight / sum] as const);
  return Object.fromEntries(chances.filter(([, chance]) => chance >= LEAST_CHANCE));
}

function idOfLanguage(code: string | undefined, metadata: Metadata): number {
  const known = LANGUAGES.find(language => language === code);
  return known ? metadata[`lang_${known}`] : metadata.lang_auto;
}

function parseMetadata(metadata: Map<string, string>, file: string): Metadata {
  const parsed = metadataSchema.safeParse(Object.fromEntries(metadata));
  if (parsed.success) return parsed.data;
  throw new HansardError('inference_failed', `${file}: ${z.prettifyError(parsed.error)}`);
}
