/** A file at a public hub, over HTTPS, resumed where an earlier download stopped. */
import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { HubSource, ModelFile } from '../model-files.ts';
import { sha256OfFile } from '../sha256.ts';

/** Where each hub answers; tests name a local server. */
export type HubOrigins = Record<HubSource['hub'], string>;

export const publicHubs: HubOrigins = {
  huggingface: 'https://huggingface.co',
  modelscope: 'https://modelscope.cn',
  github: 'https://raw.githubusercontent.com',
};

/** A hub that cannot be reached must cost little, as a package usually brings the same bytes. */
const ANSWER_TIMEOUT_MS = 4_000;
const IDLE_TIMEOUT_MS = 30_000;

export interface HubDownload {
  url: string;
  file: ModelFile;
  /** Kept when the download breaks off, and gone on with by the next. */
  partPath: string;
  signal: AbortSignal;
  onBytes(receivedBytes: number): void;
}

export function hubUrl(source: HubSource, origins: HubOrigins): string {
  const { repository, revision, path } = source;
  const origin = origins[source.hub];
  if (source.hub === 'github') return `${origin}/${repository}/${revision}/${path}`;
  if (source.hub === 'modelscope') return `${origin}/models/${repository}/resolve/${revision}/${path}`;
  return `${origin}/${repository}/resolve/${revision}/${path}`;
}

/** Thrown when the host gave no answer at all: its other files need not be tried now. */
export class HubUnreachable extends Error {}

/** Downloads to `partPath`. What an earlier try left there is gone on with, and given up if the whole is then wrong. */
export async function downloadFromHub(download: HubDownload): Promise<void> {
  const { file, partPath, signal } = download;
  const resumed = await receive(download);
  if (resumed && (await sha256OfFile(partPath, signal)) !== file.sha256) {
    await fs.rm(partPath);
    await receive(download);
  }
}

/** @returns whether bytes of an earlier try are part of the file */
async function receive({ url, file, partPath, signal, onBytes }: HubDownload): Promise<boolean> {
  const already = await bytesOf(partPath);
  if (already === file.bytes) return true;
  if (already > file.bytes) await fs.rm(partPath);
  const offset = already < file.bytes ? already : 0;

  const stopped = new AbortController();
  const watchdog = createWatchdog(stopped);
  try {
    watchdog.restart(ANSWER_TIMEOUT_MS, `no answer within ${ANSWER_TIMEOUT_MS / 1000} s`);
    const eitherSignal = AbortSignal.any([signal, stopped.signal]);
    const response = await request(url, offset, eitherSignal);
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`HTTP ${response.status}`);
    }
    const resumed = response.status === 206 && offset > 0;
    let received = resumed ? offset : 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        watchdog.restart(IDLE_TIMEOUT_MS, `nothing received for ${IDLE_TIMEOUT_MS / 1000} s`);
        received += chunk.length;
        onBytes(received);
        done(received > file.bytes ? new Error('more bytes than the published file has') : null, chunk);
      },
    });
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    await pipeline(body, count, createWriteStream(partPath, { flags: resumed ? 'a' : 'w' }), { signal: eitherSignal });
    if (received < file.bytes) throw new Error(`broke off at ${received} of ${file.bytes} bytes`);
    return resumed;
  } catch (error) {
    signal.throwIfAborted();
    throw stopped.signal.aborted && !(error instanceof HubUnreachable) ? stopped.signal.reason : error;
  } finally {
    watchdog.stop();
  }
}

async function request(url: string, offset: number, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers: offset > 0 ? { range: `bytes=${offset}-` } : {}, signal });
  } catch (cause) {
    // fetch says "fetch failed"; why is in its cause, or in the signal.
    const reason = signal.aborted ? signal.reason : cause instanceof Error ? (cause.cause ?? cause) : cause;
    throw new HubUnreachable(`not reachable: ${reason instanceof Error ? reason.message : reason}`, { cause });
  }
}

function createWatchdog(controller: AbortController) {
  let timer: NodeJS.Timeout | undefined;
  return {
    restart(timeoutMs: number, reason: string): void {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(new Error(reason)), timeoutMs);
    },
    stop: () => clearTimeout(timer),
  };
}

async function bytesOf(file: string): Promise<number> {
  try {
    return (await fs.stat(file)).size;
  } catch {
    return 0;
  }
}
