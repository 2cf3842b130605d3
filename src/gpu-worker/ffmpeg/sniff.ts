/** Looks at a file before ffprobe does: most bad uploads are found in the first bytes, and named better from there. */
import type { FileHandle } from 'node:fs/promises';
import fs from 'node:fs/promises';
import { HansardError } from '../../errors.ts';

/** An open recording with its size and first bytes. The caller closes `handle`. */
export interface SniffedFile {
  handle: FileHandle;
  sizeBytes: number;
  head: Buffer;
}

const HEAD_BYTES = 4096;
const MOV_BOXES = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip'];
/** First bytes of wav, w64, ogg, flac, tagged mp3, aiff, caf, flv, au, amr, matroska, asf and mpeg. */
const SIGNATURES = [
  ...['RIFF', 'RF64', 'riff', 'OggS', 'fLaC', 'ID3', 'FORM', 'caff', 'FLV', '.snd', '#!AMR'],
  ...['\x1aE\xdf\xa3', '0&\xb2u', '\0\0\x01\xba'],
];

/**
 * Opens a recording and refuses what cannot be one.
 * @throws HansardError `file_missing`, `not_a_file`, `file_unreadable`, `empty_file`, `web_page` or `not_media`
 */
export async function openSniffed(path: string): Promise<SniffedFile> {
  const handle = await openForReading(path);
  try {
    const stat = await handle.stat();
    if (!stat.isFile())
      throw new HansardError('not_a_file', `${path} is ${stat.isDirectory() ? 'a folder' : 'no file'}`);
    if (stat.size === 0) throw new HansardError('empty_file', `${path} has 0 bytes`);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    refuseText(head, path);
    return { handle, sizeBytes: stat.size, head };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** True when the first bytes are those of a container we know, so that what follows must be damage. */
export function hasMediaSignature(head: Buffer): boolean {
  const isMov = MOV_BOXES.includes(head.toString('latin1', 4, 8));
  const isMpegAudio = head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0;
  return isMov || isMpegAudio || SIGNATURES.some(signature => head.indexOf(signature, 0, 'latin1') === 0);
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await fs.open(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK); // a named pipe must not block us
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ERR_INVALID_ARG_VALUE') {
      throw new HansardError('file_missing', `there is no ${path}`, { cause });
    }
    if (code === 'EISDIR' || code === 'ENXIO') throw new HansardError('not_a_file', `${path} is no file`, { cause });
    throw new HansardError('file_unreadable', `${path}: ${code}`, { cause });
  }
}

function refuseText(head: Buffer, path: string): void {
  const text = findText(head);
  if (text === undefined) return;
  if (/^(<!--[\s\S]*?-->\s*)*<(!doctype\s+html|html|head|body|script|meta)\b/i.test(text) || /<html[\s>]/i.test(text)) {
    throw new HansardError('web_page', `${path} begins as a web page`);
  }
  if (/^(#EXTM3U|ffconcat\b|file\s|\[playlist\]|<smil\b)|<MPD\b|^#EXTINF/im.test(text)) {
    throw new HansardError('not_media', `${path} is a playlist; it names recordings and holds none`);
  }
  throw new HansardError('not_media', `${path} is text, not sound`);
}

/** Those that no text holds: all but tab, line ends and form feed. */
const CONTROL_CHARACTERS = /(?![\t\n\v\f\r])\p{Cc}/u;

/** The beginning as text without its byte-order mark and leading space, or undefined when it holds binary data. */
function findText(head: Buffer): string | undefined {
  const text = decodeText(head);
  return CONTROL_CHARACTERS.test(text) ? undefined : text.trimStart();
}

function decodeText(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le').decode(head);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true }); // may end inside a character
  } catch {
    return new TextDecoder('windows-1252').decode(head); // pages of old servers
  }
}
