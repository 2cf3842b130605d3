/** The key that voiceprints are encrypted with: 32 random bytes in a file of its own, which no backup of the database holds. */
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { asStorageError } from '../../write-atomically.ts';

export interface VoiceKey {
  /** Tells keys apart without telling anything of them: 8 bytes. */
  id: Buffer;
  /** For AES-256-GCM. */
  encryption: Buffer;
  /** For the numbers that are used once. */
  nonce: Buffer;
}

const KEY_BYTES = 32;
const ID_BYTES = 8;
/** Readable by its owner alone. */
const MODE = 0o600;

/**
 * Reads the key. @throws HansardError `voice_key_missing`, `voice_key_unusable` when it holds something else or others may
 * read it
 */
export function readVoiceKey(file: string): VoiceKey {
  let text: string;
  try {
    if ((fs.statSync(file).mode & 0o077) !== 0)
      throw new HansardError('voice_key_unusable', `${file} may be read by others: chmod 600`);
    text = fs.readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof HansardError) throw cause;
    throw new HansardError('voice_key_missing', file, { cause });
  }
  const secret = Buffer.from(text, 'base64');
  if (secret.length !== KEY_BYTES || secret.toString('base64') !== text)
    throw new HansardError('voice_key_unusable', `${file} does not hold ${KEY_BYTES} bytes in base64`);
  const derive = (purpose: string, bytes: number) => Buffer.from(hkdfSync('sha256', secret, '', purpose, bytes));
  return {
    id: createHash('sha256').update(secret).update('id').digest().subarray(0, ID_BYTES),
    encryption: derive('hansard voiceprint encryption', KEY_BYTES),
    nonce: derive('hansard voiceprint nonce', KEY_BYTES),
  };
}

/** As `readVoiceKey`; makes the file where there is none. @throws also `data_unwritable`, `disk_full` */
export function makeVoiceKey(file: string): VoiceKey {
  try {
    makeFolder(path.dirname(file), 0o700);
    fs.writeFileSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { flag: 'wx', mode: MODE, flush: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw asStorageError(cause, file);
  }
  return readVoiceKey(file);
}
