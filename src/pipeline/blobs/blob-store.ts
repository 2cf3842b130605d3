/**
 * The port of the blob store: recordings, decoded audio, stage results and finished files, under keys. Two adapters,
 * `disk-blobs.ts` and `s3-blobs.ts`; one contract, test/contracts/blobs.contract.ts.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HansardError } from '../../errors.ts';
import { asStorageError } from '../../write-atomically.ts';

export interface BlobFacts {
  key: string;
  bytes: number;
  /** Milliseconds since 1970. */
  modifiedAtMs: number;
}

/** Calls throw HansardError `blobs_unavailable` (retryable) or `blobs_refused`; on disk `disk_full`, `data_unwritable`. */
export interface BlobStore {
  /** A reader sees the old blob or all of the new one; a write that fails or is stopped leaves nothing. @returns bytes */
  put(key: string, content: Readable | Uint8Array | string, signal?: AbortSignal): Promise<number>;
  /** @throws HansardError `blob_missing` */
  open(key: string, signal?: AbortSignal): Promise<Readable>;
  stat(key: string): Promise<BlobFacts | undefined>;
  /** One that is not there is no error. */
  delete(key: string): Promise<void>;
  /** All whose key begins with `prefix`, which ends with a slash; in no particular order. */
  list(prefix: string): AsyncIterable<BlobFacts>;
  /** What keeps it from working, one sentence each; [] when all is well. */
  problems(): Promise<string[]>;
}

/** Where each kind of blob lies. No key is another one followed by a slash: stores that keep keys as files refuse that. */
export const blobKeys = {
  /** A recording as it was posted, by the sha256 of its bytes. */
  source: (fileHash: string) => `sources/${fileHash}`,
  /** Decoded sound, by the sha256 of its samples. */
  audio: (audioHash: string) => `audio/${audioHash}.wav`,
  /** Beside it the packed sound of its tracks. */
  tracks: (audioHash: string) => `audio/${audioHash}.tracks`,
  result: (stageKey: string) => `results/${stageKey.slice(0, 2)}/${stageKey}.json`,
};

/** The hash in the key of a recording. */
export function hashOfSource(key: string): string {
  return key.slice(blobKeys.source('').length);
}

/** @throws HansardError `invalid_usage` for a key that could leave the store or that not every store can hold */
export function assertBlobKey(key: string): void {
  const isSound = key.length <= 512 && key.split('/').every(part => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part));
  if (!isSound) throw new HansardError('invalid_usage', `not a key of a blob: ${JSON.stringify(key.slice(0, 200))}`);
}

/** The whole blob as text; for small ones. undefined when it is not there. */
export async function readText(blobs: BlobStore, key: string): Promise<string | undefined> {
  try {
    const pieces: Buffer[] = [];
    for await (const piece of await blobs.open(key)) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces).toString('utf8');
  } catch (error) {
    if (error instanceof HansardError && error.code === 'blob_missing') return undefined;
    throw error;
  }
}

/** Copies a blob to a new file. @throws HansardError `blob_missing`, `disk_full`, `data_unwritable` */
export async function download(blobs: BlobStore, key: string, file: string, signal: AbortSignal): Promise<void> {
  const content = await blobs.open(key, signal);
  try {
    await pipeline(content, fs.createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
  } catch (cause) {
    await fs.promises.rm(file, { force: true });
    if (signal.aborted) throw new HansardError('cancelled', path.basename(file), { cause });
    throw asStorageError(cause, file);
  }
}
