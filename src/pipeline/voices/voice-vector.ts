/** Voice embeddings as numbers and as bytes. */
import { HansardError } from '../../errors.ts';

/** What a voice sounds like, unit length: of CAM++ 192 numbers. */
export type VoiceVector = Float32Array;

/** A voice, and the same voice as a telephone lets it through: what is heard over one is compared with that. */
export interface LearnedVoice {
  vector: VoiceVector;
  narrow: VoiceVector;
}

/** Little-endian, as every machine that Node 24 runs on keeps them. */
export function toBytes(vector: VoiceVector): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** @throws HansardError `voiceprint_damaged` */
export function toVector(bytes: Uint8Array): VoiceVector {
  if (bytes.length === 0 || bytes.length % 4 !== 0)
    throw new HansardError('voiceprint_damaged', `${bytes.length} bytes`);
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

/** The cosine, where both have unit length. */
export function cosine(a: VoiceVector, b: VoiceVector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The mean direction, each counted by its weight. Zero stays zero. */
export function meanVector(vectors: readonly VoiceVector[], weights: readonly number[] = []): VoiceVector {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  vectors.forEach((vector, index) => {
    const weight = weights[index] ?? 1;
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0) * weight;
  });
  const length = Math.sqrt(cosine(sum, sum));
  return length > 0 ? sum.map(value => value / length) : sum;
}
