/** Recognises a whole recording on the pool: speech detection, languages, pieces, batches, words in recording time. */
import { z } from 'zod';
import { termsOf } from '../../pipeline/glossary/glossary-text.ts';
import type { Span } from '../../pipeline/meeting.ts';
import type { DecodedAudio, StageContext, TranscribeOptions, Transcriber } from '../../pipeline/ports.ts';
import { MAX_BATCH_MS, planBatches } from '../asr/batches.ts';
import { toChineseScript } from '../asr/chinese-script.ts';
import { fillHoles } from '../asr/fill-holes.ts';
import { type Ears, type Heard, hearLanguages, translateHeard } from '../asr/hear-languages.ts';
import { mayNotBeEnglish, NOT_ENGLISH_WARNING } from '../asr/language-doubt.ts';
import { describeOtherLanguages, findOtherLanguages } from '../asr/other-languages.ts';
import { mergePieces, type PieceTranscript } from '../asr/piece-transcript.ts';
import { cutPieces, MAX_PIECE_MS } from '../asr/pieces.ts';
import { findMainLanguage } from '../asr/smooth-languages.ts';
import { clipSpans, findSpeech, lengthOf } from '../asr/speech-regions.ts';
import { splitByLanguage } from '../asr/split-by-language.ts';
import { describeUnheard } from '../asr/unheard-speech.ts';
import { VAD_FRAME_SAMPLES } from '../asr/vad-frames.ts';
import { MULTILINGUAL_DEFAULT, planRecognition, type RecognitionPlan } from '../models/plan-recognition.ts';
import type { InferencePool } from './pool.ts';
import type { Task } from './protocol.ts';
import { partOf, runTasks } from './run-tasks.ts';

/** Share of the time that speech detection takes (Silero hears 300 s per second, Moonshine 40). */
const DETECTED = 0.1;
/** Frames of speech detection in one task: enough for all of Silero's parallel streams, an hour at most. */
const LEAST_FRAMES = 16_000;
const MOST_FRAMES = 112_500;
/** Whisper would hear 30 s, and at 28 s it lost more words; most sentences hold one language. */
const CUT_MS = { pieces: MAX_PIECE_MS, sentences: 6_000 } as const;
/** Whisper's windows in one task: cross keys and values take 1.2 MB per second of sound. */
const MAX_WINDOWS_MS = 120_000;

const probabilities = z.instanceof(Float32Array);
const word = z.object({ text: z.string(), startMs: z.number(), endMs: z.number(), confidence: z.number() });
const transcripts: z.ZodType<PieceTranscript[]> = z.array(
  z.object({
    words: z.array(word),
    tokenCount: z.number(),
    logProbability: z.number(),
    language: z.string().optional(),
    languages: z.record(z.string(), z.number()).optional(),
  }),
);

export function createTranscriber(pool: InferencePool): Transcriber {
  return {
    async transcribe(audio, options, context) {
      const plan = planRecognition(options);
      const { wavPath, sampleCount, durationMs } = audio;
      const detected = await detectSpeech(pool, wavPath, sampleCount, partOf(context, 0, DETECTED));
      const speech = findSpeech(detected);
      const ears = createEars(
        { pool, wavPath, speech, detected, durationMs, plan, terms: termsOf(options.glossary) },
        partOf(context, DETECTED, 1),
      );
      const heard: Heard[] = [];
      for (const stretch of splitByLanguage(durationMs, options)) {
        const own = await hearStretch(ears, stretch, plan);
        heard.push(...(skipsSpeech(plan) ? await fillHoles(ears, own, detected) : own));
      }
      const byPiece = heard.map(({ transcript }) => transcript);
      const merged = mergePieces(heard, byPiece, detected);
      const translation = options.translate
        ? mergePieces(heard, await translateHeard(ears, heard), detected)
        : undefined;
      const { chineseScript } = options;
      const words = chineseScript ? await toChineseScript(merged, chineseScript) : merged;
      const language =
        findMainLanguage(heard.filter(({ transcript }) => transcript.words.length > 0)) ?? nameNone(options);
      const otherLanguages = findOtherLanguages(heard, language);
      const doubted = !plan.multilingual && words.length > 0 && mayNotBeEnglish(byPiece);
      const warnings = [
        ...(doubted ? [NOT_ENGLISH_WARNING] : []),
        ...describeOtherLanguages(otherLanguages, language, options),
        ...describeUnheard(speech, heard, words),
      ];
      context.onProgress(1);
      return {
        ...{ language, words, speech, warnings },
        ...(otherLanguages.length > 0 && { otherLanguages }),
        ...(translation && { translation }),
      };
    },
  };
}

