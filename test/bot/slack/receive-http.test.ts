import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { App, LogLevel } from '@slack/bolt';
import { pino } from 'pino';
import { createHttpReceiver, createReplayCache, SLACK_ENDPOINT } from '../../../src/bot/slack/receive-http.ts';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const FORM = 'application/x-www-form-urlencoded';
const MENTION = JSON.stringify({
  ...{ type: 'event_callback', event_id: 'Ev1', team_id: 'T1', api_app_id: 'A1' },
  event: { type: 'app_mention', channel: 'C1', user: 'U1', text: 'hello', ts: '1.1', event_ts: '1.1' },
  authorizations: [{ team_id: 'T1', user_id: 'UBOT', is_bot: true, is_enterprise_install: false }],
});
const COMMAND = 'command=%2Ftranscribe&text=status&channel_id=C1&user_id=U1&team_id=T1&trigger_id=1.1';

const nowS = () => Math.floor(Date.now() / 1000);

function sign(body: string, timestamp: string | number = nowS(), secret = SECRET) {
  const hash = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': String(timestamp), 'x-slack-signature': `v0=${hash}` } as const;
}

const quiet = {
  ...{ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  ...{ setLevel: () => {}, getLevel: () => LogLevel.ERROR, setName: () => {} },
};

/** A Bolt app that hears over HTTP; `send` answers with status and text. */
async function startWorld(t: TestContext, onMention: () => Promise<void> = async () => {}) {
  const heard: { what: string; retryNum: number | undefined }[] = [];
  const log: string[] = [];
  const logger = pino({ level: 'warn' }, { write: line => void log.push(line) });
  const receiver = createHttpReceiver({ signingSecret: SECRET, port: 0, logger });
  const app = new App({
    ...{ receiver, tokenVerificationEnabled: false },
    authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'UBOT' }),
    logger: quiet,
  });
  app.event('app_mention', async ({ context }) => {
    heard.push({ what: 'mention', retryNum: context.retryNum });
    await onMention();
  });
  app.command('/transcribe', async ({ ack, command }) => {
    heard.push({ what: command.text, retryNum: undefined });
    await ack({ response_type: 'ephemeral', text: 'Nothing to do.' });
  });
  const { port } = await receiver.start();
  t.after(() => receiver.stop());
  const url = `http://127.0.0.1:${port}`;
  const send = async (
    body: string | undefined,
    headers: Record<string, string>,
    { path = SLACK_ENDPOINT, method = 'POST', type = 'application/json' } = {},
  ) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': type, ...headers },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, text: await response.text() };
  };
  return { receiver, port, heard, log, send };
}

