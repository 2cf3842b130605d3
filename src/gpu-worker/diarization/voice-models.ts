/** What diarization asks of the models, and the geometry of their answers. Whoever computes them may split and parallelise. */
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';

/** Samples [from, to) of the recording. */
export interface SampleSpan {
  from: number;
  to: number;
}

export interface VoiceContext {
  signal: AbortSignal;
  /** Fraction of this call's work that is done, 0..1. */
  onProgress(fraction: number): void;
}

export interface VoiceModels {
  /**
   * Voice activity in windows [firstWindow, firstWindow + windowCount) of the recording, see `ACTIVITY_CHANNELS`.
   * @returns [windowCount, WINDOW_FRAMES, ACTIVITY_CHANNELS], probabilities times 255
   */
  activities(range: { firstWindow: number; windowCount: number }, context: VoiceContext): Promise<Uint8Array>;
  /** One voice embedding of unit length per span, [spans, EMBEDDING_SIZE]; zeros where a span is too short. */
  embed(spans: SampleSpan[], context: VoiceContext): Promise<Float32Array>;
}

/** Samples of one segmentation window: the ten seconds that the model was trained on. */
export const WINDOW_SAMPLES = 10 * SAMPLE_RATE_HZ;
/** Frames that the segmentation model gives per window. */
export const WINDOW_FRAMES = 589;
/** Samples from one frame to the next (16.875 ms). */
export const FRAME_SAMPLES = 270;
/** Seconds from one frame to the next. */
export const FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE_HZ;
/** Frames from one window to the next: whole frames, so that windows lie on one grid (2.5 s; 2.0 s is no better). */
export const HOP_FRAMES = 148;
/** Activity of the window's three local speakers, then the probability that two of them speak at once. */
export const ACTIVITY_CHANNELS = 4;
export const EMBEDDING_SIZE = 192;

/** The model's receptive field is 991 samples, so its first frame is centred on sample 495. */
const FIRST_FRAME_EDGE = (991 - FRAME_SAMPLES) / 2;

/** How many windows cover a recording; the last one may reach beyond its end. */
export function windowCount(sampleCount: number): number {
  return Math.max(1, Math.ceil((sampleCount - WINDOW_SAMPLES) / (HOP_FRAMES * FRAME_SAMPLES)) + 1);
}

/** The sample at which a frame of the recording's grid begins. */
export function frameEdge(frame: number): number {
  return frame * FRAME_SAMPLES + FIRST_FRAME_EDGE;
}

/** The samples of frames [from, to). */
export function spanOfFrames(from: number, to: number): SampleSpan {
  return { from: Math.round(frameEdge(from)), to: Math.round(frameEdge(to)) };
}
