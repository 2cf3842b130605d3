/** One bot per data folder. */
import path from 'node:path';
import { HansardError } from '../errors.ts';
import { tryLock } from '../exclusive-lock.ts';
import { makeFolder } from '../make-folder.ts';
import { asStorageError } from '../write-atomically.ts';

/** @throws HansardError `bot_running` when another process holds it, `data_unwritable` */
export function takeBotLock(dataDir: string): Disposable {
  const file = path.join(dataDir, 'bot.lock');
  let lock: Disposable | undefined;
  try {
    makeFolder(dataDir, 0o700);
    lock = tryLock(file);
  } catch (cause) {
    throw asStorageError(cause, file);
  }
  if (!lock) throw new HansardError('bot_running', dataDir);
  return lock;
}
