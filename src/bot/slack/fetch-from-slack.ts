/** Brings a recording from Slack into the blob store. The token goes to Slack and nowhere else. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { type BlobStore, blobKeys } from '../../pipeline/blobs/blob-store.ts';
import type { Fetcher } from '../../pipeline/fetch-handler.ts';
import { openWorkFolder } from '../../pipeline/work-folder.ts';
import { asStorageError } from '../../write-atomically.ts';
import type { Slack } from './call-slack.ts';
import { slackSource } from './slack-platform.ts';

const MOST_REDIRECTS = 3;
const IDLE_MS = 30_000;

const fileSchema = z.looseObject({
  url_private_download: z.string().optional(),
  url_private: z.string().optional(),
  size: z.number(),
});

export interface SlackFetcherOptions {
  slack: Slack;
  blobs: BlobStore;
  workDir: string;
  token: string;
  maxBytes: number;
  /** Beside Slack's own hosts; for tests. */
  trustedHost: string | undefined;
}

export function createSlackFetcher({
  slack,
  blobs,
  workDir,
  token,
  maxBytes,
  trustedHost,
}: SlackFetcherOptions): Fetcher {
  const isSlackHost = (url: URL) =>
    url.host === trustedHost || (url.protocol === 'https:' && /(^|\.)slack(-edge)?\.com$/.test(url.hostname));
  const takesToken = (url: URL) => url.host === trustedHost || /(^|\.)slack\.com$/.test(url.hostname);

  async function open(address: string, signal: AbortSignal): Promise<Response> {
    let url = new URL(address);
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      if (!isSlackHost(url)) throw new HansardError('platform_refused', `a download that leads to ${url.host}`);
      const response = await fetch(url, {
        signal,
        redirect: 'manual',
        headers: takesToken(url) ? { authorization: `Bearer ${token}` } : {},
      }).catch(cause => {
        throw new HansardError(signal.aborted ? 'cancelled' : 'platform_unavailable', `download: ${String(cause)}`, {
          cause,
        });
      });
      const next = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && next) {
        url = new URL(next, url);
        continue;
      }
      if (response.status >= 500 || response.status === 429)
        throw new HansardError('platform_unavailable', `download: HTTP ${response.status}`);
      if (!response.ok) throw new HansardError('platform_refused', `download: HTTP ${response.status}`);
      // without files:read, or outside the channel, Slack answers with its sign-in page and status 200
      if (/text\/html/.test(response.headers.get('content-type') ?? ''))
        throw new HansardError(
          'scope_missing',
          'the download is a sign-in page: files:read is missing, or I am not in the channel',
        );
      return response;
    }
    throw new HansardError('platform_refused', 'the download leads around in circles');
  }

  return async (source, { signal, onProgress }) => {
    const { fileId } = slackSource.parse(source);
    const answer = await slack.call('files.info', client => client.files.info({ file: fileId }));
    const { url_private_download, url_private, size } = fileSchema.parse(answer.file);
    const address = url_private_download ?? url_private;
    if (!address) throw new HansardError('platform_refused', `file ${fileId} has no address`);
    if (size > maxBytes) throw new HansardError('too_large', `${size} bytes, at most ${maxBytes}`);
    const work = await openWorkFolder(workDir);
    const idle = createIdleSignal();
    try {
      const response = await open(address, AbortSignal.any([signal, idle.signal]));
      const file = path.join(work.path, 'recording');
      const hash = createHash('sha256');
      let received = 0;
      const count = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          received += chunk.length;
          idle.heard();
          hash.update(chunk);
          onProgress(size > 0 ? received / size : 0);
          done(
            received > size ? new HansardError('platform_unavailable', 'more bytes than Slack announced') : null,
            chunk,
          );
        },
      });
      const body = response.body ? Readable.fromWeb(response.body as never) : Readable.from([]);
      await pipeline(body, count, fs.createWriteStream(file, { mode: 0o600 })).catch(cause => {
        if (signal.aborted) throw new HansardError('cancelled', fileId, { cause });
        if (cause instanceof HansardError) throw cause;
        const isDisk = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
        throw isDisk
          ? asStorageError(cause, workDir)
          : new HansardError('platform_unavailable', `download: ${String(cause)}`, { cause });
      });
      if (received !== size) throw new HansardError('platform_unavailable', `${received} of ${size} bytes came`);
      const fileHash = hash.digest('hex');
      const key = blobKeys.source(fileHash);
      if (!(await blobs.stat(key))) await blobs.put(key, fs.createReadStream(file), signal);
      return { fileHash };
    } finally {
      idle.stop();
      await work.remove();
    }
  };
}

/** Aborts when nothing was heard for a while. */
function createIdleSignal(): { signal: AbortSignal; heard(): void; stop(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`nothing came for ${IDLE_MS / 1000} s`)), IDLE_MS);
  return { signal: controller.signal, heard: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
