import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { createAlerts, createWebhook } from '../../src/bot/alerts.ts';
import { examineHealth, type HealthReport } from '../../src/bot/maintenance/health.ts';
import { startPipeline } from '../builders/pipeline.ts';
import { until } from '../builders/until.ts';

const secret = 'a secret of the webhook';

/** A webhook that checks the signature. */
async function startWebhook(t: TestContext) {
  const heard: { kind: string; advice: string[] }[] = [];
  const answers = { status: 200 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', piece => {
      body += piece;
    });
    request.on('end', () => {
      const [, seconds, given] =
        /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['x-hansard-signature'])) ?? [];
      const expected = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
      const isFresh = Math.abs(Date.now() / 1000 - Number(seconds)) < 60;
      if (given !== expected || !isFresh) return response.writeHead(401).end();
      if (answers.status === 200) heard.push(JSON.parse(body));
      return response.writeHead(answers.status).end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard, answers };
}

const report = (...advice: string[]): HealthReport => ({
  advice,
  waiting: { intake: 0, media: 0, gpu: 0, cpu: 0, llm: 0, deliver: 0, maintenance: 0 },
  deadLetters: 0,
  oldestWaitingSeconds: 0,
  freeDiskFraction: 0.5,
});

test('trouble is told once, with a signature, and so is its end', async t => {
  const { url, heard } = await startWebhook(t);
  const alerts = createAlerts(createWebhook({ url, secret }), pino({ level: 'silent' }));
  await alerts.tell(report());
  await alerts.tell(report('3 jobs failed for good.'));
  await alerts.tell(report('4 jobs failed for good.'));
  await alerts.tell(report('4 jobs failed for good.', 'Redis does not answer.'));
  await alerts.tell(report());
  await alerts.tell(report());
  assert.deepEqual(
    heard.map(({ kind, advice }) => [kind, advice.length]),
    [
      ['trouble', 1],
      ['trouble', 2],
      ['over', 0],
    ],
  );
});

test('what could not be sent is sent the next time', async t => {
  const { url, heard, answers } = await startWebhook(t);
  const alerts = createAlerts(createWebhook({ url, secret }), pino({ level: 'silent' }));
  answers.status = 500;
  await alerts.tell(report('Redis does not answer.'));
  answers.status = 200;
  await alerts.tell(report('Redis does not answer.'));
  assert.equal(heard.length, 1);
});

test('the health report says what to do', async t => {
  const { submit, reaches, queue, store, folder } = await startPipeline(t);
  const { id } = await submit();
  await reaches(id, 'queued');
  await until('its job is there', () => queue.status(`decode.${id}`));
  const ask = (now: number, problems: string[] = []) =>
    examineHealth({ store, queue, dataDir: folder, problems: async () => problems, now });
  const calm = await ask(Date.now());
  assert.equal(calm.waiting.media, 1);
  assert.deepEqual(calm.advice, []);
  const late = await ask(Date.now() + 2 * 60 * 60 * 1000, ['Redis does not answer.']);
  assert.deepEqual(late.advice, [
    'Redis does not answer.',
    'The queue media has had a job waiting for 120 min; add a worker: npx hansard worker --queues media.',
  ]);
  await queue.pause('media');
  assert.match((await ask(Date.now() + 2 * 60 * 60 * 1000)).advice.join(), /it is paused/);
});
