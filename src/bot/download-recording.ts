/**
 * Brings a recording from a web server into the blob store. What differs between platforms, whom to ask and how, is
 * theirs; redirects, broken connections, limits and the file are dealt with here.
 */
import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import timers from 'node:timers/promises';
import { type FaultCode, HansardError } from '../errors.ts';
import { type BlobStore, blobKeys } from '../pipeline/blobs/blob-store.ts';
import type { JobContext } from '../pipeline/queue/run-stored.ts';
import { openWorkFolder } from '../pipeline/work-folder.ts';
import { asStorageError } from '../write-atomically.ts';

const MOST_REDIRECTS = 3;
const MOST_ATTEMPTS = 3;
const PAUSE_MS = 500;
const IDLE_MS = 30_000;
const MOST_HOURS = 2;
/** Enough for a byte-order mark and some empty lines before a page begins. */
const HEAD_BYTES = 256;

/** What a server said, whichever client asked it. */
export interface Answer {
  status: number;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /** Has a listener for its errors from the start. */
  body: Readable;
}

export interface DownloadOptions {
  blobs: BlobStore;
  workDir: string;
  context: Pick<JobContext, 'signal' | 'onProgress'>;
  url: URL;
  /**
   * Sends one request and follows no redirect: it is called again with the address that the redirect names, and has to
   * judge that as it judged the first. A HansardError ends the download; any other error counts as a broken connection.
   */
  ask(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>;
  /** Exactly so many must come. undefined: as many as the server says, if it does. */
  sizeBytes: number | undefined;
  maxBytes: number;
  /** What it is called when the server is away, and when it refuses. */
  faults: { unavailable: FaultCode; refused: FaultCode };
  /** The error for a page of a web site that came instead; most are there to sign in. */
  asWebPage(): HansardError;
}

/**
 * A download that breaks off goes on where it stopped, if the server can do that, and else from the start. One that
 * never began is left to the queue, which waits longer.
 * @throws HansardError one of `faults`, that of `asWebPage`, `too_large`, `cancelled`, `disk_full`, `data_unwritable`
 */
export async function downloadRecording(options: DownloadOptions): Promise<{ fileHash: string }> {
  const { blobs, workDir, context } = options;
  const work = await openWorkFolder(workDir);
  try {
    const file = path.join(work.path, 'recording');
    const fileHash = await receive(file, options);
    const key = blobKeys.source(fileHash);
    if (!(await blobs.stat(key))) await blobs.put(key, fs.createReadStream(file), context.signal);
    return { fileHash };
  } finally {
    await work.remove();
  }
}

/** The answer of `fetch`. */
export function fromResponse(response: Response): Answer {
  const body = response.body ? Readable.from(response.body, { objectMode: false }) : Readable.from([]);
  body.on('error', () => {}); // whoever reads it hears of it; one that breaks before that must not end the process
  return { status: response.status, header: name => response.headers.get(name) ?? undefined, body };
}

/** @returns the sha256 of the file */
async function receive(file: string, options: DownloadOptions): Promise<string> {
  const cap = createAlarm(MOST_HOURS * 3_600_000, `not done after ${MOST_HOURS} h`);
  const part = await openPart(file);
  try {
    await receiveInAttempts(part, options, AbortSignal.any([options.context.signal, cap.signal]));
    return part.hash.digest('hex');
  } catch (cause) {
    if (options.context.signal.aborted) throw new HansardError('cancelled', `download: ${String(cause)}`, { cause });
    if (cause instanceof HansardError) throw cause;
    throw new HansardError(options.faults.unavailable, `download: ${String(cause)}`, { cause });
  } finally {
    cap.stop();
    await part.handle.close();
  }
}

async function receiveInAttempts(part: Part, options: DownloadOptions, stop: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const idle = createAlarm(IDLE_MS, `nothing came for ${IDLE_MS / 1000} s`);
    const signal = AbortSignal.any([stop, idle.signal]);
    try {
      return await receiveRest(part, options, signal, idle.heard);
    } catch (error) {
      if (error instanceof HansardError) throw error;
      if (stop.aborted || !part.hasBegun || attempt === MOST_ATTEMPTS) throw signal.aborted ? signal.reason : error;
    } finally {
      idle.stop();
    }
    await timers.setTimeout(attempt * PAUSE_MS, undefined, { signal: stop });
  }
}

async function receiveRest(
  part: Part,
  options: DownloadOptions,
  signal: AbortSignal,
  heard: () => void,
): Promise<void> {
  const answer = await follow(options, rangeHeaders(part), signal);
  const body: AsyncIterable<Uint8Array> = addAbortSignal(signal, answer.body);
  try {
    await beginAt(part, answer, options);
    const expectedBytes = options.sizeBytes ?? part.totalBytes;
    for await (const chunk of body) {
      heard();
      await add(part, chunk, options);
      options.context.onProgress(expectedBytes ? Math.min(1, part.receivedBytes / expectedBytes) : 0);
    }
    if (expectedBytes !== undefined && part.receivedBytes !== expectedBytes)
      throw new Error(`${part.receivedBytes} of ${expectedBytes} bytes came`);
  } finally {
    answer.body.destroy();
  }
}

