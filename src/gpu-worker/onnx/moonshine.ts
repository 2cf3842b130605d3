/** Moonshine, an English speech recogniser (MIT): pieces of sound to words with times and confidence. */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { SAMPLE_RATE_HZ, type Span } from '../../pipeline/meeting.ts';
import { MAX_BATCH_MS, planBatches } from '../asr/batches.ts';
import { searchGreedily } from '../asr/greedy-search.ts';
import { buildPieceTranscript, type PieceTranscript } from '../asr/piece-transcript.ts';
import type { WavFile } from '../audio/wav-file.ts';
import { createDecoderBatch, type DecoderShape, type EncodedPiece } from './decoder-batch.ts';
import { createSession, type LoadOptions } from './session.ts';
import { hasVnni } from './vnni.ts';

const HEADS = 8;

/** Alignment heads: chosen on synthetic speech with exact times (models.md, 3). */
const shapes = {
  'moonshine-base': {
    layers: 8,
    heads: HEADS,
    headSize: 52,
    alignmentRows: [5 * HEADS + 5, 4 * HEADS + 2, 6 * HEADS + 1, 6 * HEADS + 4, 7 * HEADS + 4, 6 * HEADS + 7],
  },
  'moonshine-tiny': {
    layers: 6,
    heads: HEADS,
    headSize: 36,
    alignmentRows: [3 * HEADS + 5, 5 * HEADS + 6, 4 * HEADS + 7, 5 * HEADS + 7, 5 * HEADS + 3, 3 * HEADS + 6],
  },
} as const satisfies Record<string, DecoderShape>;

export type MoonshineName = keyof typeof shapes;

/** Speech has about 6 tokens per second at most (models.md, 3); a longer text is invented. */
const MAX_TOKENS_PER_SECOND = 6.5;
const MIN_TOKENS = 6;
/** The smallest piece from which the encoder still makes a frame or two. */
const MIN_SAMPLES = 2_000;

export interface Moonshine {
  /**
   * Recognises pieces of one recording, in the order given. Each piece is at most 30 s long.
   * @throws the signal's reason once it is aborted
   */
  transcribe(
    wav: WavFile,
    pieces: readonly Span[],
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<PieceTranscript[]>;
  release(): Promise<void>;
}

/**
 * Loads the weightless graphs over the published, quantized weights.
 * @throws HansardError `inference_failed` or `device_unavailable`
 */
export async function loadMoonshine(
  name: MoonshineName,
  { weightsDir, graphsDir, device, batchFactor = 1 }: LoadOptions,
): Promise<Moonshine> {
  const shape = shapes[name];
  const ending = device === 'cpu' && hasVnni() ? '-signed.onnx' : '.onnx';
  const encoder = await createSession(path.join(graphsDir, `${name}-encoder${ending}`), weightsDir, device);
  const decoder = await createSession(path.join(graphsDir, `${name}-decoder${ending}`), weightsDir, device);

  return {
    async transcribe(wav, pieces, signal, onProgress) {
      const transcripts = new Array<PieceTranscript>(pieces.length);
      const totalMs = pieces.reduce((sum, piece) => sum + piece.endMs - piece.startMs, 0);
      let doneMs = 0;
      for (const batch of planBatches(pieces, MAX_BATCH_MS * batchFactor)) {
        const rows = await createDecoderBatch(decoder, shape, batch.length, async row => {
          await setImmediate();
          signal.throwIfAborted();
          return encode(readPiece(wav, pieces[batch[row]!]!));
        });
        try {
          const maxTokens = batch.map(index => findMaxTokens(pieces[index]!));
          const decoded = await searchGreedily(rows, maxTokens, signal, setImmediate);
          batch.forEach((index, row) => {
            const piece = pieces[index]!;
            transcripts[index] = buildPieceTranscript(decoded[row]!, piece.endMs - piece.startMs);
            doneMs += piece.endMs - piece.startMs;
          });
        } finally {
          rows.release();
        }
        onProgress(doneMs / totalMs);
      }
      return transcripts;
    },
    async release() {
      await encoder.release();
      await decoder.release();
    },
  };

  /** Encoder per piece: it normalises over time, so padding would change what is heard (models.md, 3). */
  async function encode(samples: Float32Array): Promise<EncodedPiece> {
    const input = new ort.Tensor('float32', samples, [1, samples.length]);
    const wanted = encoder.outputNames.filter(name => name !== 'last_hidden_state');
    try {
      return await encoder.run({ input_values: input }, wanted);
    } finally {
      input.dispose();
    }
  }
}

function readPiece(wav: WavFile, piece: Span): Float32Array {
  const from = Math.round((piece.startMs * SAMPLE_RATE_HZ) / 1000);
  const to = Math.round((piece.endMs * SAMPLE_RATE_HZ) / 1000);
  return wav.read(from, Math.max(Math.min(to, wav.sampleCount), from + MIN_SAMPLES));
}

function findMaxTokens(piece: Span): number {
  return Math.max(MIN_TOKENS, Math.ceil(((piece.endMs - piece.startMs) / 1000) * MAX_TOKENS_PER_SECOND));
}
