import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Slack } from '../../../src/bot/slack/call-slack.ts';
import { createSlackFetcher } from '../../../src/bot/slack/fetch-from-slack.ts';
import { blobKeys, readText } from '../../../src/pipeline/blobs/blob-store.ts';
import { createDiskBlobs } from '../../../src/pipeline/blobs/disk-blobs.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const token = 'xoxb-secret';
const content = 'bytes of the recording';
type Answer = (request: IncomingMessage, response: ServerResponse, host: string, progress: number[]) => void;

/** A fetcher, and a host that answers as the test says. */
async function createWorld(
  t: TestContext,
  answer: Answer,
  { size = content.length, maxBytes = 1_000, trusted = true } = {},
) {
  const folder = await makeTemporaryFolder(t);
  const seen: (string | undefined)[] = [];
  const progress: number[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    answer(request, response, `127.0.0.1:${port()}`, progress);
  });
  const port = () => (server.address() as AddressInfo).port;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const file = { url_private_download: `http://127.0.0.1:${port()}/recording`, size };
  const slack: Slack = { problems: () => [], call: async () => ({ ok: true, file }) as never };
  const blobs = createDiskBlobs(path.join(folder, 'blobs'));
  const workDir = path.join(folder, 'work');
  const trustedHost = trusted ? `127.0.0.1:${port()}` : undefined;
  const fetcher = createSlackFetcher({ slack, blobs, workDir, token, maxBytes, trustedHost });
  const context = {
    jobId: 'fetch.1',
    attempt: 1,
    signal: new AbortController().signal,
    onProgress: (fraction: number) => void progress.push(fraction),
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
      : sends(content)(request, response, host, []);
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

/** The first answer breaks off after five bytes; the next ones are as the test says. */
const breaksOnce = (next: Answer): { answer: Answer; ranges: (string | undefined)[] } => {
  const ranges: (string | undefined)[] = [];
  const answer: Answer = async (request, response, host, progress) => {
    ranges.push(request.headers.range);
    if (ranges.length > 1) return next(request, response, host, progress);
    response.writeHead(200, { 'content-type': 'audio/webm', 'content-length': content.length });
    response.write(content.slice(0, 5));
    while (progress.length === 0) await setImmediate();
    request.socket.destroy();
  };
  return { answer, ranges };
};
const sendsRest =
  (from: number, total = content.length): Answer =>
  (_request, response) =>
    void response
      .writeHead(206, { 'content-range': `bytes ${from}-${content.length - 1}/${total}` })
      .end(content.slice(from));

test('a download that breaks off goes on where it stopped', async t => {
  const { answer, ranges } = breaksOnce(sendsRest(5));
  const { run, blobs, seen } = await createWorld(t, answer);
  const { fileHash } = await run();
  assert.equal(fileHash, createHash('sha256').update(content).digest('hex'));
  assert.equal(await readText(blobs, blobKeys.source(fileHash)), content);
  assert.deepEqual(ranges, [undefined, 'bytes=5-']);
  assert.deepEqual(seen, [`Bearer ${token}`, `Bearer ${token}`]);
});

test('a download that breaks off starts over where the server knows no pieces', async t => {
  const { answer, ranges } = breaksOnce(sends(content));
  const { run, blobs } = await createWorld(t, answer);
  const { fileHash } = await run();
  assert.equal(await readText(blobs, blobKeys.source(fileHash)), content);
  assert.deepEqual(ranges, [undefined, 'bytes=5-']);
});

for (const [what, wrong] of [
  ['from elsewhere', sendsRest(4)],
  ['of another file', sendsRest(5, content.length + 1)],
  ['that is no piece', (_request, response) => void response.writeHead(416).end()],
] as [string, Answer][])
  test(`a piece ${what} is not sewn on: the download starts over`, async t => {
    const whole: Answer = (request, ...rest) => (request.headers.range ? wrong : sends(content))(request, ...rest);
    const { answer, ranges } = breaksOnce(whole);
    const { run, blobs } = await createWorld(t, answer);
    const { fileHash } = await run();
    assert.equal(await readText(blobs, blobKeys.source(fileHash)), content);
    assert.deepEqual(ranges, [undefined, 'bytes=5-', undefined]);
  });

test('a rest that is too short is not the recording, also when it is sewn on', async t => {
  const short: Answer = (_request, response) =>
    void response.writeHead(206, { 'content-range': `bytes 5-9/${content.length}` }).end(content.slice(5, 10));
  const { answer, ranges } = breaksOnce((request, response, ...rest) =>
    request.headers.range === 'bytes=5-' ? short(request, response, ...rest) : void response.writeHead(503).end(),
  );
  const { run } = await createWorld(t, answer);
  await assert.rejects(run(), { code: 'platform_unavailable', message: /HTTP 503/ });
  assert.deepEqual(ranges, [undefined, 'bytes=5-', 'bytes=10-'], 'three attempts, no more');
});

for (const page of ['<!DOCTYPE html><title>Sign in</title>', '\uFEFF\n <HTML lang="en">'])
  test(`a page is known by how it begins, whatever its type: ${JSON.stringify(page)}`, async t => {
    const { run } = await createWorld(t, sends(page));
    await assert.rejects(run(), { code: 'scope_missing' });
  });
