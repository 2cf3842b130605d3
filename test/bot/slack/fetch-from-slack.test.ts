import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Slack } from '../../../src/bot/slack/call-slack.ts';
import { createSlackFetcher } from '../../../src/bot/slack/fetch-from-slack.ts';
import { blobKeys, readText } from '../../../src/pipeline/blobs/blob-store.ts';
import { createDiskBlobs } from '../../../src/pipeline/blobs/disk-blobs.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const token = 'xoxb-secret';
const content = 'bytes of the recording';
type Answer = (request: IncomingMessage, response: ServerResponse, host: string) => void;

/** A fetcher, and a host that answers as the test says. */
async function createWorld(
  t: TestContext,
  answer: Answer,
  { size = content.length, maxBytes = 1_000, trusted = true } = {},
) {
  const folder = await makeTemporaryFolder(t);
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    answer(request, response, `127.0.0.1:${port()}`);
  });
  const port = () => (server.address() as AddressInfo).port;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const file = { url_private_download: `http://127.0.0.1:${port()}/recording`, size };
  const slack: Slack = { call: async () => ({ ok: true, file }) as never };
  const blobs = createDiskBlobs(path.join(folder, 'blobs'));
  const workDir = path.join(folder, 'work');
  const trustedHost = trusted ? `127.0.0.1:${port()}` : undefined;
  const fetcher = createSlackFetcher({ slack, blobs, workDir, token, maxBytes, trustedHost });
  const context = {
    jobId: 'fetch.1',
    attempt: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
    confirm: async () => {},
  };
  const source = { kind: 'slack', fileId: 'F1', channel: 'C1', threadTs: '1.1', name: 'weekly.webm' };
  return {
    blobs,
    seen,
    run: async () => {
      try {
        return await fetcher(source, context);
      } finally {
        assert.deepEqual(fs.existsSync(workDir) ? fs.readdirSync(workDir) : [], [], 'nothing is left');
      }
    },
  };
}

const sends =
  (body: string, type = 'audio/webm'): Answer =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': type }).end(body);

test('a recording comes whole, under the hash of its bytes', async t => {
  const { run, blobs, seen } = await createWorld(t, sends(content));
  const { fileHash } = await run();
  assert.equal(fileHash, createHash('sha256').update(content).digest('hex'));
  assert.equal(await readText(blobs, blobKeys.source(fileHash)), content);
  assert.deepEqual(seen, [`Bearer ${token}`]);
});

test('a sign-in page instead of the recording names what is missing', async t => {
  const { run } = await createWorld(t, sends('<!doctype html>Sign in', 'text/html; charset=utf-8'));
  await assert.rejects(run(), { code: 'scope_missing', message: /files:read/ });
});

for (const [what, body] of [
  ['fewer', content.slice(1)],
  ['more', `${content}!`],
] as const)
  test(`${what} bytes than Slack announced are not taken for the recording`, async t => {
    const { run } = await createWorld(t, sends(body));
    await assert.rejects(run(), { code: 'platform_unavailable' });
  });

test('what is too large is not even begun', async t => {
  const { run, seen } = await createWorld(t, sends(content), { maxBytes: 10 });
  await assert.rejects(run(), { code: 'too_large' });
  assert.deepEqual(seen, []);
});

test('the token goes nowhere but to Slack, also when it is led elsewhere', async t => {
  const outside = await createWorld(t, sends(content), { trusted: false });
  await assert.rejects(outside.run(), { code: 'platform_refused', message: /leads to 127\.0\.0\.1/ });
  assert.deepEqual(outside.seen, []);
  const away: Answer = (_request, response) =>
    void response.writeHead(302, { location: 'https://evil.example/x' }).end();
  await assert.rejects((await createWorld(t, away)).run(), { code: 'platform_refused', message: /evil\.example/ });
});

test('a redirect within Slack is followed, and one in circles is not', async t => {
  const once: Answer = (request, response, host) =>
    request.url === '/recording'
      ? void response.writeHead(302, { location: `http://${host}/moved` }).end()
      : sends(content)(request, response, host);
  const { run, seen } = await createWorld(t, once);
  await run();
  assert.deepEqual(seen, [`Bearer ${token}`, `Bearer ${token}`]);
  const circle: Answer = (_request, response) => void response.writeHead(302, { location: '/recording' }).end();
  await assert.rejects((await createWorld(t, circle)).run(), { code: 'platform_refused', message: /circles/ });
});

test('a Slack that is away, or stops in the middle, may be asked again', async t => {
  const broken: Answer = (_request, response) => void response.writeHead(503).end();
  await assert.rejects((await createWorld(t, broken)).run(), { code: 'platform_unavailable' });
  const half: Answer = (request, response) => {
    response.writeHead(200, { 'content-type': 'audio/webm', 'content-length': content.length });
    response.write(content.slice(0, 5), () => request.socket.destroy());
  };
  await assert.rejects((await createWorld(t, half)).run(), { code: 'platform_unavailable' });
});