describe('Slack over HTTP', () => {
  test('an event that is signed is heard', async t => {
    const { send, heard } = await startWorld(t);
    assert.deepEqual(await send(MENTION, sign(MENTION)), { status: 200, text: '' });
    assert.deepEqual(heard, [{ what: 'mention', retryNum: undefined }]);
  });

  test('a slash command is answered', async t => {
    const { send, heard } = await startWorld(t);
    const { status, text } = await send(COMMAND, sign(COMMAND), { type: FORM });
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(text), { response_type: 'ephemeral', text: 'Nothing to do.' });
    assert.deepEqual(heard, [{ what: 'status', retryNum: undefined }]);
  });

  test('the check of the address is answered, when it is signed', async t => {
    const { send } = await startWorld(t);
    const body = JSON.stringify({ type: 'url_verification', challenge: 'three' });
    assert.deepEqual(await send(body, sign(body)), { status: 200, text: '{"challenge":"three"}' });
    assert.equal((await send(body, {})).status, 401);
  });

  test('the check of the certificate needs no signature, and brings nothing else in', async t => {
    const { send, heard } = await startWorld(t);
    assert.equal((await send(`ssl_check=1&${COMMAND}`, {}, { type: FORM })).status, 200);
    assert.deepEqual(heard, []);
  });

  test('what is repeated after it failed is heard, with the count of the repetition', async t => {
    const { send, heard } = await startWorld(t);
    const retry = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' };
    assert.equal((await send(MENTION, { ...sign(MENTION), ...retry })).status, 200);
    assert.deepEqual(heard, [{ what: 'mention', retryNum: 1 }]);
  });

  const refusals: { what: string; headers: Record<string, string> }[] = [
    { what: 'the signature of another secret', headers: sign(MENTION, nowS(), 'another secret') },
    { what: 'the signature of another body', headers: sign(COMMAND) },
    { what: 'no signature', headers: {} },
    { what: 'a signature without a time', headers: { 'x-slack-signature': sign(MENTION)['x-slack-signature'] } },
    { what: 'more than five minutes of age', headers: sign(MENTION, nowS() - 302) },
    { what: 'a time more than a minute ahead', headers: sign(MENTION, nowS() + 70) },
    { what: 'a time that is no number', headers: sign(MENTION, 'NaN') },
    { what: 'a time without end', headers: sign(MENTION, 'Infinity') },
  ];
  for (const { what, headers } of refusals)
    test(`a request with ${what} is refused`, async t => {
      const { send, heard } = await startWorld(t);
      assert.deepEqual(await send(MENTION, headers), { status: 401, text: '' });
      assert.deepEqual(heard, []);
    });

  test('a time somewhat ahead is a clock that goes wrong', async t => {
    const { send } = await startWorld(t);
    assert.equal((await send(MENTION, sign(MENTION, nowS() + 30))).status, 200);
  });

  test('the same request is heard once, however it is spelled', async t => {
    const { send, heard } = await startWorld(t);
    const signed = sign(MENTION);
    const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = signed;
    assert.equal((await send(MENTION, signed)).status, 200);
    const spellings = [
      signed,
      { ...signed, 'x-slack-retry-num': '1' },
      { ...signed, 'x-slack-signature': `${signature}=more` },
      { ...signed, 'x-slack-request-timestamp': `${timestamp}.0` },
      { ...signed, 'x-slack-request-timestamp': `0x${Number(timestamp).toString(16)}` },
      { ...signed, 'x-slack-request-timestamp': `0${timestamp}` },
    ];
    for (const headers of spellings) assert.equal((await send(MENTION, headers)).status, 401, JSON.stringify(headers));
    assert.equal(heard.length, 1);
  });

  test('the same request twice at once is heard once', async t => {
    const { send, heard } = await startWorld(t, () => delay(100));
    const signed = sign(MENTION);
    const answers = await Promise.all([1, 2, 3, 4].map(() => send(MENTION, signed)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401]);
    assert.equal(heard.length, 1);
  });

  test('a forged request does not keep the real one out', async t => {
    const { send, heard } = await startWorld(t);
    const signed = sign(MENTION);
    assert.equal((await send(COMMAND, signed, { type: FORM })).status, 401);
    assert.equal((await send(MENTION, signed)).status, 200);
    assert.equal(heard.length, 1);
  });

  test('what failed may come again with the same signature', async t => {
    const { send } = await startWorld(t);
    const body = '{"type":'; // signed, and still not JSON
    const signed = sign(body);
    assert.equal((await send(body, signed)).status, 400);
    assert.equal((await send(body, signed)).status, 400, 'not 401');
  });

  test('another path or method is not there', async t => {
    const { send, heard } = await startWorld(t);
    assert.equal((await send(MENTION, sign(MENTION), { path: '/slack/other' })).status, 404);
    assert.equal((await send(MENTION, sign(MENTION), { path: '/slack/events/' })).status, 404);
    assert.equal((await send(MENTION, sign(MENTION), { path: '//slack/events' })).status, 404);
    assert.equal((await send(MENTION, sign(MENTION), { method: 'PUT' })).status, 404);
    assert.equal((await send(undefined, {}, { method: 'GET' })).status, 404);
    assert.deepEqual(heard, []);
  });

  test('a body over a megabyte is refused, also one that hides its length', async t => {
    const { send, port, heard } = await startWorld(t);
    const body = JSON.stringify({ padding: 'x'.repeat(1_000_000) });
    assert.equal((await send(body, sign(body))).status, 413);
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest({ port, path: SLACK_ENDPOINT, method: 'POST', headers: sign(body) }, response => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      for (let i = 0; i < body.length; i += 100_000) request.write(body.slice(i, i + 100_000));
      request.end();
    });
    assert.equal(status, 413);
    assert.deepEqual(heard, []);
  });

  test('the log says once why requests are refused, and nothing of what they hold', async t => {
    const { send, log } = await startWorld(t);
    const secret = '{"what was said": oh dear}';
    for (let i = 0; i < 3; i++) {
      await send(secret, sign(secret, nowS() - i));
      await send(MENTION, sign(MENTION, nowS() + 70));
      await send(MENTION, sign(MENTION, nowS(), 'another secret'));
    }
    const lines = log.map(line => JSON.parse(line).msg as string);
    assert.equal(lines.length, 3);
    assert.match(lines.join('\n'), /Malformed request body\n/);
    assert.match(lines.join('\n'), /in the future; compare the clocks/);
    assert.match(lines.join('\n'), /signature mismatch/);
    assert.doesNotMatch(log.join('\n'), /oh dear|said/);
  });
});

describe('the server for Slack', () => {
  const logger = pino({ level: 'silent' });

  test('does not start without a secret', () => {
    for (const signingSecret of ['', '  '])
      assert.throws(() => createHttpReceiver({ signingSecret, port: 0, logger }), { code: 'invalid_setting' });
  });

  test('says when its port is taken', async t => {
    const { port } = await startWorld(t);
    const second = createHttpReceiver({ signingSecret: SECRET, port, logger });
    await assert.rejects(second.start(), { code: 'address_in_use', message: /EADDRINUSE.*SLACK_PORT/ });
    await second.stop();
  });

  test('stops within three seconds though a request is under way, and can start again', async t => {
    const { receiver, port } = await startWorld(t);
    const broken = new Promise<unknown>(resolve => {
      const headers = { ...sign(MENTION), 'content-length': '1000' };
      const request = httpRequest({ port, path: SLACK_ENDPOINT, method: 'POST', headers });
      request.on('error', resolve);
      request.write(MENTION.slice(0, 10)); // and never ends
    });
    await delay(100);
    const startedMs = performance.now();
    await receiver.stop();
    assert.ok(performance.now() - startedMs < 3_000);
    assert.ok((await broken) instanceof Error);
    assert.ok((await receiver.start()).port > 0);
  });
});

describe('the memory of requests', () => {
  const stamp = (signature: string, timestampS = nowS()) => ({ signature, timestampS });

  test('is bounded, and lets the oldest go', () => {
    const cache = createReplayCache(3);
    for (const signature of ['a', 'b', 'c', 'd']) assert.equal(cache.add(stamp(signature)), true);
    assert.equal(cache.add(stamp('d')), false);
    assert.equal(cache.add(stamp('b')), false);
    assert.equal(cache.add(stamp('a')), true);
  });

  test('lasts until Bolt would refuse the request for its age', t => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 });
    const cache = createReplayCache();
    const ahead = stamp('ahead', nowS() + 60);
    assert.equal(cache.add(ahead), true);
    t.mock.timers.tick(360_000);
    assert.equal(cache.add(stamp('other')), true);
    assert.equal(cache.add(ahead), false);
    t.mock.timers.tick(2_000);
    assert.equal(cache.add(stamp('another')), true);
    assert.equal(cache.add(ahead), true);
  });
});
