/** What is seen from outside over HTTP: alive, ready, metrics; and with a token the API. Localhost unless set otherwise. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { HansardError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { isSameSecret } from './is-same-secret.ts';

export interface HttpOptions {
  http: { host: string; port: number; token: string | undefined };
  logger: Logger;
  /** One sentence for each thing that keeps the process from its work. */
  problems(): Promise<string[]>;
  /** What else `/readyz` tells, e.g. the queues that a worker serves. */
  facts(): Record<string, unknown>;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Adds routes under `/api/v1`; each request there carries the token. */
  api?(routes: FastifyInstance): void;
  /** Adds what looks after its own rights. */
  extend?(server: FastifyInstance): Promise<void>;
}

export interface HttpServer {
  /** `http://127.0.0.1:8787` */
  address: string;
  close(): Promise<void>;
}

const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const MAX_BODY_BYTES = 64 * 1024;

/** @throws HansardError `address_in_use` */
export async function serveHttp({
  http,
  logger,
  problems,
  facts,
  metrics,
  api,
  extend,
}: HttpOptions): Promise<HttpServer> {
  const server = fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  server.setErrorHandler((error, request, reply) => {
    if (error instanceof HansardError) return reply.code(statusOf(error)).send(bodyOf(error));
    const { statusCode = 500, message } = error as { statusCode?: number; message: string };
    if (statusCode < 500) return reply.code(statusCode).send({ error: { code: 'invalid_usage', message } });
    logger.error({ err: error, url: request.routeOptions.url }, 'a request failed');
    return reply.code(500).send({ error: { code: 'unexpected', message: 'That did not work; the log says why.' } });
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: { code: 'invalid_usage', message: 'There is nothing here.' } }),
  );
  server.get('/healthz', async () => ({ alive: true }));
  server.get('/readyz', async (_request, reply) => {
    const found = await problems();
    return reply.code(found.length === 0 ? 200 : 503).send({ ready: found.length === 0, problems: found, ...facts() });
  });
  server.get('/metrics', async (_request, reply) => reply.type(PROMETHEUS_TYPE).send(await metrics()));
  if (api)
    await server.register(
      async routes => {
        routes.addHook('onRequest', async (request, reply) => authorize(request, reply, http.token));
        api(routes);
      },
      { prefix: '/api/v1' },
    );
  await extend?.(server);
  try {
    const address = await server.listen({ host: http.host.replace(/^\[|\]$/g, ''), port: http.port });
    logger.info({ address }, 'HTTP');
    return { address, close: () => server.close() };
  } catch (cause) {
    await server.close();
    throw new HansardError('address_in_use', `${http.host}:${http.port}: ${(cause as Error).message}`, { cause });
  }
}

async function authorize(request: FastifyRequest, reply: FastifyReply, token: string | undefined): Promise<unknown> {
  if (token === undefined)
    return reply.code(403).send({ error: { code: 'forbidden', message: 'Set HANSARD_HTTP_TOKEN to use the API.' } });
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (isSameSecret(given, token)) return undefined;
  return reply
    .code(401)
    .header('www-authenticate', 'Bearer')
    .send({
      error: { code: 'unauthorized', message: 'Send the header "Authorization: Bearer" with HANSARD_HTTP_TOKEN.' },
    });
}

function statusOf({ code }: HansardError): number {
  if (code === 'unknown_meeting' || code === 'unknown_job') return 404;
  if (code === 'illegal_move') return 409;
  if (code === 'queue_unavailable' || code === 'database_busy' || code === 'blobs_unavailable') return 503;
  return 400;
}

function bodyOf({ code, userMessage, detail }: HansardError) {
  return { error: { code, message: userMessage, detail } };
}
