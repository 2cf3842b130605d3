/** CAM++: what a voice sounds like, as a vector of unit length; the cosine of two vectors says how alike two voices are. */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { computeFbank, FBANK_BINS, FBANK_STEP, FBANK_WIDTH, fbankFrameCount } from '../audio/fbank.ts';
import type { WavFile } from '../audio/wav-file.ts';
import { EMBEDDING_SIZE, type SampleSpan } from '../diarization/voice-models.ts';
import { createSession, type Device } from './session.ts';

/** Shorter spans say nothing about a voice (0.2 s). */
const LEAST_FRAMES = 20;
/** Features are computed once for spans that lie this close together (1 s), in stretches of at most a minute. */
const BRIDGED_FRAMES = 100;
const STRETCH_FRAMES = 6000;

export interface Campplus {
  /** One embedding per span, [spans, EMBEDDING_SIZE], unit length; zeros where a span is too short or outside the file. */
  embed(
    wav: WavFile,
    spans: readonly SampleSpan[],
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Loads the model: `campplus.onnx` in `graphsDir`, its published checkpoint in `weightsDir`. */
export async function loadCampplus(weightsDir: string, graphsDir: string, device: Device): Promise<Campplus> {
  const session = await createSession(path.join(graphsDir, 'campplus.onnx'), weightsDir, device);

  async function embed(
    wav: WavFile,
    spans: readonly SampleSpan[],
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<Float32Array> {
    const embeddings = new Float32Array(spans.length * EMBEDDING_SIZE);
    let done = 0;
    for (const stretch of groupByFeatures(spans, fbankFrameCount(wav.sampleCount))) {
      const features = computeFbank(
        wav.read(stretch.fromFrame * FBANK_STEP, (stretch.toFrame - 1) * FBANK_STEP + FBANK_WIDTH),
      );
      for (const { index, fromFrame, toFrame } of stretch.spans) {
        await setImmediate(); // run() blocks: let a cancel be heard
        signal.throwIfAborted();
        const frames = toFrame - fromFrame;
        const offset = (fromFrame - stretch.fromFrame) * FBANK_BINS;
        const fbank = removeMean(features.subarray(offset, offset + frames * FBANK_BINS));
        const { embedding } = await session.run({
          fbank: new ort.Tensor('float32', fbank, [1, frames, FBANK_BINS]),
        }); // [1, 192]
        embeddings.set(toUnitLength(embedding!.data as Float32Array), index * EMBEDDING_SIZE);
        embedding!.dispose();
        onProgress(++done / spans.length);
      }
    }
    return embeddings;
  }

  return { embed, release: () => session.release() };
}

interface FrameSpan {
  index: number;
  fromFrame: number;
  toFrame: number;
}

interface Stretch {
  fromFrame: number;
  toFrame: number;
  spans: FrameSpan[];
}

/** Spans as feature frames (those whose centre lies in the span), gathered into stretches that share their features. */
function groupByFeatures(spans: readonly SampleSpan[], frameCount: number): Stretch[] {
  const toFrame = (sample: number) =>
    Math.min(frameCount, Math.max(0, Math.round((sample - FBANK_WIDTH / 2) / FBANK_STEP)));
  const usable = spans
    .map((span, index): FrameSpan => ({ index, fromFrame: toFrame(span.from), toFrame: toFrame(span.to) }))
    .filter(span => span.toFrame - span.fromFrame >= LEAST_FRAMES)
    .sort((a, b) => a.fromFrame - b.fromFrame);
  const stretches: Stretch[] = [];
  for (const span of usable) {
    const last = stretches.at(-1);
    if (last && span.fromFrame <= last.toFrame + BRIDGED_FRAMES && span.toFrame <= last.fromFrame + STRETCH_FRAMES) {
      last.spans.push(span);
      last.toFrame = Math.max(last.toFrame, span.toFrame);
    } else {
      stretches.push({ fromFrame: span.fromFrame, toFrame: span.toFrame, spans: [span] });
    }
  }
  return stretches;
}

/** The model wants each band's mean over the frames fed to be zero: what the microphone and the room add is gone. */
function removeMean(features: Float32Array): Float32Array {
  const frames = features.length / FBANK_BINS;
  const centred = new Float32Array(features.length);
  for (let bin = 0; bin < FBANK_BINS; bin++) {
    let mean = 0;
    for (let i = bin; i < features.length; i += FBANK_BINS) mean += features[i]!;
    mean /= frames;
    for (let i = bin; i < features.length; i += FBANK_BINS) centred[i] = features[i]! - mean;
  }
  return centred;
}

/** Zeros stay zeros, and so does what is not a number: digital silence must not spoil a mean. */
function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map(value => (length > 0 && Number.isFinite(length) ? value / length : 0));
}
