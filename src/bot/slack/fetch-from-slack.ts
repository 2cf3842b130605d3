/** Brings a recording from Slack into the blob store. The token goes to Slack and nowhere else. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { BlobStore } from '../../pipeline/blobs/blob-store.ts';
import type { Fetcher } from '../../pipeline/fetch-handler.ts';
import { downloadRecording, fromResponse } from '../download-recording.ts';
import { persistReading } from '../persist.ts';
import type { Slack } from './call-slack.ts';
import { slackSource } from './slack-source.ts';

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

  const assertSlack = (url: URL) => {
    if (!isSlackHost(url)) throw new HansardError('platform_refused', `a download that leads to ${url.host}`);
  };
  // without files:read, or outside the channel, Slack answers with its sign-in page and status 200
  const asWebPage = () =>
    new HansardError(
      'scope_missing',
      'the download is a sign-in page: files:read is missing, or I am not in the channel',
    );

  return async (source, context) => {
    const { fileId } = slackSource.parse(source);
    const answer = await persistReading(() => slack.call('files.info', client => client.files.info({ file: fileId })));
    const { url_private_download, url_private, size } = fileSchema.parse(answer.file);
    const url = URL.parse(url_private_download ?? url_private ?? '');
    if (!url) throw new HansardError('platform_refused', `file ${fileId} has no address`);
    if (size > maxBytes) throw new HansardError('too_large', `${size} bytes, at most ${maxBytes}`);
    return downloadRecording({
      blobs,
      workDir,
      context,
      url,
      async ask(url, headers, signal) {
        assertSlack(url);
        const authorization: Record<string, string> = takesToken(url) ? { authorization: `Bearer ${token}` } : {};
        // a piece of a compressed body is no piece of the recording
        const plain = { 'accept-encoding': 'identity' };
        const init: RequestInit = { signal, redirect: 'manual', headers: { ...plain, ...headers, ...authorization } };
        return fromResponse(await fetch(url, init));
      },
      sizeBytes: size,
      maxBytes,
      faults: { unavailable: 'platform_unavailable', refused: 'platform_refused' },
      asWebPage,
    });
  };
}
