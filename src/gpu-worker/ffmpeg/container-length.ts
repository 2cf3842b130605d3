/** Two lengths that ffprobe hides: the one a WAV header promises, and whether an Ogg file ends inside a page. */
import type { FileHandle } from 'node:fs/promises';

/** Sizes from here on mean "not known when the header was written": streams to a pipe, RF64. */
const UNKNOWN_BYTES = 0x7fff_0000;

/**
 * The length that a RIFF header promises; ffprobe answers with the length of what is there, so that a cut file looks
 * whole. Null when it is no WAV file or the header does not know.
 */
export function findWavDurationMs(head: Buffer): number | null {
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return null;
  let bytesPerSecond = 0;
  for (let offset = 12; offset + 8 <= head.length; ) {
    const name = head.toString('latin1', offset, offset + 4);
    const bytes = head.readUInt32LE(offset + 4);
    if (name === 'fmt ' && offset + 20 <= head.length) bytesPerSecond = head.readUInt32LE(offset + 16);
    if (name === 'data') {
      const isKnown = bytes > 0 && bytes < UNKNOWN_BYTES && bytesPerSecond > 0;
      return isKnown ? Math.round((bytes / bytesPerSecond) * 1000) : null;
    }
    offset += 8 + bytes + (bytes & 1);
  }
  return null;
}

const PAGE_HEADER_BYTES = 27;
const MAX_PAGE_BYTES = PAGE_HEADER_BYTES + 255 + 255 * 255;

/**
 * True for an Ogg file whose last page is not all there. Ogg has no length in its header, so a cut one looks whole;
 * a missing end-of-stream mark alone proves nothing, because some recorders never write it (RFC 3533, section 6).
 */
export async function endsInsideOggPage(handle: FileHandle, head: Buffer, sizeBytes: number): Promise<boolean> {
  if (head.toString('latin1', 0, 4) !== 'OggS') return false;
  const tail = Buffer.alloc(Math.min(sizeBytes, MAX_PAGE_BYTES));
  await handle.read(tail, 0, tail.length, sizeBytes - tail.length);
  const page = tail.lastIndexOf('OggS', undefined, 'latin1');
  if (page < 0) return true;
  const segments = tail[page + PAGE_HEADER_BYTES - 1];
  if (segments === undefined) return true;
  const lengths = tail.subarray(page + PAGE_HEADER_BYTES, page + PAGE_HEADER_BYTES + segments);
  const bodyBytes = lengths.reduce((sum, bytes) => sum + bytes, 0);
  return lengths.length < segments || page + PAGE_HEADER_BYTES + segments + bodyBytes > tail.length;
}
