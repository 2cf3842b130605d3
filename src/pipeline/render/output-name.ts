/** Names the folder that gets a recording's files. */
import path from 'node:path';

const MAX_CHARACTERS = 100;

/**
 * The recording's file name without extension, safe as a folder name on every system: NFC, no control, bidi or reserved
 * characters, no leading dot or dash, at most 100 characters (and 200 bytes); `recording` when nothing is left.
 */
export function outputName(recordingPath: string): string {
  const name = path
    .parse(recordingPath)
    .name.toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u{feff}\u{fffd}/\\:*?"<>|]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.-]+/u, '');
  return shorten(name).replace(/[\s.]+$/u, '') || 'recording';
}

/** File systems limit names to 255 bytes; some is left for "-2" and temporary endings. */
const MAX_BYTES = 200;

function shorten(name: string): string {
  let kept = '';
  let count = 0;
  for (const { segment } of new Intl.Segmenter('und').segment(name)) {
    count += segment.length;
    if (count > MAX_CHARACTERS || Buffer.byteLength(kept + segment) > MAX_BYTES) break;
    kept += segment;
  }
  return kept;
}
