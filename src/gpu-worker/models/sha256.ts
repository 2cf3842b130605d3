/** The only judge of a weight file. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

const READ_BYTES = 1 << 20;

/** Lower-case hexadecimal sha256 of a file, read in windows. Rejects as `fs` does, or with an AbortError. */
export async function sha256OfFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(fs.createReadStream(file, { highWaterMark: READ_BYTES }), hash, signal ? { signal } : {});
  return hash.digest('hex');
}
