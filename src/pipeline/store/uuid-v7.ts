/** UUIDv7 (RFC 9562 §5.7): sorts by time of making, so that a list of ids is a list in order. */
import { randomBytes } from 'node:crypto';

let lastMs = 0;
let counter = 0;

/**
 * 48 bits of milliseconds since 1970, a 12-bit counter within the millisecond (RFC 9562 §6.2, method 1), 62 random bits.
 * Ids of one process always rise; when the counter is used up or the clock goes back, the next millisecond is borrowed.
 */
export function uuidV7(nowMs = Date.now()): string {
  const bytes = randomBytes(16);
  if (nowMs > lastMs) {
    lastMs = nowMs;
    // the counter starts in its lower half, so that there is room to count
    counter = bytes.readUInt16BE(6) & 0x7ff;
  } else if (++counter > 0xfff) {
    lastMs++;
    counter = 0;
  }
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
