/** Silero voice activity detection v5 and v6: the probability of speech for every 32 ms. */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';
import { VAD_FRAME_SAMPLES } from '../asr/vad-frames.ts';
import type { WavFile } from '../audio/wav-file.ts';
import { createSession, type Device } from './session.ts';

/** The model wants the last 64 samples of the frame before; without them its probabilities are ruined. */
const CONTEXT_SAMPLES = 64;
const INPUT_SAMPLES = CONTEXT_SAMPLES + VAD_FRAME_SAMPLES;
const STATE_SIZE = 128;
/** Parallel streams per run: one run costs nearly the same for 1 and for 16 (models.md, 5). */
const MAX_STREAMS = 64;
/** A stream starts this many frames early, so that its state has settled when its own frames begin. */
const WARM_UP_FRAMES = 62;
/** Shorter streams would spend more on the warm-up than they save. */
const MIN_STREAM_FRAMES = 250;
/** Frames of all streams read at once, 4 MiB of sound at most; the event loop gets a turn after each. */
const BLOCK_FRAMES = 32;

export interface Silero {
  /**
   * Probability of speech, 0..1, of the frames [fromFrame, toFrame); frame f covers samples [512 f, 512 f + 512).
   * @throws the signal's reason once it is aborted
   */
  probabilities(
    wav: WavFile,
    fromFrame: number,
    toFrame: number,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Loads the published `silero_vad_v6.onnx` of a folder.
 * @throws HansardError `inference_failed` or `device_unavailable`
 */
export async function loadSilero(weightsDir: string, device: Device): Promise<Silero> {
  const session = await createSession(path.join(weightsDir, 'silero_vad_v6.onnx'), weightsDir, device);
  const sampleRate = new ort.Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE_HZ)), []);
  return {
    async probabilities(wav, fromFrame, toFrame, signal, onProgress) {
      const frameCount = Math.max(0, toFrame - fromFrame);
      const streams = Math.max(1, Math.min(MAX_STREAMS, Math.floor(frameCount / MIN_STREAM_FRAMES)));
      const streamFrames = Math.ceil(frameCount / streams);
      const steps = WARM_UP_FRAMES + streamFrames;
      const result = new Float32Array(frameCount);
      let state = new ort.Tensor('float32', new Float32Array(2 * streams * STATE_SIZE), [2, streams, STATE_SIZE]);
      for (let firstStep = 0; firstStep < steps; firstStep += BLOCK_FRAMES) {
        await setImmediate();
        signal.throwIfAborted();
        const blockFrames = Math.min(BLOCK_FRAMES, steps - firstStep);
        const blocks = Array.from({ length: streams }, (_, stream) => {
          const frame = fromFrame + stream * streamFrames - WARM_UP_FRAMES + firstStep;
          const from = frame * VAD_FRAME_SAMPLES;
          return wav.read(from - CONTEXT_SAMPLES, from + blockFrames * VAD_FRAME_SAMPLES);
        });
        for (let step = 0; step < blockFrames; step++) {
          const { output, stateN } = await runStep(blocks, step, state);
          state.dispose();
          state = stateN;
          const ownStep = firstStep + step - WARM_UP_FRAMES;
          for (let stream = 0; stream < streams && ownStep >= 0; stream++) {
            const frame = stream * streamFrames + ownStep;
            if (frame < frameCount) result[frame] = output[stream]!;
          }
        }
        onProgress(Math.min(1, (firstStep + blockFrames) / steps));
      }
      state.dispose();
      return result;
    },
    release: () => session.release(),
  };

  /** One frame of every stream. `input` [streams, 576], `state` [2, streams, 128] to `output` [streams, 1], `stateN`. */
  async function runStep(blocks: Float32Array[], step: number, state: ort.TypedTensor<'float32'>) {
    const samples = new Float32Array(blocks.length * INPUT_SAMPLES);
    blocks.forEach((block, stream) => {
      const from = step * VAD_FRAME_SAMPLES;
      samples.set(block.subarray(from, from + INPUT_SAMPLES), stream * INPUT_SAMPLES);
    });
    const input = new ort.Tensor('float32', samples, [blocks.length, INPUT_SAMPLES]);
    try {
      const outputs = await session.run({ input, state, sr: sampleRate });
      return {
        output: outputs.output!.data as Float32Array,
        stateN: outputs.stateN! as ort.TypedTensor<'float32'>,
      };
    } finally {
      input.dispose();
    }
  }
}
