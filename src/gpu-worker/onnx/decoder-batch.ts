/** Several pieces of speech decoded together, token by token: the tensors, without a decision which token to take. */
import ort from 'onnxruntime-node';
import { type Follower, splitRows } from '../asr/likeliest-tokens.ts';

/** Shape of a decoder. */
export interface DecoderShape {
  layers: number;
  heads: number;
  headSize: number;
  /** Rows of the graph's `xattn` whose attention follows the sound. */
  alignmentRows: readonly number[];
}

/** What an encoder made of one piece: the tensors that `tools/sound_attention.py` describes, by their names there. */
export type EncodedPiece = Record<string, ort.Tensor>;

export interface Attentive {
  /** Per row: attention to each of its frames, averaged over the alignment heads. */
  attention: Float32Array[];
}

export interface Scores extends Attentive {
  /** [rows, vocabulary] */
  logits: Float32Array;
}

export interface Likeliest extends Attentive {
  /** Per row: the likeliest tokens, in falling order; at least one more than texts compete. */
  followers: Follower[][];
  /** Per row, where they were asked for: natural logs of the probabilities of the marks of time. */
  marks?: Float32Array[];
}

export interface LikeliestOptions {
  /** Added to the scores of the vocabulary: negative infinity for tokens that must not come. */
  suppressed?: Float32Array;
  /** Marks of time may come too: Whisper's vocabulary has such. They are never among the followers. */
  marks?: boolean;
}

/** Rows that are decoded in step: one per piece, or after `branch` several, texts that compete for it. */
export interface DecoderBatch {
  /**
   * Feeds the next tokens of each row, equally many; the answer is that to the last of them.
   * @param tokens one per row, or several per row, row by row
   */
  step(tokens: readonly number[]): Promise<Scores>;
  /** The same, where only the likeliest tokens matter. */
  stepToLikeliest(tokens: readonly number[], options?: LikeliestOptions): Promise<Likeliest>;
  /** Forgets all tokens, and keeps the sound; one row each. */
  rewind(): void;
  /** Goes on with these pieces only, in this order, and with all rows of theirs. */
  keep(pieces: readonly number[]): void;
  /**
   * Replaces the rows by copies of others, which then go on by themselves.
   * @param origins for each new row the old one, which belongs to the same piece; piece by piece, equally many for each
   */
  branch(origins: readonly number[]): void;
  /** Begins anew with these of all pieces that there ever were, in their order, one row each. */
  restart(pieces: readonly number[]): void;
  release(): void;
}

/**
 * Starts one row per piece; shorter ones are padded and masked, so equal lengths are cheapest.
 * @param encode makes the piece of a row. Called row by row, the longest piece first, so that only one exists beside the batch
 */
