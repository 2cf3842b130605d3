/** What the decoding of Whisper needs of a model, however its graphs and files are cut. */
import { SAMPLE_RATE_HZ, type Span } from '../../pipeline/meeting.ts';
import type { WhisperVocabulary } from '../asr/whisper-vocabulary.ts';
import { computeLogMel, LOG_MEL_STEP, type MelBands } from '../audio/log-mel.ts';
import type { WavFile } from '../audio/wav-file.ts';
import type { DecoderBatch } from './decoder-batch.ts';

export interface WhisperModel {
  vocabulary: WhisperVocabulary;
  /** Marks and signs that no transcript has, and those that do not begin one. */
  suppressed: readonly number[];
  suppressedFirst: readonly number[];
  /** Sound that may be decoded together, by what a second of it takes of memory. */
  maxBatchMs: number;
  /**
   * Hears windows, the longest one first: a row each, of which nothing is decoded yet.
   * @throws the signal's reason once it is aborted
   */
  hear(wav: WavFile, windows: readonly Span[], signal: AbortSignal): Promise<DecoderBatch>;
  release(): Promise<void>;
}

/** Half the sound that Whisper can hear, in mel frames: two make one frame of the encoder. */
export const MEL_FRAMES = 3_000;
/** Silence after a window, so that its last word is heard to its end; less than training had, see bench/RESULTS.md. */
const TAIL_MS = 3_000;

/** @returns log-mel of the window, and the frames of it and a little silence: an even number, of at most MEL_FRAMES */
export function hearWindow(wav: WavFile, window: Span, bands: MelBands, fullLength = false) {
  const from = Math.round((window.startMs * SAMPLE_RATE_HZ) / 1000);
  const to = Math.min(wav.sampleCount, Math.round((window.endMs * SAMPLE_RATE_HZ) / 1000));
  const samples = wav.read(from, Math.max(to, from + 1));
  const needed = Math.ceil(samples.length / LOG_MEL_STEP + TAIL_MS / 10);
  const frames = Math.min(MEL_FRAMES, needed + (needed % 2));
  return { features: computeLogMel(samples, fullLength ? MEL_FRAMES : frames, bands), frames };
}
