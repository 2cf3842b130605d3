import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { Finding } from '../../../src/bot/finding.ts';
import { examineSlack } from '../../../src/bot/slack/examine-slack.ts';
import { createHttpReceiver } from '../../../src/bot/slack/receive-http.ts';
import { FULL_SCOPES, MINIMAL_SCOPES } from '../../../src/bot/slack/scopes.ts';
import type { SlackSettings } from '../../../src/config.ts';

const TOKENS = { bot: 'xoxb-ours', app: 'xapp-ours' };
const SECRET = '0123456789abcdef';
const SOCKET: SlackSettings['transport'] = { kind: 'socket', appToken: TOKENS.app };
const http = (port: number): SlackSettings['transport'] => ({ kind: 'http', signingSecret: SECRET, port });

interface SlackOptions {
  /** Undefined: not told. */
  scopes?: readonly string[] | undefined;
  /** Method → the error with which it is refused. */
  refuse?: Record<string, string>;
}

/** As much of Slack as the doctor asks. */
async function startSlack(t: TestContext, { scopes, refuse = {} }: SlackOptions = {}) {
  const calls: string[] = [];
  const uploads: { content: string; authorization: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { authorization } = request.headers;
    if (request.url === '/upload') {
      uploads.push({ content: Buffer.concat(pieces).toString(), authorization });
      return void response.end('OK');
    }
    const method = request.url?.slice('/api/'.length) ?? '';
    calls.push(method);
    const token = method === 'apps.connections.open' ? TOKENS.app : TOKENS.bot;
    const error = authorization === `Bearer ${token}` ? refuse[method] : 'invalid_auth';
    const answers: Record<string, object> = {
      'auth.test': { user: 'hansard', team: 'Acme' },
      'apps.connections.open': { url: 'wss://slack/socket' },
      'chat.postMessage': { ts: '1.1' },
      'files.getUploadURLExternal': { upload_url: `${url()}/upload`, file_id: 'F1' },
    };
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(scopes && method === 'auth.test' && { 'x-oauth-scopes': scopes.join(',') }),
    });
    response.end(JSON.stringify(error ? { ok: false, error } : { ok: true, ...answers[method] }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const examine = async (settings: Partial<SlackSettings> = {}, channel?: string) => {
    const given = { botToken: TOKENS.bot, transport: SOCKET, apiUrl: `${url()}/api/`, ...settings };
    const findings = await examineSlack(given, channel);
    return Object.fromEntries(findings.map(finding => [finding.name, finding])) as Record<string, Finding>;
  };
  return { examine, calls, uploads };
}

const states = (findings: Record<string, Finding>) =>
  Object.fromEntries(Object.values(findings).map(({ name, state }) => [name, state]));

describe('the doctor of Slack', () => {
  test('finds nothing where all is well, and posts nothing unasked', async t => {
    const { examine, calls } = await startSlack(t, { scopes: FULL_SCOPES });
    const findings = await examine();
    assert.deepEqual(states(findings), {
      Slack: 'ok',
      'Slack scopes': 'ok',
      'Slack app token': 'ok',
      'Slack events': 'ok',
    });
    assert.equal(findings.Slack?.detail, 'hansard in Acme');
    assert.deepEqual(calls.sort(), ['apps.connections.open', 'auth.test']);
  });

  test('says of events that they cannot be asked for, and where to look', async t => {
    const { examine } = await startSlack(t);
    const socket = (await examine())['Slack events']?.detail ?? '';
    assert.match(socket, /cannot be asked for .* Event Subscriptions .* file_shared and app_mention$/);
    const other = (await examine({ transport: http(1) }))['Slack events']?.detail ?? '';
    assert.match(other, /Request URL https:\/\/YOUR-HOST\/slack\/events$/);
  });

  test('says what the minimal scopes go without', async t => {
    const { examine } = await startSlack(t, { scopes: MINIMAL_SCOPES });
    const found = (await examine())['Slack scopes'];
    assert.equal(found?.state, 'limited');
    assert.match(found?.detail ?? '', /^without channels:history, .*; not possible: reading threads/);
    assert.match(found?.advice ?? '', /manifests\/slack\.json, then Install App → Reinstall/);
  });

  test('says what one missing scope costs', async t => {
    const { examine } = await startSlack(t, { scopes: FULL_SCOPES.filter(scope => scope !== 'im:write') });
    const found = (await examine())['Slack scopes'];
    assert.equal(found?.detail, 'without im:write; not possible: writing to people directly');
  });

  test('names the scopes without which nothing works', async t => {
    const { examine } = await startSlack(t, { scopes: ['commands', 'chat:write', 'users:read', 'files:read'] });
    const found = (await examine())['Slack scopes'];
    assert.equal(found?.state, 'broken');
    assert.match(found?.detail ?? '', /^without files:write, app_mentions:read, channels:history/);
    assert.match(found?.advice ?? '', /Reinstall/);
  });

  test('does not guess scopes that Slack does not name', async t => {
    const { examine } = await startSlack(t);
    const found = (await examine())['Slack scopes'];
    assert.equal(found?.state, 'limited');
    assert.match(found?.advice ?? '', /OAuth & Permissions should list commands, chat:write/);
  });

  test('says where tokens come from that Slack refuses', async t => {
    const { examine } = await startSlack(t);
    const findings = await examine({ botToken: 'xoxb-old', transport: { kind: 'socket', appToken: 'xapp-old' } });
    assert.deepEqual(states(findings), { Slack: 'broken', 'Slack app token': 'broken', 'Slack events': 'ok' });
    assert.match(findings.Slack?.advice ?? '', /SLACK_BOT_TOKEN/);
    assert.match(findings['Slack app token']?.advice ?? '', /connections:write.*SLACK_APP_TOKEN/);
  });

  test('says that Slack is away', async t => {
    const { examine } = await startSlack(t);
    const findings = await examine({ apiUrl: 'http://127.0.0.1:9/api/' });
    for (const name of ['Slack', 'Slack app token']) {
      assert.equal(findings[name]?.state, 'broken');
      assert.match(findings[name]?.advice ?? '', /check the network/);
    }
  });
});

describe('the doctor of the port for Slack', () => {
  const taken = async (t: TestContext) => {
    const server = createServer((_request, response) => void response.end('{"challenge":"something else"}'));
    await new Promise<void>(resolve => server.listen(0, resolve));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return { server, port: (server.address() as AddressInfo).port };
  };

  test('finds it free', async t => {
    const { examine } = await startSlack(t);
    const { server, port } = await taken(t);
    await new Promise(resolve => server.close(resolve));
    const findings = await examine({ transport: http(port) });
    assert.deepEqual(findings['Slack port'], {
      ...{ name: 'Slack port', state: 'ok', detail: `${port} is free`, advice: '' },
    });
    assert.equal(findings['Slack app token'], undefined);
  });

  test('finds another program there', async t => {
    const { examine } = await startSlack(t);
    const { port } = await taken(t);
    const found = (await examine({ transport: http(port) }))['Slack port'];
    assert.equal(found?.state, 'broken');
    assert.match(found?.detail ?? '', /EADDRINUSE/);
    assert.match(found?.advice ?? '', /SLACK_PORT/);
  });

  for (const [secret, state] of [
    [SECRET, 'ok'],
    ['another secret of a bot', 'broken'],
  ] as const)
    test(`finds a bot that runs, with ${secret === SECRET ? 'our' : 'another'} secret`, async t => {
      const { examine } = await startSlack(t);
      const logger = pino({ level: 'silent' });
      const receiver = createHttpReceiver({ signingSecret: secret, port: 0, logger });
      const { port } = await receiver.start();
      t.after(() => receiver.stop());
      assert.equal((await examine({ transport: http(port) }))['Slack port']?.state, state);
    });
});

describe('the doctor who posts', () => {
  const POSTING = [
    'chat.postMessage',
    'chat.delete',
    'files.getUploadURLExternal',
    'files.completeUploadExternal',
    'files.delete',
  ];

  test('takes away again what it posted', async t => {
    const { examine, calls, uploads } = await startSlack(t, { scopes: FULL_SCOPES });
    const findings = await examine({}, 'C1');
    assert.equal(findings['Slack message']?.detail, 'posted in C1 and taken away again');
    assert.equal(findings['Slack file']?.state, 'ok');
    assert.deepEqual(
      calls.filter(method => POSTING.includes(method)),
      POSTING,
    );
    assert.match(uploads[0]?.content ?? '', /test of hansard doctor/);
    assert.equal(uploads[0]?.authorization, undefined, 'the token is not shown to the address for uploads');
  });

  for (const [error, advice] of [
    ['not_in_channel', /\/invite @hansard/],
    ['channel_not_found', /Compare the id/],
    ['is_archived', /out of the archive/],
    ['missing_scope', /Reinstall/],
  ] as const)
    test(`says what to do about ${error}, and leaves nothing`, async t => {
      const refuse = { 'chat.postMessage': error, 'files.completeUploadExternal': error };
      const { examine, calls } = await startSlack(t, { scopes: FULL_SCOPES, refuse });
      const findings = await examine({}, 'C1');
      for (const name of ['Slack message', 'Slack file']) {
        assert.equal(findings[name]?.state, 'broken');
        assert.match(findings[name]?.detail ?? '', new RegExp(error));
        assert.match(findings[name]?.advice ?? '', advice);
      }
      assert.equal(calls.at(-1), 'files.delete');
    });
});
