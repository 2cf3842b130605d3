/** Greedy decoding of a batch: the likeliest token, again and again. */
import type { DecoderBatch } from '../onnx/decoder-batch.ts';
import { findLoop } from './loops.ts';
import { FIRST_TOKEN, LAST_TOKEN } from './token-text.ts';

/** What was decoded from one piece. */
export interface DecodedPiece {
  tokens: number[];
  /** Probability of each token. */
  probabilities: number[];
  /** Attention of each token, and of the end of the piece after them, to each frame: [tokens + 1, frames]. */
  attention: Float32Array[];
}

/**
 * Decodes all rows of a batch. A row ends at its end token, at `maxTokens`, or when it repeats itself.
 * @param maxTokens per row
 */
export async function searchGreedily(
  batch: DecoderBatch,
  maxTokens: readonly number[],
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<DecodedPiece[]> {
  const decoded = maxTokens.map((): DecodedPiece => ({ tokens: [], probabilities: [], attention: [] }));
  let rows = decoded.map((piece, index) => ({ piece, maxTokens: maxTokens[index]!, last: FIRST_TOKEN, done: false }));
  while (rows.length > 0) {
    await pause();
    signal.throwIfAborted();
    const { followers, attention } = await batch.stepToLikeliest(rows.map(row => row.last));
    rows.forEach((row, index) => {
      if (row.done) return;
      const { piece } = row;
      const best = followers[index]![0]!;
      piece.attention.push(attention[index]!);
      row.last = best.token;
      row.done = best.token === LAST_TOKEN || piece.tokens.length >= row.maxTokens;
      if (row.done) return;
      piece.tokens.push(best.token);
      piece.probabilities.push(best.probability);
      const kept = findLoop(piece.tokens);
      if (kept === undefined) return;
      truncate(piece, kept);
      row.done = true;
    });
    const going = rows.flatMap((row, index) => (row.done ? [] : [index]));
    // making a smaller batch copies it, so it has to pay
    if (going.length <= rows.length / 2) {
      if (going.length > 0) batch.keep(going);
      rows = going.map(index => rows[index]!);
    }
  }
  return decoded;
}

/** Keeps the first tokens; the attention of the next one stays and says where they end. */
function truncate(piece: DecodedPiece, kept: number): void {
  piece.tokens.length = kept;
  piece.probabilities.length = kept;
  piece.attention.length = kept + 1;
}
