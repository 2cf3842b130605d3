/** Opens a ZIP of Craig. It may come from anybody: nothing is unpacked before its table of contents was looked through. */
import fs from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { HansardError } from '../../errors.ts';
import type { TrackSpeaker } from '../../pipeline/tracks.ts';
import { asStorageError } from '../../write-atomically.ts';
import { type CraigInfo, parseCraigInfo } from './craig-info.ts';

export interface CraigTrack {
  speaker: TrackSpeaker;
  /** Unpacks the track into a new file. @throws HansardError `zip_damaged`, `disk_full`, `data_unwritable`, `cancelled` */
  unpack(file: string, signal: AbortSignal): Promise<void>;
}

export interface CraigZip {
  info: CraigInfo;
  /** By their numbers. */
  tracks: CraigTrack[];
  close(): void;
}

/** Discord lets 99 people into a voice channel; a meeting of so many has a stage for a few. */
export const MAX_TRACKS = 50;
const MAX_ENTRIES = 500;
const MAX_INFO_BYTES = 1024 ** 2;
/** Of one track, a WAV file of 12 hours at most, and of all. */
const MAX_TRACK_BYTES = 4 * 1024 ** 3;
const MAX_BYTES = 16 * 1024 ** 3;
/** Sound does not shrink so much; only silence in a WAV file does, which is small. */
const MAX_RATIO = 200;
const HARMLESS_BYTES = 1024 ** 3;
const AUDIO = /\.(flac|oga|ogg|opus|aac|m4a|mp3|wav)$/i;

/** Whether the file begins as a ZIP file does. */
export async function isZip(file: string): Promise<boolean> {
  const handle = await fs.promises.open(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK).catch(() => undefined);
  if (!handle) return false; // whoever reads it next says why
  try {
    const { buffer: head, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && ['PK\x03\x04', 'PK\x05\x06'].includes(head.toString('latin1'));
  } catch {
    return false; // a folder
  } finally {
    await handle.close();
  }
}

/**
 * @throws HansardError `zip_damaged`, `zip_encrypted`, `zip_unsafe`, `zip_too_large`, `zip_nested`, `zip_no_audio`,
 *   `zip_not_craig`, `too_many_tracks`
 */
export async function openCraigZip(file: string): Promise<CraigZip> {
  const zip = await yauzl.openPromise(file, { autoClose: false }).catch(cause => {
    throw new HansardError('zip_damaged', String(cause), { cause });
  });
  try {
    const entries = await listFiles(zip);
    const audio = entries.filter(({ fileName }) => AUDIO.test(fileName));
    throwOnContents(zip, entries, audio);
    const info = await readInfo(zip, entries);
    const tracks = audio
      .map(entry => ({ entry, ...parseName(entry.fileName) }))
      .sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1))
      .map(({ entry, ...named }) => ({
        speaker: findPerson(named, info.people),
        unpack: (target: string, signal: AbortSignal) => unpack(zip, entry, target, signal),
      }));
    return { info, tracks, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** yauzl refuses names that lead out of the folder. */
async function listFiles(zip: yauzl.ZipFile): Promise<yauzl.Entry[]> {
  if (zip.entryCount > MAX_ENTRIES) throw new HansardError('zip_too_large', `${zip.entryCount} files`);
  try {
    const entries = await Array.fromAsync(zip.eachEntry());
    return entries.filter(({ fileName }) => !/\/$|^__MACOSX\/|(^|\/)\._/.test(fileName));
  } catch (cause) {
    const isUnsafe = /relative path|absolute path|characters in fileName/.test(String(cause));
    throw new HansardError(isUnsafe ? 'zip_unsafe' : 'zip_damaged', String(cause), { cause });
  }
}

function throwOnContents(zip: yauzl.ZipFile, entries: readonly yauzl.Entry[], audio: readonly yauzl.Entry[]): void {
  if (entries.some(entry => entry.isEncrypted())) throw new HansardError('zip_encrypted', 'an entry is encrypted');
  if (audio.length === 0) {
    const isNested = entries.some(({ fileName }) => /\.zip$/i.test(fileName));
    throw new HansardError(isNested ? 'zip_nested' : 'zip_no_audio', `${entries.length} files, none of them audio`);
  }
  if (audio.length > MAX_TRACKS) throw new HansardError('too_many_tracks', `${audio.length} tracks`);
  const bytes = audio.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  const isBomb = bytes > HARMLESS_BYTES && bytes > MAX_RATIO * zip.fileSize;
  if (isBomb || bytes > MAX_BYTES || audio.some(({ uncompressedSize }) => uncompressedSize > MAX_TRACK_BYTES))
    throw new HansardError('zip_too_large', `${zip.fileSize} bytes unpack to ${bytes}`);
}

async function readInfo(zip: yauzl.ZipFile, entries: readonly yauzl.Entry[]): Promise<CraigInfo> {
  const entry = entries.find(({ fileName }) => path.posix.basename(fileName) === 'info.txt');
  if (!entry || entry.uncompressedSize > MAX_INFO_BYTES) throw new HansardError('zip_not_craig', 'no info.txt');
  const bytes = await zip
    .openReadStreamPromise(entry)
    .then(buffer)
    .catch(cause => {
      throw new HansardError('zip_damaged', `info.txt: ${cause}`, { cause });
    });
  const info = parseCraigInfo(bytes);
  if (!info) throw new HansardError('zip_not_craig', 'info.txt names no tracks');
  return info;
}

interface NamedFile {
  number: number;
  name: string;
}

/** `2-sam_1234.flac`; a file without a number comes last. */
function parseName(fileName: string): NamedFile {
  const stem = path.posix.basename(fileName).replace(AUDIO, '');
  const [, number, name] = /^(\d{1,6})(?:-(.*))?$/su.exec(stem) ?? [];
  return number === undefined
    ? { number: Number.MAX_SAFE_INTEGER, name: stem }
    : { number: Number(number), name: name ?? '' };
}

/** The number counts the people of info.txt, unless the name says otherwise: older files left silent people out. */
function findPerson({ number, name }: NamedFile, people: readonly TrackSpeaker[]): TrackSpeaker {
  const numbered = people[number - 1];
  if (numbered && isNameOf(numbered, name)) return numbered;
  return people.find(person => isNameOf(person, name)) ?? numbered ?? { name: name || null, user: null };
}

/** In file names Craig replaces all but plain letters and digits (fileNameFromUser in apps/kitchen/src/util/index.ts). */
function isNameOf({ name, user }: TrackSpeaker, inFile: string): boolean {
  const plain = (text: string) => text.replace(/[^a-zA-Z0-9]/g, '_');
  return [name, user?.userName, `${name}#0`].some(known => known && plain(known) === inFile);
}

/** yauzl ends the stream with an error when more comes out than the table of contents says. */
async function unpack(zip: yauzl.ZipFile, entry: yauzl.Entry, file: string, signal: AbortSignal): Promise<void> {
  try {
    const source = await zip.openReadStreamPromise(entry);
    // opened last: until it is in the pipeline nobody hears its errors
    await pipeline(source, fs.createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
  } catch (cause) {
    if (signal.aborted) throw new HansardError('cancelled', entry.fileName, { cause });
    const isOfDisk = cause instanceof Error && 'syscall' in cause;
    throw isOfDisk ? asStorageError(cause, file) : new HansardError('zip_damaged', String(cause), { cause });
  }
}
