/** Finds where a track sounds at all: people who listen leave hours of silence, and nothing has to hear that. */
import { setImmediate } from 'node:timers/promises';
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';
import type { WavFile } from '../audio/wav-file.ts';
import type { SampleSpan } from '../diarization/voice-models.ts';

const FRAME_SAMPLES = 512;
const FRAMES_AT_ONCE = 2_000;
/** Mean square of -70 dBFS: quieter than any voice, louder than what Discord sends for silence. */
const SILENT_BELOW = 1e-7;
/** Silence shorter than this stays. */
const MIN_GAP_SAMPLES = 5 * SAMPLE_RATE_HZ;
/**
 * Silence kept on each side. Side by side those of two stretches are longer than what is joined to one piece of speech
 * (2 s, `pieces.ts`), so that nobody's words get into somebody else's piece.
 */
const MARGIN_SAMPLES = 1.25 * SAMPLE_RATE_HZ;

/** The sounding stretches in time order, with silence around, which may lie outside the file. */
export async function findStretches(wav: WavFile, signal: AbortSignal): Promise<SampleSpan[]> {
  const stretches: SampleSpan[] = [];
  const frameCount = Math.ceil(wav.sampleCount / FRAME_SAMPLES);
  for (let first = 0; first < frameCount; first += FRAMES_AT_ONCE) {
    await setImmediate(); // hours of it are read: others get their turn
    signal.throwIfAborted();
    const frames = Math.min(FRAMES_AT_ONCE, frameCount - first);
    const samples = wav.read(first * FRAME_SAMPLES, (first + frames) * FRAME_SAMPLES);
    for (let frame = 0; frame < frames; frame++) {
      if (meanSquare(samples, frame * FRAME_SAMPLES) < SILENT_BELOW) continue;
      const from = (first + frame) * FRAME_SAMPLES - MARGIN_SAMPLES;
      const to = (first + frame + 1) * FRAME_SAMPLES + MARGIN_SAMPLES;
      const last = stretches.at(-1);
      if (last && from - last.to < MIN_GAP_SAMPLES - 2 * MARGIN_SAMPLES) last.to = to;
      else stretches.push({ from, to });
    }
  }
  return stretches;
}

function meanSquare(samples: Float32Array, from: number): number {
  let sum = 0;
  for (let index = from; index < from + FRAME_SAMPLES; index++) sum += samples[index]! * samples[index]!;
  return sum / FRAME_SAMPLES;
}
