/** Copies of the database, made while it is used; the newest ones are kept. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../make-folder.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { asStorageError } from '../../write-atomically.ts';

const KEPT = 7;
const NAME = /^hansard-\d{4}-\d{2}-\d{2}T\d{6}Z\.db$/;

export interface BackupReport {
  file: string;
  /** Older ones that were dropped. */
  dropped: string[];
}

/** @throws HansardError `data_unwritable`, `disk_full` */
export async function backUp(
  store: Store,
  dir: string,
  { dryRun, now = new Date() }: { dryRun: boolean; now?: Date },
): Promise<BackupReport> {
  const stamp = now.toISOString().replace(/:/g, '').replace(/\.\d+/, '');
  const file = path.join(dir, `hansard-${stamp}.db`);
  try {
    makeFolder(dir, 0o700);
    if (!dryRun) {
      await store.backupTo(file);
      await fs.chmod(file, 0o600);
    }
    const old = (await fs.readdir(dir))
      .filter(name => NAME.test(name))
      .sort()
      .slice(0, -KEPT);
    if (!dryRun) for (const name of old) await fs.rm(path.join(dir, name));
    return { file, dropped: old };
  } catch (cause) {
    throw asStorageError(cause, dir);
  }
}