export async function createDecoderBatch(
  session: ort.InferenceSession,
  shape: DecoderShape,
  rowCount: number,
  encode: (row: number) => Promise<EncodedPiece>,
): Promise<DecoderBatch> {
  const { layers } = shape;
  const stacked = await stackSound(rowCount, encode);
  const { frames } = stacked;
  let { sound, frameCounts } = stacked;
  const replaceSound = (next: Tensors) => {
    if (sound !== stacked.sound) disposeAll(sound);
    sound = next;
  };
  let past: Tensors = emptyPast(shape, rowCount);
  const replacePast = (next: Tensors) => {
    disposeAll(past);
    past = next;
  };
  let perPiece = 1;
  const rewind = () => {
    perPiece = 1;
    replacePast(emptyPast(shape, frameCounts.length));
  };

  const caches = Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].map(part => `${layer}.decoder.${part}`),
  ).flat();

  /** Feeds tokens; the answers that are wanted are the caller's to dispose. */
  async function feed(tokens: readonly number[], wanted: readonly string[], suppressed: Float32Array) {
    const rows = frameCounts.length * perPiece;
    const ids = new ort.Tensor('int64', BigInt64Array.from(tokens, BigInt), [rows, tokens.length / rows]);
    const added = new ort.Tensor('float32', suppressed, [suppressed.length]);
    const feeds = { input_ids: ids, suppressed: added, ...sound, ...past };
    const outputs = await session.run(feeds, [...wanted, 'xattn', ...caches.map(name => `present.${name}`)]);
    disposeAll({ ids, added });
    replacePast(
      Object.fromEntries(caches.map(name => [`past_key_values.${name}`, floats(outputs[`present.${name}`])])),
    );
    const xattn = floats(outputs.xattn);
    const attention = followAttention(xattn, rows);
    xattn.dispose();
    return { outputs, attention, rows };
  }

  /** @param xattn [pieces, attention rows, rows of a piece * tokens, frames] */
  function followAttention(xattn: FloatTensor, rows: number): Float32Array[] {
    const [, attentionRows = 0, perAttentionRow = 0] = xattn.dims;
    const tokenCount = perAttentionRow / perPiece;
    return Array.from({ length: rows }, (_, row) => {
      const piece = Math.floor(row / perPiece);
      const lastToken = ((row % perPiece) + 1) * tokenCount - 1;
      const mean = new Float32Array(frameCounts[piece]!);
      for (const alignmentRow of shape.alignmentRows) {
        const from = ((piece * attentionRows + alignmentRow) * perAttentionRow + lastToken) * frames;
        for (let frame = 0; frame < mean.length; frame++) mean[frame]! += xattn.data[from + frame]!;
      }
      return mean.map(sum => sum / shape.alignmentRows.length);
    });
  }

  return {
    async step(tokens) {
      const { outputs, attention } = await feed(tokens, ['logits'], NONE_SUPPRESSED);
      return { logits: floats(outputs.logits).data, attention };
    },
    async stepToLikeliest(tokens, { suppressed = NONE_SUPPRESSED, marks = false } = {}) {
      const wanted = ['likeliest', 'likeliest_log', ...(marks ? ['marks'] : [])];
      const { outputs, attention, rows } = await feed(tokens, wanted, suppressed);
      const ids = outputs.likeliest?.data;
      if (!(ids instanceof Int32Array)) throw new TypeError('the graph lacks an output, or it is not int32');
      const logs = floats(outputs.likeliest_log).data;
      const count = ids.length / rows;
      const followers = Array.from({ length: rows }, (_, row) =>
        Array.from({ length: count }, (_, at) => ({
          token: ids[row * count + at]!,
          probability: Math.exp(logs[row * count + at]!),
        })),
      );
      return { followers, attention, ...(marks && { marks: splitRows(floats(outputs.marks).data, rows) }) };
    },
    rewind,
    keep(pieces) {
      frameCounts = pieces.map(piece => frameCounts[piece]!);
      replaceSound(takeRows(sound, pieces));
      const rows = pieces.flatMap(piece => Array.from({ length: perPiece }, (_, row) => piece * perPiece + row));
      replacePast(takeRows(past, rows));
    },
    branch(origins) {
      perPiece = origins.length / frameCounts.length;
      replacePast(takeRows(past, origins));
    },
    restart(pieces) {
      frameCounts = pieces.map(piece => stacked.frameCounts[piece]!);
      const isWhole = pieces.length === rowCount && pieces.every((piece, index) => piece === index);
      replaceSound(isWhole ? stacked.sound : takeRows(stacked.sound, pieces));
      rewind();
    },
    release() {
      replaceSound(stacked.sound);
      disposeAll(sound);
      disposeAll(past);
    },
  };
}

const NONE_SUPPRESSED = Float32Array.of(0);

type Tensors = Record<string, ort.Tensor>;
type FloatTensor = ort.TypedTensor<'float32'>;

export function floats(tensor: ort.Tensor | undefined): FloatTensor {
  if (tensor?.type !== 'float32') throw new TypeError('the graph lacks an output, or it is not float32');
  return tensor as FloatTensor;
}

