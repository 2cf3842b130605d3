/** A private folder for one run's temporary files. Folders of runs that were killed are removed by the next run. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { asStorageError } from '../write-atomically.ts';
import { removeLeftovers } from './leftovers.ts';

export interface WorkFolder {
  path: string;
  remove(): Promise<void>;
}

/**
 * Makes `<parent>/<pid>-<random>`; sweeps the folders of processes that are gone.
 * @throws HansardError `data_unwritable`, `disk_full`
 */
export async function openWorkFolder(parent: string): Promise<WorkFolder> {
  const folder = path.join(parent, `${process.pid}-${randomUUID()}`);
  try {
    makeFolder(parent, 0o700);
    await removeLeftovers(parent, /^(\d+)-/);
    await fs.mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    throw asStorageError(cause, parent);
  }
  return { path: folder, remove: () => fs.rm(folder, { recursive: true, force: true }) };
}
