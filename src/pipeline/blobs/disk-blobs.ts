/** Blobs as files of one folder, which is made on first use and readable by its owner only. */
import fs from 'node:fs';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { asStorageError, TEMPORARY_NAME, writeAtomically } from '../../write-atomically.ts';
import { removeLeftovers } from '../leftovers.ts';
import { assertBlobKey, type BlobFacts, type BlobStore } from './blob-store.ts';

export function createDiskBlobs(root: string): BlobStore {
  const fileOf = (key: string) => {
    assertBlobKey(key);
    return path.join(root, ...key.split('/'));
  };
  return {
    async put(key, content, signal) {
      const file = fileOf(key);
      try {
        makeFolder(path.dirname(file), 0o700);
        await removeLeftovers(path.dirname(file), TEMPORARY_NAME);
        return await writeAtomically(file, content, { signal });
      } catch (cause) {
        if (signal?.aborted) throw new HansardError('cancelled', key, { cause });
        throw asStorageError(cause, root);
      }
    },
    async open(key, signal) {
      try {
        const handle = await fs.promises.open(fileOf(key));
        return handle.createReadStream(signal ? { signal } : {});
      } catch (cause) {
        throw isAbsence(cause) ? new HansardError('blob_missing', key, { cause }) : asStorageError(cause, root);
      }
    },
    async stat(key) {
      try {
        const { size, mtimeMs } = await fs.promises.stat(fileOf(key));
        return { key, bytes: size, modifiedAtMs: mtimeMs };
      } catch (cause) {
        if (isAbsence(cause)) return undefined;
        throw asStorageError(cause, root);
      }
    },
    async delete(key) {
      try {
        await fs.promises.rm(fileOf(key), { force: true });
      } catch (cause) {
        if (!isAbsence(cause)) throw asStorageError(cause, root);
      }
    },
    list: prefix => listFiles(root, prefix.replace(/\/$/, '')),
    async problems() {
      try {
        makeFolder(root, 0o700);
        const probe = path.join(root, 'probe');
        await writeAtomically(probe, '');
        await fs.promises.rm(probe, { force: true });
        return [];
      } catch (cause) {
        const { userMessage, detail } = asStorageError(cause, root);
        return [`${userMessage} (${detail})`];
      }
    },
  };
}

async function* listFiles(root: string, prefix: string): AsyncGenerator<BlobFacts> {
  const entries = await fs.promises.readdir(path.join(root, prefix), { withFileTypes: true }).catch(cause => {
    if (isAbsence(cause)) return [];
    throw asStorageError(cause, root);
  });
  for (const entry of entries) {
    const key = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) yield* listFiles(root, key);
    else if (!TEMPORARY_NAME.test(entry.name)) {
      const stats = await fs.promises.stat(path.join(root, key)).catch(() => undefined); // deleted meanwhile
      if (stats) yield { key, bytes: stats.size, modifiedAtMs: stats.mtimeMs };
    }
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
