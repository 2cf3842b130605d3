/**
 * Whisper as onnx-community publishes it (`*_timestamped`): an encoder of 30 s, and a decoder that gives its cross attention.
 * Two branches in one graph: the first step computes what the sound contributes, later ones are given it.
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { findLikeliest, splitRows, takeLogs } from '../asr/likeliest-tokens.ts';
import { createWhisperVocabulary, type WhisperVocabulary } from '../asr/whisper-vocabulary.ts';
import { buildMelBands } from '../audio/log-mel.ts';
import { type DecoderBatch, disposeAll, floats, type Scores, takeRows } from './decoder-batch.ts';
import { createSession, type Device } from './session.ts';
import { hearWindow, MEL_FRAMES, type WhisperModel } from './whisper-model.ts';

interface HubShape {
  encoder: string;
  decoder: string;
  mels: number;
  layers: number;
  heads: number;
  /** Layer and head whose attention follows the sound (openai/whisper, __init__.py). */
  alignmentHeads: readonly (readonly [layer: number, head: number])[];
}

const quantised = { encoder: 'encoder_model_quantized.onnx', decoder: 'decoder_model_merged_quantized.onnx' };

const shapes = {
  'whisper-tiny': {
    ...{ ...quantised, mels: 80, layers: 4, heads: 6 },
    alignmentHeads: [
      [2, 2],
      [3, 0],
      [3, 2],
      [3, 3],
      [3, 4],
      [3, 5],
    ],
  },
  'whisper-small': {
    ...{ encoder: 'encoder_model.onnx', decoder: 'decoder_model_merged_q4.onnx', mels: 80, layers: 12, heads: 12 },
    alignmentHeads: [
      [5, 3],
      [5, 9],
      [8, 0],
      [8, 4],
      [8, 7],
      [8, 8],
      [9, 0],
      [9, 7],
      [9, 9],
      [10, 5],
    ],
  },
  'whisper-large-v3-turbo': {
    ...{ ...quantised, mels: 128, layers: 4, heads: 20 },
    alignmentHeads: [
      [2, 4],
      [2, 11],
      [3, 3],
      [3, 6],
      [3, 11],
      [3, 14],
    ],
  },
} as const satisfies Record<string, HubShape>;

export type HubWhisperName = keyof typeof shapes;

const HEAD_SIZE = 64;
/** Each row is padded to 30 s, and takes 60 MB (tiny, turbo) to 110 MB (small): four rows. */
const MAX_BATCH_MS = 60_000;

const tokenizerSchema = z.object({
  model: z.object({ vocab: z.record(z.string(), z.number()) }),
  added_tokens: z.array(z.object({ id: z.number(), content: z.string() })),
});
const generationSchema = z.object({ suppress_tokens: z.array(z.number()), begin_suppress_tokens: z.array(z.number()) });

/** @throws HansardError `model_missing`, `inference_failed` or `device_unavailable` */
export async function loadHubWhisper(
  name: HubWhisperName,
  { weightsDir, device }: { weightsDir: string; device: Device },
): Promise<WhisperModel> {
  const shape = shapes[name];
  const tokenizer = await readJson(path.join(weightsDir, 'tokenizer.json'), tokenizerSchema);
  const generation = await readJson(path.join(weightsDir, 'generation_config.json'), generationSchema);
  const tokens: string[] = [];
  for (const [content, id] of Object.entries(tokenizer.model.vocab)) tokens[id] = content;
  for (const { content, id } of tokenizer.added_tokens) tokens[id] = content;
  const encoder = await createSession(path.join(weightsDir, shape.encoder), weightsDir, device);
  const decoder = await createSession(path.join(weightsDir, shape.decoder), weightsDir, device);
  const bands = buildMelBands(shape.mels);
  const vocabulary = createWhisperVocabulary(tokens);
  return {
    vocabulary,
    suppressed: generation.suppress_tokens,
    suppressedFirst: generation.begin_suppress_tokens,
    maxBatchMs: MAX_BATCH_MS,
    async hear(wav, windows, signal) {
      const heard: { hidden: Float32Array; frameCount: number }[] = [];
      for (const window of windows) {
        await setImmediate(); // run() blocks: let a cancel be heard
        signal.throwIfAborted();
        const { features, frames } = hearWindow(wav, window, bands, true);
        heard.push({ hidden: await encode(features), frameCount: frames / 2 });
      }
      return startBatch(decoder, shape, vocabulary, heard);
    },
    async release() {
      await encoder.release();
      await decoder.release();
    },
  };

  /** @returns last_hidden_state [1, 1500, width] */
  async function encode(features: Float32Array): Promise<Float32Array> {
    const input = new ort.Tensor('float32', features, [1, shape.mels, MEL_FRAMES]);
    const { last_hidden_state: hidden } = await encoder.run({ input_features: input });
    input.dispose();
    return floats(hidden).data;
  }
}

type Tensors = Record<string, ort.Tensor>;
/** A beam of five asks for one more, since one may be the end of the text. */
const LIKELIEST = 6;

