/** Brings a recording from Discord's CDN into the blob store. Addresses hold for about a day; then the message has a new one. */
import { Routes } from 'discord.js';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { BlobStore } from '../../pipeline/blobs/blob-store.ts';
import type { Fetcher } from '../../pipeline/fetch-handler.ts';
import { downloadRecording, fromResponse } from '../download-recording.ts';
import { persistReading } from '../persist.ts';
import { DISCORD_ERRORS, type Discord, isDiscordError } from './call-discord.ts';
import { attachmentSchema, discordSource } from './discord-source.ts';

export interface DiscordFetcherOptions {
  discord: Discord;
  blobs: BlobStore;
  workDir: string;
  maxBytes: number;
  /** Beside Discord's own host; plain http only on loopback. For tests and proxies. */
  cdnUrl: string | undefined;
}

const messageSchema = z.looseObject({ attachments: z.array(attachmentSchema).catch([]) });
/** What the CDN says of an address that has expired, and of a file that is gone. */
const NOT_SHOWN = [DISCORD_ERRORS.unknownMessage, DISCORD_ERRORS.missingPermissions, DISCORD_ERRORS.missingAccess];
const NOT_THERE = [403, 404, 410];

export function createDiscordFetcher({ discord, blobs, workDir, maxBytes, cdnUrl }: DiscordFetcherOptions): Fetcher {
  const trusted = cdnUrl === undefined ? undefined : new URL(cdnUrl);
  const assertDiscord = (url: URL) => {
    const isTrusted = trusted?.protocol === url.protocol && trusted.host === url.host;
    const isCdn =
      url.protocol === 'https:' &&
      /^(cdn\.discordapp\.com|media\.discordapp\.net)$/.test(url.hostname) &&
      url.port === '';
    if (!isCdn && !isTrusted) throw new HansardError('platform_refused', `a download that leads to ${url.host}`);
  };

  /** @throws HansardError `attachment_gone` */
  const lookUp = async ({ channel, threadId, messageId, fileId }: z.infer<typeof discordSource>): Promise<URL> => {
    if (messageId === undefined) throw new HansardError('attachment_gone', `${fileId} belongs to no message`);
    const look = (where: string) =>
      persistReading(() =>
        discord.call('look at a message', rest => rest.get(Routes.channelMessage(where, messageId))),
      ).catch(error => {
        if (!NOT_SHOWN.some(code => isDiscordError(error, code))) throw error;
        return undefined;
      });
    // the message from which a thread began stands above it
    const answer = (await look(threadId ?? channel)) ?? (threadId === undefined ? undefined : await look(channel));
    if (answer === undefined)
      throw new HansardError('attachment_gone', `message ${messageId} is gone, or not shown to us`);
    // without the content intent Discord tells only of messages that mention us
    const found = messageSchema.parse(answer).attachments.find(({ id }) => id === fileId);
    const url = URL.parse(found?.url ?? '');
    if (!url) throw new HansardError('attachment_gone', `attachment ${fileId} is not shown to us`);
    return url;
  };

  return async (given, context) => {
    const source = discordSource.parse(given);
    const url = URL.parse(source.url);
    if (!url) throw new HansardError('platform_refused', `attachment ${source.fileId} has no address`);
    if (source.sizeBytes > maxBytes)
      throw new HansardError('too_large', `${source.sizeBytes} bytes, at most ${maxBytes}`);
    let isFresh = false;
    let current = url;
    return await downloadRecording({
      ...{ blobs, workDir, context, url, maxBytes, sizeBytes: source.sizeBytes },
      async ask(at, headers, signal) {
        const send = async (to: URL) => {
          assertDiscord(to);
          // a piece of a compressed body is no piece of the recording
          const init: RequestInit = {
            signal,
            redirect: 'manual',
            headers: { 'accept-encoding': 'identity', ...headers },
          };
          return fromResponse(await fetch(to, init));
        };
        const answer = await send(at.href === url.href ? current : at);
        if (!NOT_THERE.includes(answer.status) || isFresh) return answer;
        answer.body.destroy();
        isFresh = true;
        current = await lookUp(source);
        return await send(current);
      },
      faults: { unavailable: 'platform_unavailable', refused: 'attachment_gone' },
      asWebPage: () => new HansardError('web_page', 'the CDN sent a page'),
    });
  };
}
