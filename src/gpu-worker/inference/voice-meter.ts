/** What each voice of a recording sounds like: one embedding per voice, for the caller to use and let go. */
import { z } from 'zod';
import { SAMPLE_RATE_HZ, type Span, type SpeakerSpan } from '../../pipeline/meeting.ts';
import type { DecodedAudio, StageContext } from '../../pipeline/ports.ts';
import type { HeardVoice } from '../../pipeline/voices/match-voices.ts';
import { soloSpans } from '../../pipeline/voices/solo-spans.ts';
import { meanVector } from '../../pipeline/voices/voice-vector.ts';
import { type WavFile, withWavFile } from '../audio/wav-file.ts';
import { embeddingAt, isHeard } from '../diarization/embeddings.ts';
import { EMBEDDING_SIZE } from '../diarization/voice-models.ts';
import { isNarrowBand } from '../voices/narrow-band.ts';
import type { InferencePool } from './pool.ts';
import { runTasks } from './run-tasks.ts';

/** Longer pieces give steadier embeddings than those of the diarizer; beyond this they gain nothing (measured: 1.7 s and 5 s). */
const PIECE_MS = 5_000;
/** More speech of one voice changes its embedding no more. */
const ENOUGH_MS = 60_000;

/** 10 s of a voice tell its band. */
const BAND_SAMPLES = 10 * SAMPLE_RATE_HZ;

const floats = z.instanceof(Float32Array);

/** @param spans of the diarizer, or the whole recording as one voice */
export async function measureVoices(
  pool: InferencePool,
  { wavPath }: DecodedAudio,
  spans: readonly SpeakerSpan[],
  context: StageContext,
): Promise<HeardVoice[]> {
  const voices = [...new Set(spans.map(({ speaker }) => speaker))].sort((a, b) => a - b);
  const pieces = voices.flatMap(voice => cutPieces(soloSpans(spans, voice)).map(piece => ({ voice, ...piece })));
  if (pieces.length === 0) return [];
  const task = {
    kind: 'embed',
    wavPath,
    spans: pieces.map(({ startMs, endMs }) => ({ from: toSample(startMs), to: toSample(endMs) })),
  } as const;
  const tasks = [{ task, weight: 1, length: pieces.length * EMBEDDING_SIZE }];
  const [embeddings = new Float32Array()] = await runTasks(pool, tasks, floats, context);
  return await withWavFile(wavPath, async wav =>
    voices.flatMap(voice => {
      const own = pieces
        .map((piece, row) => ({ ...piece, vector: embeddingAt(embeddings, row) }))
        .filter(piece => piece.voice === voice && isHeard(piece.vector));
      if (own.length === 0) return [];
      const seconds = own.map(({ startMs, endMs }) => (endMs - startMs) / 1000);
      const vector = meanVector(
        own.map(piece => piece.vector),
        seconds,
      );
      const isNarrow = isNarrowBand(readPieces(wav, own));
      return [{ voice, vector, seconds: seconds.reduce((sum, one) => sum + one, 0), isNarrow }];
    }),
  );
}

/** The first seconds of a voice, one after the other. */
function readPieces(wav: WavFile, pieces: readonly Span[]): Float32Array {
  const samples = new Float32Array(BAND_SAMPLES);
  let count = 0;
  for (const { startMs, endMs } of pieces) {
    const from = toSample(startMs);
    const part = wav.read(from, Math.max(from, Math.min(toSample(endMs), from + BAND_SAMPLES - count)));
    samples.set(part, count);
    count += part.length;
  }
  return samples.subarray(0, count);
}

function toSample(ms: number): number {
  return Math.round((ms * SAMPLE_RATE_HZ) / 1000);
}

/** @param solo longest first */
function cutPieces(solo: readonly Span[]): Span[] {
  const pieces: Span[] = [];
  let takenMs = 0;
  for (const { startMs, endMs } of solo) {
    const parts = Math.max(1, Math.ceil((endMs - startMs) / PIECE_MS));
    const edge = (part: number) => startMs + ((endMs - startMs) * part) / parts;
    for (let part = 0; part < parts && takenMs < ENOUGH_MS; part++) {
      pieces.push({ startMs: edge(part), endMs: edge(part + 1) });
      takenMs += edge(part + 1) - edge(part);
    }
  }
  return pieces;
}
