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

export function backupDir(dataDir: string): string {
  return path.join(dataDir, 'backups');
}

/** Older copies still hold what was erased since: one new copy takes the place of all. Where there is none, none is made. */
export async function renewBackups(store: Store, dir: string): Promise<void> {
  const old = (await fs.readdir(dir).catch(() => [])).filter(name => NAME.test(name));
  if (old.length === 0) return;
  const { file } = await backUp(store, dir, { dryRun: false });
  for (const name of old) if (name !== path.basename(file)) await fs.rm(path.join(dir, name), { force: true });
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
