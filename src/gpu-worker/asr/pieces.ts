/** Cuts speech into the pieces that are recognised one by one: short enough for the model, cut where nobody speaks. */
import type { Span } from '../../pipeline/meeting.ts';
import { VAD_FRAME_MS } from './vad-frames.ts';

/** Longer pieces cost more attention, shorter ones lose context: at 10 s meetings had 7 % more word errors than at 15 s. */
export const MAX_PIECE_MS = 15_000;
/** Speech further apart than this is not joined. */
const MAX_GAP_MS = 2_000;
/** A word's soft beginning and end lie outside what was detected as speech. */
const MARGIN_MS = 96;

/**
 * Pieces of at most `maxPieceMs` in time order, which cover all speech. Speech that goes on for longer is cut at its lowest
 * probability; speech with short gaps between is joined, since the recogniser does better with context.
 * @param speech from `findSpeech`
 * @param probabilities one per frame of speech detection
 * @param durationMs of the recording; no piece goes beyond
 */
export function cutPieces(
  speech: readonly Span[],
  probabilities: Float32Array,
  durationMs: number,
  maxPieceMs = MAX_PIECE_MS,
): Span[] {
  const pieces: Span[] = [];
  for (const span of speech) {
    const startMs = Math.max(0, span.startMs - MARGIN_MS);
    const endMs = Math.min(durationMs, span.endMs + MARGIN_MS);
    for (const part of splitLong({ startMs, endMs }, probabilities, maxPieceMs)) {
      const previous = pieces.at(-1);
      const joins =
        previous && part.endMs - previous.startMs <= maxPieceMs && part.startMs - previous.endMs <= MAX_GAP_MS;
      if (joins) previous.endMs = Math.max(previous.endMs, part.endMs);
      else pieces.push(part);
    }
  }
  return pieces;
}

/** Cuts in the later half of what may be one piece, so that no part gets short. */
function splitLong(span: Span, probabilities: Float32Array, maxPieceMs: number): Span[] {
  const parts: Span[] = [];
  let { startMs } = span;
  while (span.endMs - startMs > maxPieceMs) {
    const from = Math.ceil((startMs + maxPieceMs / 2) / VAD_FRAME_MS);
    const to = Math.floor(Math.min(startMs + maxPieceMs, span.endMs - 500) / VAD_FRAME_MS);
    const cutMs = (lowestFrame(probabilities, from, to) + 0.5) * VAD_FRAME_MS;
    parts.push({ startMs, endMs: cutMs });
    startMs = cutMs;
  }
  parts.push({ startMs, endMs: span.endMs });
  return parts;
}

/** The frame in [from, to) whose probability, averaged with its neighbours', is lowest. */
function lowestFrame(probabilities: Float32Array, from: number, to: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  let found = from;
  for (let frame = from; frame < to; frame++) {
    const sum = (probabilities[frame - 1] ?? 0) + (probabilities[frame] ?? 0) + (probabilities[frame + 1] ?? 0);
    if (sum < lowest) {
      lowest = sum;
      found = frame;
    }
  }
  return found;
}
