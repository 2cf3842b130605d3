/**
 * Encryption of voices, AES-256-GCM (NIST SP 800-38D): key id, nonce, tag, ciphertext. The nonce is a keyed hash of what is
 * encrypted, so it is never used for two different texts, and equal texts give equal bytes: a job that is planned twice is
 * the same job.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { HansardError } from '../../errors.ts';
import type { VoiceKey } from './voice-key.ts';

const CIPHER = 'aes-256-gcm';
const ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param context what it belongs to; it opens in this context alone, so that nobody's voice can be put in another's place */
export function seal(key: VoiceKey, context: string, plain: Uint8Array): Buffer {
  const nonce = createHmac('sha256', key.nonce)
    .update(`${context.length}:${context}`)
    .update(plain)
    .digest()
    .subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.encryption, nonce).setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([key.id, nonce, cipher.getAuthTag(), ciphertext]);
}

/** @throws HansardError `voice_key_wrong` when it was encrypted with another key; `voiceprint_damaged` */
export function unseal(key: VoiceKey, context: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed);
  if (bytes.length < ID_BYTES + NONCE_BYTES + TAG_BYTES) throw new HansardError('voiceprint_damaged', context);
  if (!bytes.subarray(0, ID_BYTES).equals(key.id)) throw new HansardError('voice_key_wrong', context);
  const nonce = bytes.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES);
  const tag = bytes.subarray(ID_BYTES + NONCE_BYTES, ID_BYTES + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key.encryption, nonce).setAAD(Buffer.from(context)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ID_BYTES + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new HansardError('voiceprint_damaged', context, { cause });
  }
}