/** The other recognisers go through the sound frame by frame. */
function skipsSpeech({ multilingual }: RecognitionPlan): boolean {
  return multilingual?.startsWith('whisper') ?? false;
}

/** What a recording without words is said to be in. */
function nameNone({ language }: TranscribeOptions): string {
  return language === 'auto' ? 'en' : language;
}

async function hearStretch(ears: Ears, { language, ...within }: Span & { language: string }, plan: RecognitionPlan) {
  if (!plan.multilingual || (language === 'en' && ears.hearEnglish)) {
    const pieces = ears.cut(within, 'pieces');
    return attach(pieces, (await ears.hearEnglish?.(pieces)) ?? [], 'en');
  }
  if (language === 'auto') return hearLanguages(ears, within);
  const pieces = ears.cut(within, 'pieces');
  return attach(pieces, await ears.hearAny(pieces, language), language);
}

function attach(spans: readonly Span[], heard: readonly PieceTranscript[], language: string): Heard[] {
  return heard.map((transcript, index) => ({ ...spans[index]!, transcript, language }));
}

interface Recording extends Pick<DecodedAudio, 'wavPath' | 'durationMs'> {
  pool: InferencePool;
  speech: readonly Span[];
  /** Probability of speech, one per frame. */
  detected: Float32Array;
  plan: RecognitionPlan;
  /** What may be said. */
  terms: string[];
}

/** The models on the pool. Nobody knows before how often they are asked, so each call takes its share of what is left. */
function createEars(
  { pool, wavPath, speech, detected, durationMs, plan, terms }: Recording,
  context: StageContext,
): Ears {
  const { english, multilingual } = plan;
  const totalMs = Math.max(1, lengthOf(speech));
  let done = 0;
  const hear = async (spans: readonly Span[], maxBatchMs: number, toTask: (own: Span[]) => Task) => {
    const batches = planBatches(spans, maxBatchMs * pool.batchFactor);
    const tasks = batches.map(batch => {
      const own = batch.map(index => spans[index]!);
      return { task: toTask(own), weight: lengthOf(own), length: own.length };
    });
    const next = done + (1 - done) * Math.min(1, lengthOf(spans) / totalMs);
    const answers = await runTasks(pool, tasks, transcripts, partOf(context, done, next));
    done = next;
    const inOrder = new Array<PieceTranscript>(spans.length);
    batches.forEach((batch, task) => {
      batch.forEach((span, index) => {
        inOrder[span] = answers[task]![index]!;
      });
    });
    return inOrder;
  };
  const hearWindows = (windows: readonly Span[], translate: boolean, language?: string) =>
    hear(windows, MAX_WINDOWS_MS, own => ({
      ...{ kind: 'recognize-windows', wavPath, model: multilingual ?? MULTILINGUAL_DEFAULT, windows: own, translate },
      ...(language !== undefined && { language }),
      ...(terms.length > 0 && !translate && { terms }),
    }));
  return {
    hearEnglish:
      english &&
      (pieces => hear(pieces, MAX_BATCH_MS, own => ({ kind: 'recognize', wavPath, model: english, pieces: own }))),
    hearAny: (windows, language) => hearWindows(windows, false, language),
    translate: (windows, language) => hearWindows(windows, true, language),
    cut: (within, into) => cutPieces(clipSpans(speech, within), detected, durationMs, CUT_MS[into]),
  };
}

async function detectSpeech(
  pool: InferencePool,
  wavPath: string,
  sampleCount: number,
  context: StageContext,
): Promise<Float32Array> {
  const frames = Math.ceil(sampleCount / VAD_FRAME_SAMPLES);
  const perTask = Math.min(MOST_FRAMES, Math.max(LEAST_FRAMES, Math.ceil(frames / pool.size)));
  const tasks = Array.from({ length: Math.ceil(frames / perTask) }, (_, index) => {
    const fromFrame = index * perTask;
    const toFrame = Math.min(frames, fromFrame + perTask);
    const length = toFrame - fromFrame;
    return { task: { kind: 'detect-speech', wavPath, fromFrame, toFrame } as const, weight: length, length };
  });
  const parts = await runTasks(pool, tasks, probabilities, context);
  const all = new Float32Array(frames);
  parts.forEach((part, index) => {
    all.set(part, index * perTask);
  });
  return all;
}
