/** bull-board under `/dashboard`: the queues in a browser, to look at only. For BullMQ; job data there is ids and options. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { Redis } from 'ioredis';
import { isSameSecret } from '../http/is-same-secret.ts';
import type { Logger } from '../logger.ts';
import { PREFIX } from '../pipeline/queue/bullmq/queues.ts';
import { QUEUES } from '../pipeline/queue/job-type.ts';

export const DASHBOARD_PATH = '/dashboard';

/** The page loads fonts from elsewhere: they are not let in, and nothing else is. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** A browser asks for name and password: any name, and the token. */
export async function addDashboard(
  server: FastifyInstance,
  { url, token, logger }: { url: string; token: string; logger: Logger },
): Promise<void> {
  const connection = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  connection.on('error', error => logger.debug({ err: error.message }, 'the dashboard has no Redis'));
  const queues = QUEUES.map(name => new Queue(name, { connection, prefix: PREFIX }));
  for (const queue of queues) queue.on('error', () => {}); // told by the connection
  const adapter = new FastifyAdapter();
  adapter.setBasePath(DASHBOARD_PATH);
  createBullBoard({
    queues: queues.map(queue => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: adapter,
  });
  await server.register(
    async routes => {
      routes.addHook('onRequest', async (request, reply) => {
        const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
        const password = Buffer.from(basic, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '');
        if (basic !== '' && isSameSecret(password, token)) return undefined;
        return reply.code(401).header('www-authenticate', 'Basic realm="Hansard", charset="UTF-8"').send();
      });
      routes.addHook('onSend', async (_request, reply) => {
        reply.header('content-security-policy', CONTENT_SECURITY_POLICY).header('referrer-policy', 'no-referrer');
      });
      await routes.register(adapter.registerPlugin());
    },
    { prefix: DASHBOARD_PATH },
  );
  server.addHook('onClose', async () => {
    await Promise.allSettled(queues.map(queue => queue.close()));
    connection.disconnect();
  });
}
