/** A private folder for one run's temporary files. Folders of runs that were killed are removed by the next run. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { asStorageError } from '../write-atomically.ts';
import { removeLeftovers } from './leftovers.ts';

/** The group is the id of the process that made it. */
const OWNER = /^(\d+)-/;

export interface WorkFolder {
  path: string;
  remove(): Promise<void>;
}

/** Removes what processes that are gone have left; no parent, nothing to remove. */
export async function sweepWorkFolders(parent: string): Promise<void> {
  if (existsSync(parent)) await removeLeftovers(parent, OWNER);
}

/**
 * Makes `<parent>/<pid>-<random>`; sweeps the folders of processes that are gone.
 * @throws HansardError `data_unwritable`, `disk_full`
 */
export async function openWorkFolder(parent: string): Promise<WorkFolder> {
  const folder = path.join(parent, `${process.pid}-${randomUUID()}`);
  try {
    makeFolder(parent, 0o700);
    await removeLeftovers(parent, OWNER);
    await fs.mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    throw asStorageError(cause, parent);
  }
  return { path: folder, remove: () => fs.rm(folder, { recursive: true, force: true }) };
}
