/** Recognises a whole recording with Moonshine on the pool: speech detection, pieces, batches, words in recording time. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Span } from '../../pipeline/meeting.ts';
import type { StageContext, Transcriber } from '../../pipeline/ports.ts';
import { planBatches } from '../asr/batches.ts';
import { mayNotBeEnglish, NOT_ENGLISH_WARNING } from '../asr/language-doubt.ts';
import { mergePieces, type PieceTranscript } from '../asr/piece-transcript.ts';
import { cutPieces } from '../asr/pieces.ts';
import { findSpeech } from '../asr/speech-regions.ts';
import { VAD_FRAME_SAMPLES } from '../asr/vad-frames.ts';
import type { InferencePool } from './pool.ts';
import { type Task, taskSchema } from './protocol.ts';
import { partOf, runTasks } from './run-tasks.ts';

/** Share of the time that speech detection takes (Silero hears 300 s per second, Moonshine 40). */
const DETECTED = 0.1;
/** Frames of speech detection in one task: enough for all of Silero's parallel streams, an hour at most. */
const LEAST_FRAMES = 16_000;
const MOST_FRAMES = 112_500;

const probabilities = z.instanceof(Float32Array);
const word = z.object({ text: z.string(), startMs: z.number(), endMs: z.number(), confidence: z.number() });
const transcripts: z.ZodType<PieceTranscript[]> = z.array(
  z.object({ words: z.array(word), tokenCount: z.number(), logProbability: z.number() }),
);

export function createTranscriber(pool: InferencePool): Transcriber {
  return {
    async transcribe({ wavPath, sampleCount, durationMs }, options, context) {
      const model = parseModel(options.model);
      const speechProbabilities = await detectSpeech(pool, wavPath, sampleCount, partOf(context, 0, DETECTED));
      const speech = findSpeech(speechProbabilities);
      const pieces = cutPieces(speech, speechProbabilities, durationMs);
      const batches = planBatches(pieces);
      const answers = await runTasks(
        pool,
        batches.map(batch =>
          toTask(
            wavPath,
            model,
            batch.map(index => pieces[index]!),
          ),
        ),
        transcripts,
        partOf(context, DETECTED, 1),
      );
      const byPiece = new Array<PieceTranscript>(pieces.length);
      batches.forEach((batch, task) => {
        batch.forEach((piece, index) => {
          byPiece[piece] = answers[task]![index]!;
        });
      });
      const words = mergePieces(pieces, byPiece, speechProbabilities);
      const warnings = words.length > 0 && mayNotBeEnglish(byPiece) ? [NOT_ENGLISH_WARNING] : [];
      context.onProgress(1);
      return { language: 'en', words, speech, warnings };
    },
  };
}

type RecognitionModel = Extract<Task, { kind: 'recognize' }>['model'];

function parseModel(name: string): RecognitionModel {
  const task = taskSchema.safeParse({ kind: 'recognize', wavPath: '', model: name, pieces: [] });
  if (task.success && task.data.kind === 'recognize') return task.data.model;
  throw new HansardError('invalid_usage', `${name} is no speech recognition model`);
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

function toTask(wavPath: string, model: RecognitionModel, pieces: Span[]) {
  const weight = pieces.reduce((sum, piece) => sum + piece.endMs - piece.startMs, 0);
  return { task: { kind: 'recognize', wavPath, model, pieces } as const, weight, length: pieces.length };
}
