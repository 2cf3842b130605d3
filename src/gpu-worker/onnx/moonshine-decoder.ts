/** Several pieces of speech decoded together, token by token: the tensors, without a decision which token to take. */
import ort from 'onnxruntime-node';

/** Vocabulary of both Moonshine models. */
export const VOCABULARY_SIZE = 32_768;

/** Shape of one Moonshine model and the (layer, head) pairs whose attention follows the sound. */
export interface MoonshineShape {
  layers: number;
  heads: number;
  headSize: number;
  alignmentHeads: readonly (readonly [layer: number, head: number])[];
}

/** What the encoder made of one piece. `keys[l]` [heads, headSize, frames], `values[l]` [heads, frames, headSize]. */
export interface EncodedPiece {
  frameCount: number;
  keys: Float32Array[];
  values: Float32Array[];
}

export interface DecoderStep {
  /** [rows, VOCABULARY_SIZE] */
  logits: Float32Array;
  /** Per row: attention to each of its frames, averaged over the alignment heads. */
  attention: Float32Array[];
}

/** Rows that are decoded in step. Row r continues piece `pieces[r]`. */
export interface DecoderBatch {
  /** Feeds the last token of each row. */
  step(tokens: readonly number[]): Promise<DecoderStep>;
  /** Goes on with these rows only, in this order; a row may be taken more than once. */
  keep(rows: readonly number[]): void;
  release(): void;
}

/** Starts rows for these pieces; shorter ones are padded and masked, so equal lengths are cheapest. */
export function createDecoderBatch(
  session: ort.InferenceSession,
  shape: MoonshineShape,
  encoded: readonly EncodedPiece[],
): DecoderBatch {
  const { layers, heads, headSize } = shape;
  const attentionRows = layers * heads;
  let pieces = [...encoded];
  let cross = stackCross(shape, pieces);
  let past = emptyPast(shape, pieces.length);

  return {
    async step(tokens) {
      const rows = pieces.length;
      const ids = new ort.Tensor('int64', BigInt64Array.from(tokens, BigInt), [rows, 1]);
      const outputs = await session.run({ input_ids: ids, ...cross.tensors, ...past });
      ids.dispose();
      disposeAll(past);
      past = {};
      for (let layer = 0; layer < layers; layer++) {
        for (const part of ['key', 'value']) {
          past[`past_key_values.${layer}.decoder.${part}`] = floats(outputs[`present.${layer}.decoder.${part}`]);
        }
      }
      const logits = floats(outputs.logits);
      const xattn = floats(outputs.xattn); // [rows, layers * heads, 1, frames]
      const attention = pieces.map((piece, row) => {
        const mean = new Float32Array(piece.frameCount);
        for (const [layer, head] of shape.alignmentHeads) {
          const from = (row * attentionRows + layer * heads + head) * cross.frames;
          for (let frame = 0; frame < mean.length; frame++) mean[frame]! += xattn.data[from + frame]!;
        }
        return mean.map(sum => sum / shape.alignmentHeads.length);
      });
      xattn.dispose();
      return { logits: logits.data, attention };
    },
    keep(rows) {
      const kept = rows.map(row => pieces[row]!);
      const samePieces = kept.length === pieces.length && kept.every((piece, row) => piece === pieces[row]);
      if (!samePieces) {
        disposeAll(cross.tensors);
        cross = stackCross(shape, kept);
      }
      pieces = kept;
      for (const [name, tensor] of Object.entries(past)) {
        const length = tensor.dims[2]!;
        const rowSize = heads * length * headSize;
        const data = new Float32Array(rows.length * rowSize);
        rows.forEach((row, index) => {
          data.set(tensor.data.subarray(row * rowSize, (row + 1) * rowSize), index * rowSize);
        });
        tensor.dispose();
        past[name] = new ort.Tensor('float32', data, [rows.length, heads, length, headSize]);
      }
    },
    release() {
      disposeAll(cross.tensors);
      disposeAll(past);
    },
  };
}

type FloatTensor = ort.TypedTensor<'float32'>;

function floats(tensor: ort.Tensor | undefined): FloatTensor {
  if (tensor?.type !== 'float32') throw new TypeError('the graph lacks an output, or it is not float32');
  return tensor as FloatTensor;
}

function emptyPast({ layers, heads, headSize }: MoonshineShape, rows: number): Record<string, FloatTensor> {
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
function stackCross({ layers, heads, headSize }: MoonshineShape, pieces: readonly EncodedPiece[]) {
  const rows = pieces.length;
  const frames = Math.max(...pieces.map(piece => piece.frameCount));
  const tensors: Record<string, FloatTensor> = {};
  const mask = new Float32Array(rows * frames);
  pieces.forEach((piece, row) => {
    mask.fill(-1e9, row * frames + piece.frameCount, (row + 1) * frames);
  });
  tensors.cross_mask = new ort.Tensor('float32', mask, [rows, 1, 1, frames]);
  const lines = heads * headSize;
  for (let layer = 0; layer < layers; layer++) {
    const keys = new Float32Array(rows * lines * frames);
    const values = new Float32Array(rows * lines * frames);
    pieces.forEach((piece, row) => {
      const own = piece.frameCount;
      for (let line = 0; line < lines; line++) {
        keys.set(piece.keys[layer]!.subarray(line * own, (line + 1) * own), (row * lines + line) * frames);
      }
      for (let head = 0; head < heads; head++) {
        const part = piece.values[layer]!.subarray(head * own * headSize, (head + 1) * own * headSize);
        values.set(part, (row * heads + head) * frames * headSize);
      }
    });
    tensors[`kt.${layer}`] = new ort.Tensor('float32', keys, [rows, heads, headSize, frames]);
    tensors[`v.${layer}`] = new ort.Tensor('float32', values, [rows, heads, frames, headSize]);
  }
  return { tensors, frames };
}

function disposeAll(tensors: Record<string, ort.Tensor>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