async function follow(
  { url, ask, faults }: DownloadOptions,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  let at = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await ask(at, headers, signal);
    const location = answer.header('location');
    if (answer.status < 300 || answer.status >= 400 || !location) return answer;
    answer.body.destroy();
    const next = URL.parse(location, at.href);
    if (!next) throw new HansardError(faults.refused, `${at.host} leads to what is no address`);
    at = next;
  }
  throw new HansardError(faults.refused, 'the download leads around in circles');
}

/** Judges what is not the recording, and makes the file end where the body of the answer begins. */
async function beginAt(part: Part, answer: Answer, { faults, maxBytes, asWebPage }: DownloadOptions): Promise<void> {
  const { status } = answer;
  if (status >= 500 || status === 429 || status === 408) throw new Error(`HTTP ${status}`);
  if (status === 416 && part.hasBegun) {
    await restart(part);
    throw new Error('the server cannot send the rest');
  }
  if (status !== 200 && status !== 206) throw new HansardError(faults.refused, `download: HTTP ${status}`);
  if (/text\/html/i.test(answer.header('content-type') ?? '')) throw asWebPage();
  if (status === 200) {
    await restart(part);
    part.totalBytes = answer.header('content-encoding') ? undefined : parseLength(answer.header('content-length'));
    part.validator = validatorOf(answer);
  } else if (!isRestOf(part, answer)) {
    await restart(part);
    throw new Error('the server sent another piece than was asked for');
  }
  part.hasBegun = true;
  if (part.totalBytes !== undefined && part.totalBytes > maxBytes)
    throw new HansardError('too_large', `${part.totalBytes} bytes, at most ${maxBytes}`);
}

/** The file so far, and what is needed to ask for the rest of it. */
interface Part {
  file: string;
  /** Appends, so that after a restart the bytes come to lie at the beginning again. */
  handle: fs.promises.FileHandle;
  hash: Hash;
  receivedBytes: number;
  /** Whether the recording ever began to come. */
  hasBegun: boolean;
  head: Buffer;
  totalBytes: number | undefined;
  /** Names this version of the recording. */
  validator: string | undefined;
}

const nothingYet = () => ({
  hash: createHash('sha256'),
  receivedBytes: 0,
  head: Buffer.alloc(0),
  totalBytes: undefined,
  validator: undefined,
});

async function openPart(file: string): Promise<Part> {
  try {
    const handle = await fs.promises.open(file, 'ax', 0o600);
    return { file, handle, hasBegun: false, ...nothingYet() };
  } catch (cause) {
    throw asStorageError(cause, file);
  }
}

async function restart(part: Part): Promise<void> {
  await part.handle.truncate(0);
  Object.assign(part, nothingYet());
}

async function add(part: Part, chunk: Uint8Array, options: DownloadOptions): Promise<void> {
  const { sizeBytes, maxBytes, faults, asWebPage } = options;
  if (part.head.length < HEAD_BYTES) {
    part.head = Buffer.concat([part.head, chunk.subarray(0, HEAD_BYTES - part.head.length)]);
    if (/^\uFEFF?\s*<(!doctype|html)/i.test(part.head.toString('utf8'))) throw asWebPage();
  }
  part.receivedBytes += chunk.length;
  if (sizeBytes !== undefined && part.receivedBytes > sizeBytes)
    throw new HansardError(faults.unavailable, `more than the ${sizeBytes} bytes that were announced`);
  if (part.receivedBytes > maxBytes) throw new HansardError('too_large', `more than ${maxBytes} bytes`);
  part.hash.update(chunk);
  await part.handle.appendFile(chunk).catch(cause => {
    throw asStorageError(cause, part.file);
  });
}

function rangeHeaders({ receivedBytes, validator }: Part): Record<string, string> {
  if (receivedBytes === 0) return {};
  // If-Range: a recording that was replaced meanwhile comes whole, not with the wrong end
  return { range: `bytes=${receivedBytes}-`, ...(validator && { 'if-range': validator }) };
}

/** Whether a 206 goes on where this file ends, and belongs to the same version of it. */
function isRestOf(part: Part, answer: Answer): boolean {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.header('content-range') ?? '') ?? [];
  const totalBytes = parseLength(total) ?? part.totalBytes;
  const validator = validatorOf(answer) ?? part.validator;
  part.totalBytes ??= totalBytes;
  part.validator ??= validator;
  const isSame = totalBytes === part.totalBytes && validator === part.validator;
  return isSame && from === String(part.receivedBytes) && !answer.header('content-encoding');
}

/** A strong ETag, or else the date: only those may stand in If-Range (RFC 9110, 13.1.5). */
function validatorOf(answer: Answer): string | undefined {
  const etag = answer.header('etag');
  return etag?.startsWith('"') ? etag : answer.header('last-modified');
}

function parseLength(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Aborts when nothing was heard for a while. */
function createAlarm(afterMs: number, why: string): { signal: AbortSignal; heard(): void; stop(): void } {
  const controller = new AbortController();
  const start = () => setTimeout(() => controller.abort(new Error(why)), afterMs);
  let timer = start();
  const stop = () => clearTimeout(timer);
  const heard = () => {
    stop();
    timer = start(); // refresh() does nothing under mock timers
  };
  return { signal: controller.signal, heard, stop };
}
