import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { pino } from 'pino';
import { addDashboard } from '../../src/bot/dashboard.ts';
import { openBullmqQueue } from '../../src/pipeline/queue/bullmq-queue.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';
import { echoJob, QUICK, testRegistry } from '../builders/test-jobs.ts';
import { noRedis, startRedis } from '../fakes/redis-server.ts';

const token = '0123456789abcdef';
const logger = pino({ level: 'silent' });

test('the dashboard shows the queues to those who have the token, and only shows', { skip: noRedis }, async t => {
  const { url } = await startRedis(t, await makeTemporaryFolder(t));
  const queue = await openBullmqQueue({ url, registry: testRegistry, logger, timing: QUICK });
  t.after(() => queue.close());
  await queue.add(echoJob, { key: 'a', payload: { n: 1 } });
  const server = fastify();
  await addDashboard(server, { url, token, logger });
  t.after(() => server.close());
  const ask = (path: string, password: string, method: 'GET' | 'PUT' = 'GET') =>
    server.inject({
      method,
      url: `/dashboard${path}`,
      headers: { authorization: `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}` },
    });
  for (const wrong of ['', 'wrong', `${token}x`]) assert.equal((await ask('/', wrong)).statusCode, 401, wrong);
  const page = await ask('/', token);
  assert.equal(page.statusCode, 200);
  assert.match(String(page.headers['content-security-policy']), /default-src 'self'/);
  const { queues } = (await ask('/api/queues?activeQueue=cpu&page=1&jobsPerPage=10', token)).json();
  const cpu = queues.find((one: { name: string }) => one.name === 'cpu');
  assert.equal(cpu.counts.prioritized, 1);
  const changed = await ask('/api/queues/cpu/empty', token, 'PUT');
  assert.notEqual(changed.statusCode, 200);
  assert.equal((await queue.counts('cpu')).waiting, 1);
});
