/** A lock that one process holds at a time. It is SQLite's own on a file, so it ends with the process, however that ends. */
import { DatabaseSync } from 'node:sqlite';
import timers from 'node:timers/promises';

const RETRY_MS = 200;

/** SQLite's primary result code for "another connection holds the lock". */
const SQLITE_BUSY = 5;

/**
 * @param file made where it is missing; its folder exists
 * @returns undefined while somebody else, perhaps in this process, holds it
 */
export function tryLock(file: string): Disposable | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

/** Waits for it. `onWait` is called once if another one holds it. Rejects with an AbortError. */
export async function waitForLock(file: string, signal: AbortSignal, onWait: () => void): Promise<Disposable> {
  for (let attempt = 0; ; attempt++) {
    const lock = tryLock(file);
    if (lock) return lock;
    if (attempt === 0) onWait();
    await timers.setTimeout(RETRY_MS, undefined, { signal });
  }
}
