/** Writes files whole or not at all, and says in our words why not. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { HansardError } from './errors.ts';

/** The names that files have while they are written; the group is the id of the process. */
export const TEMPORARY_NAME = /\.(\d+)-[0-9a-f-]{36}\.tmp$/;

/**
 * Writes `file` so that it is either the old one or the new one, whole, whatever happens meanwhile.
 * @param mode of the file; by default nobody else reads it
 * @returns how many bytes
 */
export async function writeAtomically(
  file: string,
  content: Readable | Uint8Array | string,
  { mode = 0o600, signal }: { mode?: number; signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const temporary = `${file}.${process.pid}-${randomUUID()}.tmp`;
  try {
    const handle = await fs.open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content, { signal });
      await handle.sync();
      const { size } = await handle.stat();
      await fs.rename(temporary, file);
      return size;
    } finally {
      await handle.close();
    }
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

/** `disk_full`, or else that this kind of folder cannot be written, with the system's own words as detail. */
export function asStorageError(cause: unknown, where: string, kind: 'data' | 'output' = 'data'): HansardError {
  if (cause instanceof HansardError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const detail = `${where}: ${cause instanceof Error ? cause.message : String(cause)}`;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new HansardError(full ? 'disk_full' : `${kind}_unwritable`, detail, { cause });
}
