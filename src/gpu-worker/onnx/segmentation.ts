/** segmentation-3.0: which of up to three local speakers is heard when, in windows of ten seconds. */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import type { WavFile } from '../audio/wav-file.ts';
import {
  ACTIVITY_CHANNELS,
  FRAME_SAMPLES,
  HOP_FRAMES,
  WINDOW_FRAMES,
  WINDOW_SAMPLES,
} from '../diarization/voice-models.ts';
import { createSession, type Device } from './session.ts';

/** The model's seven classes: nobody, one of three local speakers, or a pair of them. */
const CLASSES = 7;
/** Windows per run: the LSTMs read their weights once for all of them, which takes a quarter off (more takes no more off). */
const BATCH = 4;

export interface Segmentation {
  /**
   * Voice activity of `count` windows; window i begins at sample i * HOP_FRAMES * FRAME_SAMPLES, silence after the end.
   * @returns [count, WINDOW_FRAMES, ACTIVITY_CHANNELS], probabilities times 255
   */
  activities(
    wav: WavFile,
    firstWindow: number,
    count: number,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<Uint8Array>;
  release(): Promise<void>;
}

/** Loads the model: `segmentation-3.0.onnx` in `graphsDir`, its published checkpoint in `weightsDir`. */
export async function loadSegmentation(weightsDir: string, graphsDir: string, device: Device): Promise<Segmentation> {
  const session = await createSession(path.join(graphsDir, 'segmentation-3.0.onnx'), weightsDir, device);

  async function activities(
    wav: WavFile,
    firstWindow: number,
    count: number,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<Uint8Array> {
    const perWindow = WINDOW_FRAMES * ACTIVITY_CHANNELS;
    const all = new Uint8Array(count * perWindow);
    for (let first = 0; first < count; first += BATCH) {
      await setImmediate(); // run() blocks: let a cancel be heard
      signal.throwIfAborted();
      const batch = Math.min(BATCH, count - first);
      const samples = new Float32Array(batch * WINDOW_SAMPLES);
      for (let i = 0; i < batch; i++) {
        const from = (firstWindow + first + i) * HOP_FRAMES * FRAME_SAMPLES;
        samples.set(wav.read(from, from + WINDOW_SAMPLES), i * WINDOW_SAMPLES);
      }
      const waveform = new ort.Tensor('float32', samples, [batch, 1, WINDOW_SAMPLES]);
      const { logprobs } = await session.run({ waveform }); // [batch, frames, 7]
      addActivities(logprobs!.data as Float32Array, all.subarray(first * perWindow, (first + batch) * perWindow));
      logprobs!.dispose();
      onProgress((first + batch) / count);
    }
    return all;
  }

  return { activities, release: () => session.release() };
}

/** From log probabilities of the classes [n, 7] to activities of the three speakers and of an overlap [n, 4]. */
function addActivities(logprobs: Float32Array, activities: Uint8Array): void {
  for (let frame = 0; frame * CLASSES < logprobs.length; frame++) {
    const at = frame * CLASSES;
    const [a, b, c] = [Math.exp(logprobs[at + 1]!), Math.exp(logprobs[at + 2]!), Math.exp(logprobs[at + 3]!)];
    const [ab, ac, bc] = [Math.exp(logprobs[at + 4]!), Math.exp(logprobs[at + 5]!), Math.exp(logprobs[at + 6]!)];
    const to = frame * ACTIVITY_CHANNELS;
    activities[to] = Math.round(255 * (a + ab + ac));
    activities[to + 1] = Math.round(255 * (b + ab + bc));
    activities[to + 2] = Math.round(255 * (c + ac + bc));
    activities[to + 3] = Math.round(255 * (ab + ac + bc));
  }
}
