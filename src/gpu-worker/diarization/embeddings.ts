/** Arithmetic on voice embeddings: rows of one flat array, [rows, EMBEDDING_SIZE]. */
import { EMBEDDING_SIZE } from './voice-models.ts';

export function embeddingAt(embeddings: Float32Array, row: number): Float32Array {
  return embeddings.subarray(row * EMBEDDING_SIZE, (row + 1) * EMBEDDING_SIZE);
}

/** The cosine, where both have unit length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < EMBEDDING_SIZE; i++) sum += a[i]! * b[i]!;
  return sum;
}

export function addScaled(sum: Float64Array, vector: ArrayLike<number>, factor: number): void {
  for (let i = 0; i < EMBEDDING_SIZE; i++) sum[i]! += vector[i]! * factor;
}

/** Zero stays zero. */
export function toUnitLength(vector: ArrayLike<number>): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return Float64Array.from(vector, value => (length > 0 ? value / length : 0));
}

/** True for a row that the model filled: a span that was too short leaves zeros. */
export function isHeard(embedding: ArrayLike<number>): boolean {
  return dot(embedding, embedding) > 0.5;
}
