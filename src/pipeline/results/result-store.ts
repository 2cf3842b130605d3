/**
 * Stage results, stored once under their stage key (content-addressed JSON in the blob store). A retry resumes at the stage that
 * is missing, a re-run with other options computes only what depends on them, the same audio costs nothing twice.
 */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { type BlobStore, blobKeys, readText } from '../blobs/blob-store.ts';

export interface ResultStore {
  /** The stored result, or undefined when there is none or it is damaged (it is then computed again). */
  find<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined>;
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

/** sha256 over stage, version, models, options and inputs; equal identities give equal keys. Undefined options are none. */
export function stageKey({ stage, version, models, options, inputs }: StageIdentity): string {
  const sorted = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([stage, version, models, sorted, inputs]))
    .digest('hex');
}

export function createResultStore(blobs: BlobStore): ResultStore {
  return {
    async find(key, schema) {
      const text = await readText(blobs, blobKeys.result(key));
      if (text === undefined) return undefined;
      const parsed = schema.safeParse(parseJson(text));
      return parsed.success ? parsed.data : undefined;
    },
    async put(key, result) {
      await blobs.put(blobKeys.result(key), JSON.stringify(result));
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
