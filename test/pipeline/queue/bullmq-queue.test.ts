import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { openBullmqQueue } from '../../../src/pipeline/queue/bullmq-queue.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { QUICK, testRegistry } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { describeQueue } from '../../contracts/queue.contract.ts';
import { noRedis, startRedis } from '../../fakes/redis-server.ts';

describeQueue('bullmq-queue', {
  skip: noRedis,
  place: async (t, folder) => ({ url: (await startRedis(t, folder)).url }),
  async open(address, options) {
    if (!('url' in address)) throw new Error('not the address of a Redis');
    return await openBullmqQueue({ ...options, url: address.url, timing: QUICK });
  },
});

test('whoever watches is told when Redis was away, since hints may have been missed', { skip: noRedis }, async t => {
  const folder = await makeTemporaryFolder(t);
  const redis = await startRedis(t, folder);
  const logger = pino({ level: 'silent' });
  const queue = await openBullmqQueue({ url: redis.url, registry: testRegistry, logger, timing: QUICK });
  t.after(() => queue.close());
  const heard: (string | undefined)[] = [];
  queue.watch(id => heard.push(id));
  await delay(200);
  assert.deepEqual(heard, []);
  await redis.kill();
  await redis.start();
  await until('the return is told', () => heard.length > 0);
  assert.deepEqual(heard, [undefined]);
});
