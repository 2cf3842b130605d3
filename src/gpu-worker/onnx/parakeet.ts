/**
 * Parakeet-TDT 0.6B (NVIDIA, CC-BY-4.0): version 2 for English, version 3 for 25 European languages, which it does not tell
 * apart. The files are those of istupakov/parakeet-tdt-0.6b-*-onnx, whose use this follows (onnx-asr).
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { HansardError } from '../../errors.ts';
import { SAMPLE_RATE_HZ, type Span } from '../../pipeline/meeting.ts';
import { type PieceTranscript, placeWords } from '../asr/piece-transcript.ts';
import { searchTdt, type TdtPredictor } from '../asr/tdt-search.ts';
import { groupWhisperTokens } from '../asr/whisper-words.ts';
import { computeNemoMel, NEMO_BANDS } from '../audio/nemo-mel.ts';
import type { WavFile } from '../audio/wav-file.ts';
import { readSentencePieces } from './read-sentence-pieces.ts';
import { createSession, type Device } from './session.ts';
import type { WindowRecognizer } from './window-recognizer.ts';

const quantised = { encoder: 'encoder-model.int8.onnx', decoder: 'decoder_joint-model.int8.onnx' };
const full = { encoder: 'encoder-model.onnx', decoder: 'decoder_joint-model.onnx' };
const modelFiles = {
  'parakeet-tdt-0.6b-v2': quantised,
  'parakeet-tdt-0.6b-v2-fp32': full,
  'parakeet-tdt-0.6b-v3': quantised,
  'parakeet-tdt-0.6b-v3-fp32': full,
} as const;

export type ParakeetName = keyof typeof modelFiles;

/** The encoder makes one frame of eight. */
const FRAME_MS = 80;
/** What the encoder says of a frame. */
const WIDTH = 1024;
/** State of the prediction network: two layers of an LSTM. */
const STATE = [2, 1, 640] as const;
/** A tenth of a second: the features mirror the sound at its ends. */
const MIN_SAMPLES = 1_600;

/** @throws HansardError `model_missing`, `inference_failed` or `device_unavailable` */
export async function loadParakeet(
  name: ParakeetName,
  { weightsDir, device }: { weightsDir: string; device: Device },
): Promise<WindowRecognizer> {
  const files = modelFiles[name];
  const vocabulary = await readSentencePieces(path.join(weightsDir, 'vocab.txt'));
  const blank = vocabulary.pieces.indexOf('<blk>');
  if (blank < 0) throw new HansardError('inference_failed', `${weightsDir}/vocab.txt has no <blk>`);
  const encoder = await createSession(path.join(weightsDir, files.encoder), weightsDir, device);
  // a step is too small to be worth the way to a GPU and back
  const decoder = await createSession(path.join(weightsDir, files.decoder), weightsDir, 'cpu');

  return {
    async transcribe(wav, windows, { language, task }, signal, onProgress) {
      if (task === 'translate') throw new HansardError('invalid_usage', `${name} does not translate.`);
      const pause = async () => {
        await setImmediate(); // run() blocks: let a cancel be heard
        signal.throwIfAborted();
      };
      const transcripts: PieceTranscript[] = [];
      for (const window of windows) {
        await pause();
        const frames = await encode(readWindow(wav, window));
        const found = await searchTdt(
          createPredictor(decoder, frames),
          { frameCount: frames.length, vocabularySize: vocabulary.pieces.length, blank },
          pause,
        );
        const words = groupWhisperTokens(found.tokens, 'en', vocabulary); // all its languages have spaces
        const startsMs = found.frames.map(frame => frame * FRAME_MS);
        const placed = placeWords(words, { ...found, startsMs }, window.endMs - window.startMs);
        transcripts.push({ ...placed, ...(language !== undefined && { language }) });
        onProgress(transcripts.length / windows.length);
      }
      return transcripts;
    },
    async release() {
      await encoder.release();
      await decoder.release();
    },
  };

  /** @returns for each frame what the encoder says of it, [frames][WIDTH] */
  async function encode(samples: Float32Array): Promise<Float32Array[]> {
    const features = computeNemoMel(samples);
    const length = features.length / NEMO_BANDS;
    const { outputs, encoded_lengths: lengths } = await encoder.run({
      audio_signal: new ort.Tensor('float32', features, [1, NEMO_BANDS, length]),
      length: new ort.Tensor('int64', BigInt64Array.of(BigInt(length)), [1]),
    }); // [1, WIDTH, frames]
    const data = floatsOf(outputs);
    const stride = data.length / WIDTH;
    const frameCount = Math.min(stride, Number(lengths?.data[0] ?? stride));
    return Array.from({ length: frameCount }, (_, frame) =>
      Float32Array.from({ length: WIDTH }, (_, channel) => data[channel * stride + frame]!),
    );
  }
}

/** Scores one utterance; its state is what was accepted so far. */
function createPredictor(decoder: ort.InferenceSession, frames: readonly Float32Array[]): TdtPredictor {
  const zeros = () => new ort.Tensor('float32', new Float32Array(STATE[0] * STATE[1] * STATE[2]), STATE);
  let accepted: [ort.Tensor, ort.Tensor] = [zeros(), zeros()];
  let pending = accepted;
  return {
    async score(frame, lastToken) {
      const answer = await decoder.run({
        encoder_outputs: new ort.Tensor('float32', frames[frame]!, [1, WIDTH, 1]),
        targets: new ort.Tensor('int32', Int32Array.of(lastToken), [1, 1]),
        target_length: new ort.Tensor('int32', Int32Array.of(1), [1]),
        input_states_1: accepted[0],
        input_states_2: accepted[1],
      });
      const { outputs, output_states_1: first, output_states_2: second } = answer; // outputs [1, 1, 1, tokens + durations]
      if (!first || !second) throw new TypeError('the graph gives no states');
      pending = [first, second];
      return floatsOf(outputs);
    },
    accept() {
      accepted = pending;
    },
  };
}

function floatsOf(tensor: ort.Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new TypeError('the graph lacks an output, or it is not float32');
}

function readWindow(wav: WavFile, { startMs, endMs }: Span): Float32Array {
  const from = Math.round((startMs * SAMPLE_RATE_HZ) / 1000);
  const to = Math.min(wav.sampleCount, Math.round((endMs * SAMPLE_RATE_HZ) / 1000));
  return wav.read(from, Math.max(to, from + MIN_SAMPLES));
}
