/** From probabilities of speech to stretches of speech, and from those to the pieces that a recogniser hears. */
import type { Span } from '../../pipeline/meeting.ts';
import { VAD_FRAME_MS } from './vad-frames.ts';

/** Silero's own thresholds: speech begins at the one and lasts until the other (snakers4/silero-vad, utils_vad.py). */
const ONSET = 0.5;
const OFFSET = 0.35;
/** A pause shorter than this belongs to the speech around it. */
const MIN_PAUSE_FRAMES = 10;
/** Shorter sounds are clicks and coughs. */
const MIN_SPEECH_FRAMES = 5;

/**
 * Stretches of speech in time order, from one probability per frame. Bounds are those of the frames, without margin.
 * @param probabilities [frames], 0..1
 */
export function findSpeech(probabilities: Float32Array): Span[] {
  const speech: Span[] = [];
  let first = -1;
  let last = -1;
  const close = () => {
    if (first >= 0 && last - first + 1 >= MIN_SPEECH_FRAMES) {
      speech.push({ startMs: first * VAD_FRAME_MS, endMs: (last + 1) * VAD_FRAME_MS });
    }
    first = -1;
  };
  for (let frame = 0; frame < probabilities.length; frame++) {
    const probability = probabilities[frame]!;
    if (first < 0) {
      if (probability < ONSET) continue;
      first = frame;
      last = frame;
    } else if (probability >= OFFSET) {
      last = frame;
    } else if (frame - last >= MIN_PAUSE_FRAMES) {
      close();
    }
  }
  close();
  return speech;
}

/** The parts of spans that lie within another. */
export function clipSpans(spans: readonly Span[], within: Span): Span[] {
  return spans
    .map(({ startMs, endMs }) => ({
      startMs: Math.max(startMs, within.startMs),
      endMs: Math.min(endMs, within.endMs),
    }))
    .filter(({ startMs, endMs }) => startMs < endMs);
}

/** How long spans are together, in ms. */
export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}
