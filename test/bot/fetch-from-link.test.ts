import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import fs from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { createLinkFetcher, type LinkNetwork, parseLink } from '../../src/bot/fetch-from-link.ts';
import { HansardError } from '../../src/errors.ts';
import { blobKeys, readText } from '../../src/pipeline/blobs/blob-store.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'there is no openssl to make a certificate with';
const content = 'bytes of the recording';
const PUBLIC = '93.184.215.14';
const NAME = 'recordings.example';
const LINK = `https://${NAME}/weekly.webm`;

let tls = { key: '', cert: '' };
before(() => {
  if (!skip) tls = makeCertificate();
});

/** For all names under `example`; made anew each time, so that none has to be kept. */
function makeCertificate(): typeof tls {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-test-'));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const names = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME},DNS:elsewhere.example`];
  const kind = ['-x509', '-nodes', '-days', '2', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const made = spawnSync('openssl', ['req', ...kind, ...names, '-keyout', key, '-out', cert], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return { key: fs.readFileSync(key, 'utf8'), cert: fs.readFileSync(cert, 'utf8') };
}

type Reply = (request: IncomingMessage, response: ServerResponse, progress: number[]) => void;

interface World {
  /** The addresses of a name, asked for the nth time. */
  resolve?: (hostname: string, time: number) => string[] | Promise<string[]>;
  maxBytes?: number;
  ca?: string;
}

/** A fetcher in a world where every public address is one server, which answers as the test says. */
async function createWorld(t: TestContext, reply: Reply, { resolve, maxBytes = 1_000, ca = tls.cert }: World = {}) {
  const folder = await makeTemporaryFolder(t);
  const requests: IncomingMessage[] = [];
  const progress: number[] = [];
  const server = createServer(tls, (request, response) => {
    requests.push(request);
    reply(request, response, progress);
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const asked: string[] = [];
  const reached: string[] = [];
  const network: LinkNetwork = {
    async resolve(hostname) {
      asked.push(hostname);
      const addresses = isIP(hostname) ? [hostname] : ((await resolve?.(hostname, asked.length)) ?? [PUBLIC]);
      return addresses.map(address => ({ address, family: isIP(address) }));
    },
    reach({ address }): LookupAddress {
      reached.push(address);
      return { address: '127.0.0.1', family: 4 };
    },
    port: (server.address() as AddressInfo).port,
    ca,
  };
  const blobs = createDiskBlobs(path.join(folder, 'blobs'));
  const workDir = path.join(folder, 'work');
  const fetcher = createLinkFetcher({ blobs, workDir, maxBytes, network });
  const stop = new AbortController();
  const context = {
    jobId: 'fetch.1',
    attempt: 1,
    signal: stop.signal,
    onProgress: (fraction: number) => void progress.push(fraction),
    confirm: async () => {},
  };
  return {
    ...{ blobs, requests, asked, reached, progress, stop },
    run: async (url = LINK) => {
      try {
        return await fetcher({ kind: 'link', url, name: 'weekly.webm', channel: 'C1' }, context);
      } finally {
        assert.deepEqual(fs.existsSync(workDir) ? fs.readdirSync(workDir) : [], [], 'nothing is left');
      }
    },
  };
}

const sends =
  (body: string, headers: Record<string, string> = {}): Reply =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': 'audio/webm', ...headers }).end(body);
const leadsTo =
  (location: string): Reply =>
  (_request, response) =>
    void response.writeHead(302, { location, 'set-cookie': 'a=b' }).end();

for (const [why, link] of [
  ['loopback', 'https://127.0.0.1/a.mp4'],
  ['a private network', 'https://10.1.2.3/a.mp4'],
  ['a private network', 'https://172.16.0.1/a.mp4'],
  ['a private network', 'https://192.168.1.1/a.mp4'],
  ['the metadata of a cloud', 'https://169.254.169.254/latest/meta-data'],
  ['the network of a carrier', 'https://100.64.0.1/'],
  ['no address at all', 'https://0.0.0.0/'],
  ['loopback in IPv6', 'https://[::1]/'],
  ['IPv4 in IPv6', 'https://[::ffff:10.0.0.1]/'],
  ['unique-local', 'https://[fc00::1]/'],
  ['link-local', 'https://[fe80::1]/'],
  ['with a zone', 'https://[fe80::1%25eth0]/'],
  ['loopback in decimal', 'https://2130706433/'],
  ['loopback in hex', 'https://0x7f.1/'],
  ['loopback in octal', 'https://0177.0.0.1/'],
  ['loopback in short', 'https://127.1/'],
  ['loopback in wide characters', 'https://１２７。０。０。１/'],
  ['a user', 'https://somebody@recordings.example/'],
  ['a password', 'https://somebody:secret@recordings.example/'],
  ['not encrypted', 'http://recordings.example/'],
  ['not the web', 'ftp://recordings.example/a.mp4'],
  ['a file', 'file:///etc/passwd'],
  ['data', 'data:audio/wav;base64,UklGRg=='],
  ['another port', 'https://recordings.example:8443/'],
  ['no address', 'recordings.example/a.mp4'],
  ['nothing', ''],
  ['no end', `https://recordings.example/${'a'.repeat(5_000)}`],
] as const)
  test(`a link is refused at once: ${why}, ${link.slice(0, 60)}`, () => {
    assert.throws(() => parseLink(link), { code: 'link_refused' });
  });

test('a link is taken as people paste it, and its secrets stay out of the log', () => {
  assert.equal(parseLink(` ${LINK}?token=1#t=20 \n`).href, `${LINK}?token=1`);
  assert.equal(parseLink('https://Recordings.Example:443/a').href, 'https://recordings.example/a');
  assert.throws(
    () => parseLink('https://me:secret@recordings.example/?token=secret'),
    error => error instanceof HansardError && !error.message.includes('secret'),
  );
});

test('a recording comes whole, from the very address that was judged', { skip }, async t => {
  const { run, blobs, requests, asked, reached, progress } = await createWorld(t, sends(content));
  const { fileHash } = await run(`${LINK}?token=1`);
  assert.equal(fileHash, createHash('sha256').update(content).digest('hex'));
  assert.equal(await readText(blobs, blobKeys.source(fileHash)), content);
  assert.deepEqual([asked, reached], [[NAME], [PUBLIC]]);
  const [request] = requests;
  assert.equal(request?.url, '/weekly.webm?token=1');
  assert.equal(request?.headers.host, NAME);
  assert.equal((request?.socket as (TLSSocket & { servername?: string }) | undefined)?.servername, NAME);
  assert.deepEqual([request?.headers.cookie, request?.headers.authorization], [undefined, undefined]);
  assert.ok(progress.every(fraction => fraction >= 0 && fraction <= 1));
});

for (const address of [
  ...['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
  ...['100.64.0.1', '100.127.255.255', '0.0.0.0', '0.1.2.3', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['192.0.0.192', '192.0.2.1', '198.51.100.1', '203.0.113.5', '198.18.0.1', '192.88.99.1', '168.63.129.16'],
  ...['::', '::1', '::10.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', 'fc00::1', 'fd00:ec2::254', 'fe80::1'],
  ...['fe80::1%eth0', 'fec0::1', 'ff02::1', '64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::808:808'],
  ...['2002:a00:1::', '2001::1', '2001:db8::1', '3fff::1', '100::1', '5f00::1', 'no address'],
])
  test(`a name that resolves to ${address} is refused, also beside a public one`, { skip }, async t => {
    for (const addresses of [[address], [PUBLIC, address]]) {
      const { run, requests, reached } = await createWorld(t, sends(content), { resolve: () => addresses });
      await assert.rejects(run(), { code: 'link_refused', message: /not public/ });
      assert.deepEqual([requests, reached], [[], []], 'nobody was asked');
    }
  });

for (const address of ['172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '2606:2800::1', '64:ff9b::8.8.8.8'])
  test(`a name that resolves to ${address} is fetched`, { skip }, async t => {
    const { run, reached } = await createWorld(t, sends(content), { resolve: () => [address] });
    await run();
    assert.deepEqual(reached, [address]);
  });

test('localhost is refused by what it resolves to', async t => {
  const folder = await makeTemporaryFolder(t);
  const fetcher = createLinkFetcher({ blobs: createDiskBlobs(folder), workDir: folder, maxBytes: 1_000 });
  const { signal } = new AbortController();
  const context = { jobId: 'fetch.1', attempt: 1, signal, onProgress: () => {}, confirm: async () => {} };
  const run = fetcher({ kind: 'link', url: 'https://localhost/a.mp4', name: 'a.mp4' }, context);
  await assert.rejects(run, { code: 'link_refused', message: /localhost is .*not public/ });
});

test('a name server that changes its mind is not asked twice', { skip }, async t => {
  const resolve = (_hostname: string, time: number) => [time === 1 ? PUBLIC : '127.0.0.1'];
  const { run, asked, reached } = await createWorld(t, sends(content), { resolve });
  await run();
  assert.deepEqual([asked, reached], [[NAME], [PUBLIC]]);
});

test('a name server that changes its mind before the rest is fetched is found out', { skip }, async t => {
  const resolve = (_hostname: string, time: number) => [time === 1 ? PUBLIC : '127.0.0.1'];
  const { run, requests } = await createWorld(t, breaksOnce(sends(content)), { resolve });
  await assert.rejects(run(), { code: 'link_refused' });
  assert.equal(requests.length, 1);
});

for (const location of [
  'https://127.0.0.1/a',
  'https://[::ffff:10.0.0.1]/a',
  'https://inside.example/a',
  'http://elsewhere.example/a',
  'https://a:b@elsewhere.example/a',
  'https://elsewhere.example:8443/a',
  'file:///etc/passwd',
  'https://[',
])
  test(`a link that leads on to ${location} is refused`, { skip }, async t => {
    const resolve = (hostname: string) => [hostname === 'inside.example' ? '10.0.0.1' : PUBLIC];
    const { run, requests } = await createWorld(t, leadsTo(location), { resolve });
    await assert.rejects(run(), { code: 'link_refused' });
    assert.equal(requests.length, 1);
  });

test('a link that leads on to a public host is followed, without its cookie', { skip }, async t => {
  const { run, requests, asked } = await createWorld(t, (request, ...rest) =>
    (request.headers.host === NAME ? leadsTo('https://elsewhere.example/b') : sends(content))(request, ...rest),
  );
  await run();
  assert.deepEqual(asked, [NAME, 'elsewhere.example']);
  assert.equal(requests[1]?.headers.cookie, undefined);
});

test('a link that leads on and on is refused', { skip }, async t => {
  const { run, requests } = await createWorld(t, leadsTo('/again'));
  await assert.rejects(run(), { code: 'link_refused', message: /circles/ });
  assert.equal(requests.length, 4, 'the link and three redirects');
});

test('a recording that is announced as too large is not begun', { skip }, async t => {
  const announces: Reply = (_request, response) =>
    void response.writeHead(200, { 'content-length': 1_001 }).flushHeaders();
  const { run, progress } = await createWorld(t, announces, { maxBytes: 1_000 });
  await assert.rejects(run(), { code: 'too_large' });
  assert.deepEqual(progress, []);
});

test('a recording that says nothing of its size is stopped when it is too large', { skip }, async t => {
  const endless: Reply = (_request, response) => {
    const write = (): void => void response.write(content, error => error ?? setTimeout(write, 1));
    write();
  };
  const { run } = await createWorld(t, endless, { maxBytes: 100 });
  await assert.rejects(run(), { code: 'too_large' });
});

for (const [what, reply] of [
  ['by its type', sends('Sign in', { 'content-type': 'Text/HTML; charset=utf-8' })],
  ['by how it begins', sends('\n<!DocType html><title>Sign in</title>')],
] as const)
  test(`a page instead of a recording is known ${what}`, { skip }, async t => {
    const { run } = await createWorld(t, reply);
    await assert.rejects(run(), { code: 'web_page' });
  });

for (const [status, code] of [
  [403, 'link_refused'],
  [404, 'link_refused'],
  [204, 'link_refused'],
  [304, 'link_refused'],
  [429, 'link_unavailable'],
  [500, 'link_unavailable'],
] as const)
  test(`the answer ${status} is ${code}`, { skip }, async t => {
    const { run, requests } = await createWorld(t, (_request, response) => void response.writeHead(status).end());
    await assert.rejects(run(), { code, message: new RegExp(`HTTP ${status}`) });
    assert.equal(requests.length, 1);
  });

test('a compressed answer is not taken for the recording', { skip }, async t => {
  const { run, requests } = await createWorld(t, sends(content, { 'content-encoding': 'gzip' }));
  await assert.rejects(run(), { code: 'link_refused', message: /gzip/ });
  assert.equal(requests[0]?.headers['accept-encoding'], 'identity');
});

test('a name that is not known, or has no address, is unavailable', { skip }, async t => {
  const unknown = () => {
    throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
  };
  for (const resolve of [unknown, () => []])
    await assert.rejects((await createWorld(t, sends(content), { resolve })).run(), { code: 'link_unavailable' });
});

test('a server whose certificate is not trusted, or is for another name, is unavailable', { skip }, async t => {
  const stranger = await createWorld(t, sends(content), { ca: makeCertificate().cert });
  await assert.rejects(stranger.run(), { code: 'link_unavailable' });
  const { run, requests } = await createWorld(t, sends(content));
  await assert.rejects(run('https://third.example/a'), { code: 'link_unavailable', message: /altnames/ });
  assert.deepEqual(requests, []);
});

/** The first answer breaks off after five bytes. */
function breaksOnce(next: Reply): Reply {
  let times = 0;
  return async (request, response, progress) => {
    if (times++ > 0) return next(request, response, progress);
    response.writeHead(200, { 'content-length': content.length, etag: '"1"' });
    response.write(content.slice(0, 5));
    while (progress.length === 0) await setImmediate();
    request.socket.destroy();
  };
}

test('a download that breaks off goes on where it stopped, if the recording is still the same', { skip }, async t => {
  const sendsRest: Reply = (_request, response) =>
    void response
      .writeHead(206, { 'content-range': `bytes 5-${content.length - 1}/${content.length}`, etag: '"1"' })
      .end(content.slice(5));
  const { run, blobs, requests, asked } = await createWorld(t, breaksOnce(sendsRest));
  const { fileHash } = await run();
  assert.equal(await readText(blobs, blobKeys.source(fileHash)), content);
  assert.equal(requests[1]?.headers.range, 'bytes=5-');
  assert.equal(requests[1]?.headers['if-range'], '"1"');
  assert.deepEqual(asked, [NAME, NAME], 'each connection is judged');
});

test('a recording that was replaced while it was fetched is fetched anew', { skip }, async t => {
  const other = content.toUpperCase();
  const { run, blobs } = await createWorld(
    t,
    breaksOnce((request, response) => {
      const { range } = request.headers;
      if (!range) return sends(other)(request, response, []);
      // a server that does not know If-Range
      response.writeHead(206, { 'content-range': `bytes 5-${other.length - 1}/${other.length}`, etag: '"2"' });
      response.end(other.slice(5));
    }),
  );
  const { fileHash } = await run();
  assert.equal(await readText(blobs, blobKeys.source(fileHash)), other);
});

test('a connection that is cut again and again is given up after three attempts', { skip }, async t => {
  const { run, requests } = await createWorld(t, (request, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.slice(0, 5), () => request.socket.destroy());
  });
  await assert.rejects(run(), { code: 'link_unavailable' });
  assert.equal(requests.length, 3);
});

test('a server that falls silent is given up', { skip }, async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { run, progress } = await createWorld(t, (_request, response) => void response.write(content));
  let isDone = false;
  const outcome = assert
    .rejects(run(), { code: 'link_unavailable', message: /nothing came for 30 s/ })
    .finally(() => (isDone = true));
  while (progress.length === 0) await setImmediate();
  t.mock.timers.tick(29_999);
  await setImmediate();
  assert.equal(isDone, false);
  while (!isDone) {
    await setImmediate();
    t.mock.timers.tick(1_000);
  }
  await outcome;
});

test('a server that sends a byte now and then is given up after two hours', { skip }, async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let send = () => {};
  const { run, progress, requests } = await createWorld(t, (_request, response) => {
    send = () => void response.write('a');
    send();
  });
  let isDone = false;
  const outcome = assert
    .rejects(run(), { code: 'link_unavailable', message: /not done after 2 h/ })
    .finally(() => (isDone = true));
  for (let passedMs = 0; passedMs < 2 * 3_600_000; passedMs += 20_000) {
    const before = progress.length;
    if (passedMs > 0) send();
    while (progress.length === before && !isDone) await setImmediate();
    assert.equal(isDone, false);
    t.mock.timers.tick(20_000);
  }
  await outcome;
  assert.equal(requests.length, 1, 'and is not asked for the rest');
});

test('a cancel stops the download', { skip }, async t => {
  const { run, stop, progress } = await createWorld(t, (_request, response) => void response.write(content));
  const outcome = assert.rejects(run(), { code: 'cancelled' });
  while (progress.length === 0) await setImmediate();
  stop.abort(new Error('enough'));
  await outcome;
});

test('a cancel does not wait for a name server that never answers', { skip }, async t => {
  const resolve = () => new Promise<string[]>(() => {});
  const { run, stop, asked } = await createWorld(t, sends(content), { resolve });
  const outcome = assert.rejects(run(), { code: 'cancelled' });
  while (asked.length === 0) await setImmediate();
  stop.abort(new Error('enough'));
  await outcome;
});
