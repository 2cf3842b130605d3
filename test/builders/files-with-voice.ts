/** Looks for voices where none may be. */
import assert from 'node:assert/strict';
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

/**
 * Files in which any of the voices lies.
 * @param searched files that must be among those that are searched, or the search has missed its place
 */
export function filesWithVoice(
  folder: string,
  vectors: readonly VoiceVector[],
  searched: readonly string[] = [],
): string[] {
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => fs.statSync(path.join(folder, name)).isFile());
  for (const name of searched) assert.ok(files.includes(name), `${name} is not among ${files.join(', ')}`);
  const wanted = vectors.flatMap(traces);
  return files.filter(name => {
    const content = fs.readFileSync(path.join(folder, name));
    return wanted.some(trace => content.includes(trace));
  });
}
