/** Attachments: links that end, and their bytes, in pieces where that is asked for. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { failureOf, type TransferFault } from './faults.ts';
import { DISCORD, type FakeAttachment } from './server-world.ts';

export interface Cdn {
  /** A fresh one. */
  linkTo(attachment: FakeAttachment): string;
  /** All links given so far end now. */
  expireLinks(): void;
  download(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

/** Seconds. */
const LIFE_S = 24 * 60 * 60;

export function createCdn(host: () => string, faultOf: (id: string, name: string) => TransferFault | undefined): Cdn {
  const known = new Map<string, FakeAttachment>();
  let epoch = 0;
  const signatureOf = (path: string, ex: string, is: string) =>
    createHash('sha256').update(`${path}|${ex}|${is}|${epoch}`).digest('hex');
  return {
    linkTo(attachment) {
      const { id, name, channelId } = attachment;
      known.set(id, attachment);
      const folder =
        channelId === undefined ? `ephemeral-attachments/${DISCORD.applicationId}` : `attachments/${channelId}`;
      const path = `/${folder}/${id}/${encodeURIComponent(name)}`;
      const nowS = Math.floor(Date.now() / 1000);
      const [ex, is] = [(nowS + LIFE_S).toString(16), nowS.toString(16)];
      return `${host()}${path}?ex=${ex}&is=${is}&hm=${signatureOf(path, ex, is)}&`;
    },
    expireLinks() {
      epoch += 1;
    },
    async download(request, response, url) {
      const [, , , id = '', name = ''] = url.pathname.split('/');
      const fault = faultOf(id, decodeURIComponent(name));
      if (fault === 'hang') return;
      if (fault === 'lost') return void request.socket.destroy();
      const failure = failureOf(fault);
      if (failure) return void response.writeHead(failure.status, failure.headers).end(failure.body);
      if (typeof fault === 'object' && 'slowMs' in fault) await delay(fault.slowMs);
      const { ex = '', is = '', hm } = Object.fromEntries(url.searchParams);
      const file = known.get(id);
      const isFresh = hm === signatureOf(url.pathname, ex, is) && Number.parseInt(ex, 16) * 1000 > Date.now();
      if (!file || !isFresh)
        return void response
          .writeHead(404, { 'content-type': 'text/plain;charset=UTF-8' })
          .end('This content is no longer available.');
      sendPart(file, request, response, fault === 'cut');
    },
  };
}

/** @param isCut the connection breaks after half of it */
function sendPart(
  { content, contentType }: FakeAttachment,
  request: IncomingMessage,
  response: ServerResponse,
  isCut: boolean,
): void {
  const etag = `"${createHash('md5').update(content).digest('hex')}"`;
  const headers = { 'content-type': contentType, 'accept-ranges': 'bytes', etag };
  const isSame = [undefined, etag].includes(request.headers['if-range']?.toString());
  const range = isSame ? /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') : null;
  const from = Number(range?.[1] ?? 0);
  const end = Math.min(range?.[2] ? Number(range[2]) + 1 : content.length, content.length);
  if (range && from >= content.length)
    return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  const part = content.subarray(from, end);
  const sized = { ...headers, 'content-length': String(part.length) };
  if (range) response.writeHead(206, { ...sized, 'content-range': `bytes ${from}-${end - 1}/${content.length}` });
  else response.writeHead(200, sized);
  if (!isCut) return void response.end(part);
  response.write(part.subarray(0, Math.ceil(part.length / 2)), () => response.socket?.destroy());
}
