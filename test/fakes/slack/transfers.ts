/** The bytes of files: downloads, in pieces where that is asked for, and uploads. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { failureOf, type TransferFault } from './faults.ts';
import { Refusal } from './refusal.ts';
import type { Exchange } from './serve.ts';
import type { Access } from './web-api.ts';
import { BOT, type FakeFile, TOKENS, type Workspace } from './workspace.ts';

export interface Transfers {
  download(
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
    fault: TransferFault | undefined,
  ): Promise<void>;
  upload(id: string, exchange: Exchange, fault: TransferFault | undefined): Promise<void>;
}

export function createTransfers(workspace: Workspace, access: Access): Transfers {
  const maySee = ({ user, shares }: FakeFile) =>
    user === BOT || Object.keys(shares).some(channel => workspace.channels.get(channel)?.isMember);
  const isTrusted = (request: IncomingMessage) =>
    request.headers.authorization === `Bearer ${TOKENS.bot}` && !access.isRevoked && access.granted.has('files:read');
  return {
    async download(id, request, response, fault) {
      if (fault === 'hang') return;
      if (fault === 'lost') return void request.socket.destroy();
      const failure = failureOf(fault);
      if (failure) return void response.writeHead(failure.status, failure.headers).end(failure.body);
      const file = findFile(workspace, id);
      if (!file) return void response.writeHead(404).end('file_not_found');
      if (fault === 'login' || !isTrusted(request) || !maySee(file)) return showLogin(response);
      sendPart(file.content, request, response, fault === 'cut');
    },
    async upload(id, { request, body, response }, fault) {
      if (fault === 'hang') return;
      const failure = failureOf(fault);
      if (failure) return void response.writeHead(failure.status, failure.headers).end(failure.body);
      if (request.headers.authorization) return void response.writeHead(400).end('a token has no business here');
      const file = findFile(workspace, id);
      if (!file) return void response.writeHead(404).end('file_not_found');
      const isRaw = !/multipart/.test(request.headers['content-type'] ?? '');
      if (isRaw && file.promisedBytes !== undefined && body.length !== file.promisedBytes)
        return void response.writeHead(400).end(`${body.length} bytes instead of ${file.promisedBytes}`);
      Object.assign(file, { content: body, uploaded: true });
      if (fault === 'lost') return void request.socket.destroy();
      response.writeHead(200).end(`OK - ${body.length}`);
    },
  };
}

function findFile(workspace: Workspace, id: string): FakeFile | undefined {
  try {
    return workspace.fileOf(id);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Status 200, as Slack has it. */
function showLogin(response: ServerResponse): void {
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end('<!DOCTYPE html><title>Sign in | Slack</title>');
}

/** @param isCut the connection breaks after half of it */
function sendPart(content: Buffer, request: IncomingMessage, response: ServerResponse, isCut: boolean): void {
  const etag = `"${createHash('sha256').update(content).digest('hex').slice(0, 32)}"`;
  const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', etag };
  const isSame = [undefined, etag].includes(request.headers['if-range'] as string | undefined);
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
