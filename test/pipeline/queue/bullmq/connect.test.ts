import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { openBullmqQueue } from '../../../../src/pipeline/queue/bullmq-queue.ts';
import { handle } from '../../../../src/pipeline/queue/run-stored.ts';
import { recordingLogger } from '../../../builders/recording-logger.ts';
import { makeTemporaryFolder } from '../../../builders/temporary-folder.ts';
import { echoJob, QUICK, testRegistry } from '../../../builders/test-jobs.ts';
import { until } from '../../../builders/until.ts';
import { noRedis, startRedis } from '../../../fakes/redis-server.ts';

test('a refused password is named as such, and stands nowhere in the error', { skip: noRedis }, async t => {
  const redis = await startRedis(t, await makeTemporaryFolder(t));
  const { logger, lines } = recordingLogger();
  const url = `redis://:wrong-secret@127.0.0.1:${redis.port}`;
  const error = await openBullmqQueue({ url, registry: testRegistry, logger, timing: QUICK }).catch(reason => reason);
  assert.equal(error.code, 'invalid_setting');
  assert.match(error.message, /refuses the password/);
  assert.doesNotMatch(JSON.stringify(lines) + error.stack + JSON.stringify(error), /wrong-secret/);
});

test('no password is logged when Redis refuses it later', { skip: noRedis, timeout: 20_000 }, async t => {
  const redis = await startRedis(t, await makeTemporaryFolder(t));
  const { logger, lines } = recordingLogger();
  const queue = await openBullmqQueue({ url: redis.url, registry: testRegistry, logger, timing: QUICK });
  t.after(() => queue.close());
  await queue.work('cpu', [handle(echoJob, async () => 'never')], { concurrency: 1 });
  const admin = new Redis(redis.url);
  t.after(() => admin.disconnect());
  await admin.config('SET', 'requirepass', 'another-secret');
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await until('the trouble is logged', () => lines.some(line => /WRONGPASS/.test(JSON.stringify(line))));
  assert.doesNotMatch(JSON.stringify(lines), /test-password/);
});
