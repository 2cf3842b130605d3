/**
 * Stage results, stored once under their stage key (content-addressed JSON on disk). A retry resumes at the stage that
 * is missing, a re-run with other options computes only what depends on them, the same audio costs nothing twice.
 */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { removeLeftovers } from '../leftovers.ts';

export interface ResultStore {
  /** The stored result, or undefined when there is none or it is damaged (it is then computed again). */
  find<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined>;
  /** Written to a temporary name, synced, renamed: a reader sees all of it or nothing. */
  put(key: string, result: unknown): Promise<void>;
}

/** Everything that decides the result of a stage. */
export interface StageIdentity {
  stage: string;
  /** Raised by hand whenever the stage's code gives other results. */
  version: number;
  /** sha256 of the model files used. */
  models: readonly string[];
  /** The options that matter to this stage, and no others. */
  options: Readonly<Record<string, unknown>>;
  /** Keys of the results (or hashes of the files) that the stage reads. */
  inputs: readonly string[];
}

/** sha256 over stage, version, models, options and inputs; equal identities give equal keys. */
export function stageKey({ stage, version, models, options, inputs }: StageIdentity): string {
  const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([stage, version, models, sorted, inputs]))
    .digest('hex');
}

/** Opens the store in `dir`, which is made on first use and readable by its owner only. */
export function createResultStore(dir: string): ResultStore {
  const fileOf = (key: string) => path.join(dir, key.slice(0, 2), `${key}.json`);
  return {
    async find(key, schema) {
      const text = await fs.readFile(fileOf(key), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const parsed = schema.safeParse(parseJson(text));
      return parsed.success ? parsed.data : undefined;
    },
    async put(key, result) {
      const file = fileOf(key);
      try {
        makeFolder(path.dirname(file), 0o700);
        await removeLeftovers(path.dirname(file), TEMPORARY_NAME);
        await writeAtomically(file, JSON.stringify(result));
      } catch (cause) {
        throw asStorageError(cause, dir);
      }
    },
  };
}

/** The names that `writeAtomically` gives while it writes; the group is the id of the process. */
export const TEMPORARY_NAME = /\.(\d+)-[0-9a-f-]{36}\.tmp$/;

/**
 * Writes `file` so that it is either the old one or the new one, whole, whatever happens meanwhile.
 * @param mode of the file; by default nobody else reads it
 */
export async function writeAtomically(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${file}.${process.pid}-${randomUUID()}.tmp`;
  try {
    const handle = await fs.open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, file);
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
