/** A private folder for one run's temporary files. Folders of runs that were killed are removed by the next run. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { asStorageError } from './results/result-store.ts';

export interface WorkFolder {
  path: string;
  remove(): Promise<void>;
}

/** Makes `<parent>/<pid>-<random>`; sweeps the folders of processes that are gone. */
export async function openWorkFolder(parent: string): Promise<WorkFolder> {
  const folder = path.join(parent, `${process.pid}-${randomUUID()}`);
  try {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw asStorageError(cause, parent);
  }
  await sweep(parent);
  return { path: folder, remove: () => fs.rm(folder, { recursive: true, force: true }) };
}

async function sweep(parent: string): Promise<void> {
  for (const name of await fs.readdir(parent)) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) await fs.rm(path.join(parent, name), { recursive: true, force: true });
  }
}

/** True while a process with this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
