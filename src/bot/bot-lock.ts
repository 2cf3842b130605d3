/** One bot per data folder. The lock is SQLite's own, so it ends with the process, however that ends. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HansardError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { asStorageError } from '../write-atomically.ts';

const SQLITE_BUSY = 5;

/**
 * @returns a function that gives the lock back
 * @throws HansardError `bot_running` when another process holds it, `data_unwritable`
 */
export function takeBotLock(dataDir: string): () => void {
  const file = path.join(dataDir, 'bot.lock');
  let db: DatabaseSync | undefined;
  try {
    makeFolder(dataDir, 0o700);
    db = new DatabaseSync(file, { timeout: 0 });
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (cause) {
    db?.close();
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY)
      throw new HansardError('bot_running', dataDir, { cause });
    throw asStorageError(cause, file);
  }
  const held = db;
  return () => held.close();
}