function startBatch(
  decoder: ort.InferenceSession,
  { layers, heads, alignmentHeads }: HubShape,
  vocabulary: Pick<WhisperVocabulary, 'endOfText' | 'noTimestamps'>,
  heard: readonly { hidden: Float32Array; frameCount: number }[],
): DecoderBatch {
  const soundFrames = MEL_FRAMES / 2;
  const namesOf = (side: 'decoder' | 'encoder') =>
    Array.from({ length: layers }, (_, layer) => ['key', 'value'].map(part => `${layer}.${side}.${part}`)).flat();
  let pieces = [...heard];
  let perPiece = 1;
  /** Of each row: what the encoder made of its piece, and caches of it and of the tokens. */
  let [sound, soundCache, past]: [Tensors, Tensors, Tensors] = [{}, {}, {}];
  let isFirst = true;

  const emptyCache = (side: 'decoder' | 'encoder'): Tensors =>
    Object.fromEntries(
      namesOf(side).map(name => [
        `past_key_values.${name}`,
        new ort.Tensor('float32', new Float32Array(), [pieces.length, heads, 0, HEAD_SIZE]),
      ]),
    );
  function begin(): void {
    disposeAll({ ...sound, ...soundCache, ...past });
    const size = pieces[0]?.hidden.length ?? 0;
    const hidden = new Float32Array(pieces.length * size);
    pieces.forEach((piece, index) => {
      hidden.set(piece.hidden, index * size);
    });
    const dims = [pieces.length, soundFrames, size / soundFrames];
    sound = { encoder_hidden_states: new ort.Tensor('float32', hidden, dims) };
    [soundCache, past] = [emptyCache('encoder'), emptyCache('decoder')];
    perPiece = 1;
    isFirst = true;
  }
  const take = (tensors: Tensors, rows: readonly number[]): Tensors => {
    const taken = takeRows(tensors, rows);
    disposeAll(tensors);
    return taken;
  };
  const renew = (
    side: 'decoder' | 'encoder',
    before: Tensors,
    outputs: ort.InferenceSession.OnnxValueMapType,
  ): Tensors => {
    disposeAll(before);
    return Object.fromEntries(
      namesOf(side).map(name => [`past_key_values.${name}`, floats(outputs[`present.${name}`])]),
    );
  };

  /** @param ids [rows, tokens of each]; only the first step takes several */
  async function run(ids: readonly number[]) {
    const rows = pieces.length * perPiece;
    const count = ids.length / rows;
    const outputs = await decoder.run({
      input_ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [rows, count]),
      use_cache_branch: new ort.Tensor('bool', Uint8Array.of(isFirst ? 0 : 1), [1]),
      ...{ ...sound, ...soundCache, ...past },
    });
    past = renew('decoder', past, outputs);
    if (isFirst) soundCache = renew('encoder', soundCache, outputs);
    isFirst = false;
    const logits = floats(outputs.logits); // [rows, tokens, vocabulary]
    const vocabularySize = logits.dims[2] ?? 0;
    const last = new Float32Array(rows * vocabularySize);
    for (let row = 0; row < rows; row++) {
      const from = ((row + 1) * count - 1) * vocabularySize;
      last.set(logits.data.subarray(from, from + vocabularySize), row * vocabularySize);
    }
    const attention = Array.from({ length: rows }, (_, row) => {
      const mean = new Float32Array(pieces[Math.floor(row / perPiece)]!.frameCount);
      for (const [layer, head] of alignmentHeads) {
        const { data } = floats(outputs[`cross_attentions.${layer}`]); // [rows, heads, tokens, 1500]
        const from = ((row * heads + head + 1) * count - 1) * soundFrames;
        for (let frame = 0; frame < mean.length; frame++) mean[frame]! += data[from + frame]! / alignmentHeads.length;
      }
      return mean;
    });
    return { logits: last, attention };
  }

  async function step(tokens: readonly number[]): Promise<Scores> {
    const count = tokens.length / (pieces.length * perPiece);
    if (isFirst) return run(tokens);
    // the branch with a cache was made for one token at a time
    let answer = await run(tokens.filter((_, index) => index % count === 0));
    for (let at = 1; at < count; at++) answer = await run(tokens.filter((_, index) => index % count === at));
    return answer;
  }

  begin();
  return {
    step,
    async stepToLikeliest(tokens, { suppressed, marks = false } = {}) {
      const { logits, attention } = await step(tokens);
      const rows = splitRows(logits, attention.length);
      for (const scores of rows)
        suppressed?.forEach((added, token) => {
          scores[token]! += added;
        });
      const followers = rows.map(scores => findLikeliest(scores, LIKELIEST, vocabulary.endOfText + 1));
      return {
        ...{ followers, attention },
        ...(marks && { marks: rows.map(scores => takeLogs(scores, vocabulary.noTimestamps + 1)) }),
      };
    },
    rewind: begin,
    keep(kept) {
      pieces = kept.map(piece => pieces[piece]!);
      const rows = kept.flatMap(piece => Array.from({ length: perPiece }, (_, row) => piece * perPiece + row));
      [sound, soundCache, past] = [take(sound, rows), take(soundCache, rows), take(past, rows)];
    },
    branch(origins) {
      const isSame = origins.length === pieces.length * perPiece;
      perPiece = origins.length / pieces.length;
      past = take(past, origins);
      // rows of a piece have the same sound
      if (!isSame) [sound, soundCache] = [take(sound, origins), take(soundCache, origins)];
    },
    restart(kept) {
      pieces = kept.map(piece => heard[piece]!);
      begin();
    },
    release: () => disposeAll({ ...sound, ...soundCache, ...past }),
  };
}

/** @throws HansardError `model_missing`, `inference_failed` for a file with another content */
async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const text = await fs.readFile(file, 'utf8').catch(cause => {
    throw new HansardError('model_missing', file, { cause });
  });
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HansardError('inference_failed', `${file} is not what it should be`, { cause });
  }
}
