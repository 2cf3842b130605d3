import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection } from '../../../src/bot/slack/connect.ts';
import { createLogger } from '../../../src/logger.ts';
import { until } from '../../builders/until.ts';
import { startFakeSlack, TOKENS } from '../../fakes/slack/start-fake-slack.ts';

async function connect(t: TestContext) {
  const slack = await startFakeSlack(t);
  const connection = createConnection(
    { apiUrl: slack.apiUrl, botToken: TOKENS.bot, transport: { kind: 'socket', appToken: TOKENS.app } },
    createLogger('silent'),
    () => {},
  );
  await connection.start();
  await until('both sockets are open', () => slack.socketCount() === 2);
  return { slack, connection };
}

for (const fault of ['error', 'lost', { retryAfter: 1 }, { refuse: 'invalid_auth' }] as const)
  test(`a Slack that lets nobody in for a while (${JSON.stringify(fault)}) is connected again`, async t => {
    const { slack, connection } = await connect(t);
    let times = 0;
    connection.onConnected(() => times++);
    slack.misbehave(method => (method === 'apps.connections.open' ? fault : undefined));
    await slack.recycleSockets({ which: 'all' });
    await until('nothing can reach us', () => connection.deafForMs() > 1_500);
    slack.misbehave(() => undefined);
    await until('both sockets are open again', () => slack.socketCount() === 2, 30_000);
    assert.equal(connection.deafForMs(), 0);
    assert.equal(times, 1);
    await connection.stop();
    await until('both sockets are closed', () => slack.socketCount() === 0);
  });

test('who is asked to stop while Slack is away stops at once', async t => {
  const { slack, connection } = await connect(t);
  slack.misbehave(method => (method === 'apps.connections.open' ? 'error' : undefined));
  await slack.recycleSockets({ which: 'all' });
  await until('nothing can reach us', () => connection.deafForMs() > 0);
  await connection.stop();
  slack.misbehave(() => undefined);
  await delay(800);
  assert.equal(slack.socketCount(), 0);
});
