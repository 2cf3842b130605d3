/** The server: REST at /api/v10, files of messages at /attachments. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Cdn } from './cdn.ts';
import { type Fault, failureOf, type HttpFailure } from './faults.ts';
import type { RateLimits } from './rate-limits.ts';
import { Refusal } from './refusal.ts';
import { parseBody, type RequestBody, readBytes } from './request-body.ts';
import { findRoute, type Route } from './routes.ts';

export interface LoggedRequest {
  method: string;
  /** E.g. `/channels/:id/messages`. */
  route: string;
  /** With ids, without the query. */
  path: string;
  body: unknown;
  atMs: number;
  /** Undefined while there is no answer. */
  status: number | undefined;
}

export interface ServeOptions {
  routes: () => readonly Route[];
  cdn: () => Cdn;
  limits: RateLimits;
  requests: LoggedRequest[];
  faultOf: (method: string, route: string) => Fault | undefined;
  isTokenGood: (token: string) => boolean;
  mostBytes: { request: number; file: () => number };
}

const JSON_TYPE = { 'content-type': 'application/json' };

export function createDiscordServer(options: ServeOptions): Server {
  const { requests, limits } = options;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://discord');
    if (/^\/(ephemeral-)?attachments\//.test(url.pathname)) return await options.cdn().download(request, response, url);
    const bytes = await readBytes(request);
    const method = request.method ?? 'GET';
    const path = url.pathname.replace(/^\/api\/v10/, '');
    const found = findRoute(options.routes(), method, path);
    const route = found?.route.path ?? path;
    const logged: LoggedRequest = { method, route, path, body: undefined, atMs: Date.now(), status: undefined };
    requests.push(logged);
    const send = ({ status, headers, body }: HttpFailure) => {
      logged.status = status;
      response.writeHead(status, headers).end(body);
    };
    const major = found?.params.slice(0, route.startsWith('/webhooks') ? 2 : 1).join('/') ?? '';
    const bucket = { method, route, major: /^\/(channels|guilds|webhooks)\//.test(route) ? major : '' };
    const taken = limits.take(bucket);
    const fault = options.faultOf(method, route);
    if (fault === 'hang') return;
    if (typeof fault === 'object' && 'retryAfter' in fault) limits.ask(bucket, fault.retryAfter, fault.global === true);
    const failure = failureOf(fault) ?? taken.refusal;
    if (failure) return send({ ...failure, headers: { ...taken.headers, ...failure.headers } });
    const answer = await answerTo(found, { request, url, bytes, logged });
    if (fault === 'lost') return void request.socket.destroy();
    send({ ...answer, headers: { ...taken.headers, ...answer.headers } });
  }

  async function answerTo(
    found: ReturnType<typeof findRoute>,
    { request, url, bytes, logged }: { request: IncomingMessage; url: URL; bytes: Buffer; logged: LoggedRequest },
  ): Promise<HttpFailure> {
    try {
      if (!found)
        return { status: 404, headers: JSON_TYPE, body: JSON.stringify({ message: '404: Not Found', code: 0 }) };
      const token = /^Bot (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (!found.route.isOpen && !options.isTokenGood(token)) throw new Refusal(0);
      const parsed = await parseBody(request.headers['content-type'] ?? '', bytes);
      logged.body = parsed.body;
      checkSizes(parsed);
      const params = found.params;
      const given = await found.route.handle({ params, query: url.searchParams, ...parsed });
      if (given === undefined) return { status: 204, headers: {}, body: '' };
      return { status: 200, headers: JSON_TYPE, body: JSON.stringify(given) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, headers: JSON_TYPE, body: JSON.stringify(error.body) };
    }
  }

  function checkSizes({ files, bytes }: RequestBody): void {
    const most = options.mostBytes;
    if (bytes > most.request || files.some(({ content }) => content.length > most.file())) throw new Refusal(40005);
  }

  return createServer((request, response) => {
    handle(request, response).catch(error => {
      console.error('the fake Discord itself failed:', error);
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error?.stack ?? error));
    });
  });
}
