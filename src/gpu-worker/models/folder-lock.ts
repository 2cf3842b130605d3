/** One process at a time may change a folder. The kernel lets go of the lock when its holder dies, however it dies. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import timers from 'node:timers/promises';

const RETRY_MS = 200;

/** SQLite's primary result code for "another connection holds the lock". */
const SQLITE_BUSY = 5;

/**
 * Waits until this process alone may change `folder`, which exists. `onWait` is called once if another one holds it.
 * Rejects with an AbortError.
 */
export async function lockFolder(folder: string, signal: AbortSignal, onWait: () => void): Promise<AsyncDisposable> {
  const database = new DatabaseSync(path.join(folder, '.lock'), { timeout: 0 });
  try {
    for (let attempt = 0; !tryLock(database); attempt++) {
      if (attempt === 0) onWait();
      await timers.setTimeout(RETRY_MS, undefined, { signal });
    }
  } catch (error) {
    database.close();
    throw error;
  }
  return { [Symbol.asyncDispose]: async () => database.close() };
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
