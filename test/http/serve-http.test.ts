import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { HansardError } from '../../src/errors.ts';
import { serveHttp } from '../../src/http/serve-http.ts';

const token = '0123456789abcdef';

async function start(
  t: TestContext,
  changes: { token?: string; problems?: string[]; api?(routes: FastifyInstance): void } = {},
) {
  const server = await serveHttp({
    http: { host: '127.0.0.1', port: 0, token: changes.token },
    logger: pino({ level: 'silent' }),
    problems: async () => changes.problems ?? [],
    facts: () => ({ queues: ['gpu'] }),
    metrics: async () => 'hansard_meetings 1\n',
    ...(changes.api && { api: changes.api }),
  });
  t.after(() => server.close());
  return async (route: string, init?: RequestInit) => {
    const response = await fetch(`${server.address}${route}`, init);
    const text = await response.text();
    return { status: response.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  };
}

describe('HTTP', () => {
  test('tells whether the process lives, whether it is ready, and its figures', async t => {
    const get = await start(t);
    assert.deepEqual((await get('/healthz')).json, { alive: true });
    assert.deepEqual((await get('/readyz')).json, { ready: true, problems: [], queues: ['gpu'] });
    assert.equal((await get('/metrics')).text, 'hansard_meetings 1\n');
    assert.equal((await get('/other')).status, 404);
  });

  test('is not ready while something is wrong, and says what', async t => {
    const get = await start(t, { problems: ['Redis does not answer.'] });
    const { status, json } = await get('/readyz');
    assert.equal(status, 503);
    assert.deepEqual(json.problems, ['Redis does not answer.']);
    assert.equal((await get('/healthz')).status, 200);
  });

  test('has an API for those who have the token alone', async t => {
    const api = (routes: FastifyInstance) => void routes.get('/secret', async () => ({ secret: 1 }));
    const get = await start(t, { api, token });
    const authorization = `Bearer ${token}`;
    assert.deepEqual((await get('/api/v1/secret', { headers: { authorization } })).json, { secret: 1 });
    for (const wrong of ['', 'Bearer', 'Bearer wrong', `Bearer ${token}x`, `Basic ${token}`]) {
      const { status, json } = await get('/api/v1/secret', { headers: { authorization: wrong } });
      assert.equal(status, 401, wrong);
      assert.match(json.error.message, /HANSARD_HTTP_TOKEN/);
    }
    const without = await start(t, { api });
    assert.equal((await without('/api/v1/secret', { headers: { authorization: 'Bearer undefined' } })).status, 403);
  });

  test('answers faults of ours in our words, and others without a word of what was said', async t => {
    const api = (routes: FastifyInstance) => {
      routes.get('/missing', async () => {
        throw new HansardError('unknown_meeting', 'no meeting has the id 1');
      });
      routes.get('/over', async () => {
        throw new HansardError('illegal_move', 'it is done');
      });
      routes.get('/bug', async () => {
        throw new Error('Anna said something private');
      });
    };
    const get = await start(t, { api, token });
    const headers = { authorization: `Bearer ${token}` };
    const missing = await get('/api/v1/missing', { headers });
    assert.equal(missing.status, 404);
    assert.deepEqual(missing.json.error.code, 'unknown_meeting');
    assert.equal((await get('/api/v1/over', { headers })).status, 409);
    const bug = await get('/api/v1/bug', { headers });
    assert.equal(bug.status, 500);
    assert.doesNotMatch(bug.text, /Anna/);
  });

  test('an address that is taken is refused with a sentence', async t => {
    const first = await serveHttp({
      http: { host: '127.0.0.1', port: 0, token: undefined },
      logger: pino({ level: 'silent' }),
      problems: async () => [],
      facts: () => ({}),
      metrics: async () => '',
    });
    t.after(() => first.close());
    await assert.rejects(
      serveHttp({
        http: { host: '127.0.0.1', port: Number(new URL(first.address).port), token: undefined },
        logger: pino({ level: 'silent' }),
        problems: async () => [],
        facts: () => ({}),
        metrics: async () => '',
      }),
      { code: 'address_in_use' },
    );
  });
});
