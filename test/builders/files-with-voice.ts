/** Looks for voices where none may be. */
import fs from 'node:fs';
import path from 'node:path';
import type { VoiceVector } from '../../src/pipeline/voices/voice-vector.ts';

/** Every form in which a vector could lie in a file: as bytes, in base64 at each offset, as numbers in JSON. */
function traces(vector: VoiceVector): Buffer[] {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).subarray(48, 96);
  const numbers = [...vector.subarray(20, 24)];
  return [
    bytes,
    ...[0, 1, 2].map(skip => Buffer.from(bytes.subarray(skip, skip + 30).toString('base64'))),
    ...numbers.map(number => Buffer.from(`${number}`.slice(0, 10))),
  ];
}

/** Files in which any of the voices lies. */
export function filesWithVoice(folder: string, vectors: readonly VoiceVector[]): string[] {
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => path.join(folder, name))
    .filter(name => fs.statSync(name).isFile());
  const wanted = vectors.flatMap(traces);
  return files.filter(name => {
    const content = fs.readFileSync(name);
    return wanted.some(trace => content.includes(trace));
  });
}