function emptyPast({ layers, heads, headSize }: DecoderShape, rows: number): Record<string, FloatTensor> {
  const past: Record<string, FloatTensor> = {};
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['key', 'value']) {
      past[`past_key_values.${layer}.decoder.${part}`] = new ort.Tensor('float32', new Float32Array(0), [
        rows,
        heads,
        0,
        headSize,
      ]);
    }
  }
  return past;
}

/** Where the frames are among the dimensions of what an encoder made; the scales have none. */
const FRAME_AXES: Readonly<Record<string, number>> = { kt: 3, kt_shift: 3, v: 2 };
/** A frame with this shift is not seen. */
const UNSEEN = 1e30;

/** Pieces as rows of the same tensors. */
async function stackSound(rowCount: number, encode: (row: number) => Promise<EncodedPiece>) {
  const frameCounts: number[] = [];
  const stacks: Record<string, Stack> = {};
  for (let row = 0; row < rowCount; row++) {
    const piece = await encode(row);
    frameCounts.push(piece['kt_shift.0']!.dims[3]!);
    if (frameCounts[row]! > frameCounts[0]!) throw new RangeError('the longest piece must come first');
    for (const [name, tensor] of Object.entries(piece)) {
      stacks[name] ??= createStack(tensor, FRAME_AXES[name.slice(0, name.lastIndexOf('.'))], rowCount);
      stacks[name].put(row, tensor);
    }
    disposeAll(piece);
  }
  const sound = Object.fromEntries(Object.entries(stacks).map(([name, { tensor }]) => [name, tensor]));
  return { sound, frames: frameCounts[0] ?? 0, frameCounts };
}

interface Stack {
  tensor: ort.Tensor;
  put(row: number, tensor: ort.Tensor): void;
}

/** @param longest [1, ...]; the frames of others are as many or fewer */
function createStack(longest: ort.Tensor, frameAxis: number | undefined, rowCount: number): Stack {
  const { dims } = longest;
  const data = numbersOf(longest);
  const axis = frameAxis ?? dims.length - 1;
  const width = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const line = dims[axis]! * width;
  const stacked = createLike(data, rowCount * data.length);
  if (stacked instanceof Float32Array) stacked.fill(UNSEEN);
  return {
    tensor: new ort.Tensor(stacked, [rowCount, ...dims.slice(1)]),
    put(row, own) {
      const ownLine = own.dims[axis]! * width;
      const numbers = numbersOf(own);
      for (let from = 0, to = row * data.length; from < numbers.length; from += ownLine, to += line) {
        stacked.set(numbers.subarray(from, from + ownLine), to);
      }
    },
  };
}

/** Copies of the tensors with some of their rows. */
export function takeRows(tensors: Tensors, rows: readonly number[]): Tensors {
  const taken = Object.entries(tensors).map(([name, tensor]) => {
    const [rowCount = 0, ...rest] = tensor.dims;
    const numbers = numbersOf(tensor);
    const size = numbers.length / rowCount;
    const taken = createLike(numbers, rows.length * size);
    rows.forEach((row, index) => {
      taken.set(numbers.subarray(row * size, (row + 1) * size), index * size);
    });
    return [name, new ort.Tensor(taken, [rows.length, ...rest])] as const;
  });
  return Object.fromEntries(taken);
}

type Numbers = Float32Array | Int8Array | Uint8Array;

function numbersOf({ data, type }: ort.Tensor): Numbers {
  if (data instanceof Float32Array || data instanceof Int8Array || data instanceof Uint8Array) return data;
  throw new TypeError(`there is no use for tensors of ${type}`);
}

function createLike(numbers: Numbers, length: number): Numbers {
  if (numbers instanceof Float32Array) return new Float32Array(length);
  return numbers instanceof Int8Array ? new Int8Array(length) : new Uint8Array(length);
}

export function disposeAll(tensors: Record<string, ort.Tensor>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
