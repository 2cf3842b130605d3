/** The fingerprint of a decoded recording: the same sound in another file or under another name has the same one. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** sha256 (hex) of the last `byteCount` bytes of a WAV file, which are its samples. */
export async function hashSamples(wavPath: string, byteCount: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const { size } = await fs.promises.stat(wavPath);
  await pipeline(fs.createReadStream(wavPath, { start: size - byteCount, highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}
