/** A recording on disk, before anything is known about it. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { HansardError } from '../errors.ts';

/** When the recording was last written. Devices and pipes are refused: reading them may never end. */
export async function statRecording(sourcePath: string): Promise<Date> {
  const stats = await fs.promises.stat(sourcePath).catch(cause => {
    throw asFileError(cause, sourcePath);
  });
  if (!stats.isFile()) throw new HansardError('not_a_file', sourcePath);
  return stats.mtime;
}

/** sha256 of the file's bytes, streamed. */
export async function hashFile(sourcePath: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(fs.createReadStream(sourcePath), hash, { signal });
  } catch (cause) {
    if (signal.aborted) throw new HansardError('cancelled', sourcePath, { cause });
    throw asFileError(cause, sourcePath);
  }
  return hash.digest('hex');
}

function asFileError(cause: unknown, sourcePath: string): HansardError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return new HansardError('file_missing', sourcePath, { cause });
  return new HansardError('file_unreadable', `${sourcePath}: ${code}`, { cause });
}
