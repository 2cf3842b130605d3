/** The server: the Web API at /api, files at /files and /upload, answers to interactions at /respond. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, failureOf, type Patience, type TransferFault } from './faults.ts';
import type { Transfers } from './transfers.ts';
import { type Arguments, parseArguments, type WebApi } from './web-api.ts';

export interface Call {
  method: string;
  atMs: number;
  args: Arguments;
}

export interface ServeOptions {
  webApi: () => WebApi;
  transfers: () => Transfers;
  patience: Patience;
  calls: Call[];
  /** What the app sent to a `response_url`. */
  responses: { id: string; body: Record<string, unknown> }[];
  faultOf: (method: string) => Fault | undefined;
  transferFaultOf: (what: 'download' | 'upload', fileId: string) => TransferFault | undefined;
  /** Each call takes so long at most. */
  mostMs: () => number;
}

/** Of a `response_url` (docs.slack.dev, handling-user-interaction). */
const MOST_RESPONSES = 5;

export function createSlackServer(options: ServeOptions): Server {
  const { calls, responses, patience } = options;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://slack');
    const body = await readBody(request);
    const [, area = '', id = ''] = url.pathname.split('/');
    if (area === 'files')
      return await options.transfers().download(id, request, response, options.transferFaultOf('download', id));
    if (area === 'upload')
      return await options.transfers().upload(id, { request, body, response }, options.transferFaultOf('upload', id));
    if (area === 'respond') return respond(id, request, body, response);
    await call(id, { request, body, response });
  }

  async function call(method: string, { request, body, response }: Exchange): Promise<void> {
    const args = parseArguments(request, body);
    calls.push({ method, atMs: Date.now(), args });
    patience.note(method);
    const fault = options.faultOf(method);
    if (fault === 'hang') return;
    if (typeof fault === 'object' && 'retryAfter' in fault) patience.ask(method, fault.retryAfter);
    const failure = failureOf(fault);
    if (failure) return void response.writeHead(failure.status, failure.headers).end(failure.body);
    // half of the time before it happens, half after
    await delay((Math.random() * options.mostMs()) / 2);
    const refuse = typeof fault === 'object' && 'refuse' in fault ? fault.refuse : undefined;
    const answer = options.webApi().answer(method, request, args, refuse);
    await delay((Math.random() * options.mostMs()) / 2);
    if (fault === 'lost') return void request.socket.destroy();
    response.writeHead(200, answer.headers).end(JSON.stringify(answer.body));
  }

  function respond(id: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const used = responses.filter(one => one.id === id).length;
    if (used >= MOST_RESPONSES) return void response.writeHead(404).end('used_url');
    responses.push({ id, body: parseArguments(request, body) });
    response.writeHead(200).end('ok');
  }

  return createServer((request, response) => {
    handle(request, response).catch(error => response.writeHead(500).end(String(error)));
  });
}

export interface Exchange {
  request: IncomingMessage;
  body: Buffer;
  response: ServerResponse;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
