/** Several pieces of speech decoded together, token by token: the tensors, without a decision which token to take. */
import ort from 'onnxruntime-node';

/** Shape of a decoder. */
export interface DecoderShape {
  layers: number;
  heads: number;
  headSize: number;
  /** Rows of the graph's `xattn` whose attention follows the sound. */
  alignmentRows: readonly number[];
}

/** What the encoder made of one piece. `keys[l]` [heads, headSize, frames], `values[l]` [heads, frames, headSize]. */
export interface EncodedPiece {
  frameCount: number;
  keys: Float32Array[];
  values: Float32Array[];
}

export interface DecoderStep {
  /** [rows, vocabulary] */
  logits: Float32Array;
  /** Per row: attention to each of its frames, averaged over the alignment heads. */
  attention: Float32Array[];
}

/** Rows that are decoded in step: one per piece, or after `branch` several, texts that compete for it. */
export interface DecoderBatch {
  /**
   * Feeds the next tokens of each row, equally many; the answer is that to the last of them.
   * @param tokens one per row, or several per row, row by row
   */
  step(tokens: readonly number[]): Promise<DecoderStep>;
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
  const stacked = await stackCross(shape, rowCount, encode);
  const { frames } = stacked;
  let { cross, frameCounts } = stacked;
  const replaceCross = (next: Record<string, FloatTensor>) => {
    if (cross !== stacked.cross) disposeAll(cross);
    cross = next;
  };
  let past = emptyPast(shape, rowCount);
  const replacePast = (next: Record<string, FloatTensor>) => {
    disposeAll(past);
    past = next;
  };
  let perPiece = 1;
  const rewind = () => {
    perPiece = 1;
    replacePast(emptyPast(shape, frameCounts.length));
  };

  return {
    async step(tokens) {
      const rows = frameCounts.length * perPiece;
      const ids = new ort.Tensor('int64', BigInt64Array.from(tokens, BigInt), [rows, tokens.length / rows]);
      const outputs = await session.run({ input_ids: ids, ...cross, ...past });
      ids.dispose();
      disposeAll(past);
      past = {};
      for (let layer = 0; layer < layers; layer++) {
        for (const part of ['key', 'value']) {
          past[`past_key_values.${layer}.decoder.${part}`] = floats(outputs[`present.${layer}.decoder.${part}`]);
        }
      }
      const logits = floats(outputs.logits);
      const xattn = floats(outputs.xattn); // [pieces, attention rows, rows of a piece * tokens, frames]
      const [, attentionRows = 0, perAttentionRow = 0] = xattn.dims;
      const tokenCount = perAttentionRow / perPiece;
      const attention = Array.from({ length: rows }, (_, row) => {
        const piece = Math.floor(row / perPiece);
        const lastToken = ((row % perPiece) + 1) * tokenCount - 1;
        const mean = new Float32Array(frameCounts[piece]!);
        for (const alignmentRow of shape.alignmentRows) {
          const from = ((piece * attentionRows + alignmentRow) * perAttentionRow + lastToken) * frames;
          for (let frame = 0; frame < mean.length; frame++) mean[frame]! += xattn.data[from + frame]!;
        }
        return mean.map(sum => sum / shape.alignmentRows.length);
      });
      xattn.dispose();
      return { logits: logits.data, attention };
    },
    rewind,
    keep(pieces) {
      frameCounts = pieces.map(piece => frameCounts[piece]!);
      replaceCross(takeRows(cross, pieces));
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
      replaceCross(isWhole ? stacked.cross : takeRows(stacked.cross, pieces));
      rewind();
    },
    release() {
      replaceCross(stacked.cross);
      disposeAll(cross);
      disposeAll(past);
    },
  };
}

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

/** Cross keys [rows, heads, headSize, frames], values [rows, heads, frames, headSize], mask [rows, 1, 1, frames]. */
async function stackCross(
  { layers, heads, headSize }: DecoderShape,
  rowCount: number,
  encode: (row: number) => Promise<EncodedPiece>,
) {
  const frameCounts: number[] = [];
  const lines = heads * headSize;
  const parts: { keys: Float32Array; values: Float32Array }[] = [];
  let frames = 0;
  for (let row = 0; row < rowCount; row++) {
    const piece = await encode(row);
    const own = piece.frameCount;
    frameCounts.push(own);
    if (row === 0) frames = own;
    if (own > frames) throw new RangeError('the longest piece must come first');
    for (let layer = 0; layer < layers; layer++) {
      parts[layer] ??= {
        keys: new Float32Array(rowCount * lines * frames),
        values: new Float32Array(rowCount * lines * frames),
      };
      const { keys, values } = parts[layer]!;
      for (let line = 0; line < lines; line++) {
        keys.set(piece.keys[layer]!.subarray(line * own, (line + 1) * own), (row * lines + line) * frames);
      }
      for (let head = 0; head < heads; head++) {
        const from = head * own * headSize;
        values.set(
          piece.values[layer]!.subarray(from, from + own * headSize),
          (row * heads + head) * frames * headSize,
        );
      }
    }
  }
  const mask = new Float32Array(rowCount * frames);
  frameCounts.forEach((own, row) => {
    mask.fill(-1e9, row * frames + own, (row + 1) * frames);
  });
  const cross: Record<string, FloatTensor> = {
    cross_mask: new ort.Tensor('float32', mask, [rowCount, 1, 1, frames]),
  };
  parts.forEach(({ keys, values }, layer) => {
    cross[`kt.${layer}`] = new ort.Tensor('float32', keys, [rowCount, heads, headSize, frames]);
    cross[`v.${layer}`] = new ort.Tensor('float32', values, [rowCount, heads, frames, headSize]);
  });
  return { cross, frames, frameCounts };
}

/** Copies of the tensors with some of their rows. */
export function takeRows(tensors: Record<string, FloatTensor>, rows: readonly number[]): Record<string, FloatTensor> {
  const taken = Object.entries(tensors).map(([name, tensor]) => {
    const [rowCount = 0, ...rest] = tensor.dims;
    const size = tensor.data.length / rowCount;
    const data = new Float32Array(rows.length * size);
    rows.forEach((row, index) => {
      data.set(tensor.data.subarray(row * size, (row + 1) * size), index * size);
    });
    return [name, new ort.Tensor('float32', data, [rows.length, ...rest])] as const;
  });
  return Object.fromEntries(taken);
}

export function disposeAll(tensors: Record<string, ort.Tensor>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
