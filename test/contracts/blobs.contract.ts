/** What every blob store keeps to. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type BlobStore, download, readText } from '../../src/pipeline/blobs/blob-store.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';

/** @param open an empty store for one test */
export function testBlobs(
  name: string,
  open: (t: TestContext) => Promise<BlobStore>,
  skip: string | false = false,
): void {
  describe(`blobs ${name}`, { skip }, () => {
    test('what was put is there, whole', async t => {
      const blobs = await open(t);
      assert.equal(await blobs.stat('sources/a'), undefined);
      assert.equal(await blobs.put('sources/a', 'héllo'), 6);
      assert.equal(await readText(blobs, 'sources/a'), 'héllo');
      const facts = await blobs.stat('sources/a');
      assert.equal(facts?.bytes, 6);
      assert.ok(Math.abs((facts?.modifiedAtMs ?? 0) - Date.now()) < 60_000);
    });

    test('an empty one is one', async t => {
      const blobs = await open(t);
      assert.equal(await blobs.put('sources/empty', ''), 0);
      assert.equal(await readText(blobs, 'sources/empty'), '');
    });

    test('a stream of many parts comes back byte by byte, and as a file', async t => {
      const blobs = await open(t);
      const folder = await makeTemporaryFolder(t);
      const content = randomBytes(20_000_001);
      const pieces = async function* () {
        for (let at = 0; at < content.length; at += 700_000) yield content.subarray(at, at + 700_000);
      };
      assert.equal(await blobs.put('audio/long.wav', Readable.from(pieces())), content.length);
      const file = path.join(folder, 'long.wav');
      await download(blobs, 'audio/long.wav', file, new AbortController().signal);
      assert.ok(content.equals(await fs.readFile(file)));
      assert.equal((await fs.stat(file)).mode & 0o077, 0);
    });

    test('a second one under the same key replaces the first', async t => {
      const blobs = await open(t);
      await blobs.put('results/ab/x.json', 'the first and longer one');
      await blobs.put('results/ab/x.json', 'second');
      assert.equal(await readText(blobs, 'results/ab/x.json'), 'second');
    });

    test('one that is missing says so, and leaves no file', async t => {
      const blobs = await open(t);
      const folder = await makeTemporaryFolder(t);
      const { signal } = new AbortController();
      await assert.rejects(blobs.open('sources/none'), { code: 'blob_missing' });
      await assert.rejects(download(blobs, 'sources/none', path.join(folder, 'none'), signal), {
        code: 'blob_missing',
      });
      assert.deepEqual(await fs.readdir(folder), []);
      assert.equal(await readText(blobs, 'sources/none'), undefined);
    });

    test('deleted is gone, and deleting twice is no error', async t => {
      const blobs = await open(t);
      await blobs.put('sources/a', 'a');
      await blobs.delete('sources/a');
      await blobs.delete('sources/a');
      await blobs.delete('nothing/here/at/all');
      assert.equal(await blobs.stat('sources/a'), undefined);
    });

    test('lists what is under a prefix and nothing else', async t => {
      const blobs = await open(t);
      for (const key of ['results/ab/x.json', 'results/cd/y.json', 'sources/z']) await blobs.put(key, key);
      const listed = await Array.fromAsync(blobs.list('results/'));
      assert.deepEqual(listed.map(({ key, bytes }) => [key, bytes]).sort(), [
        ['results/ab/x.json', 17],
        ['results/cd/y.json', 17],
      ]);
      assert.deepEqual(await Array.fromAsync(blobs.list('none/')), []);
    });

    test('a write that is stopped or breaks leaves nothing, neither a half nor a listed rest', async t => {
      const blobs = await open(t);
      const stop = new AbortController();
      const endless = async function* () {
        for (let sent = 0; ; sent++) {
          if (sent === 20) stop.abort();
          yield randomBytes(1_000_000);
          await setImmediate();
        }
      };
      await assert.rejects(blobs.put('audio/a.wav', Readable.from(endless()), stop.signal), { code: 'cancelled' });
      const broken = async function* () {
        yield randomBytes(10_000_000);
        throw new Error('the download broke');
      };
      await assert.rejects(blobs.put('audio/b.wav', Readable.from(broken())));
      assert.deepEqual(await Array.fromAsync(blobs.list('audio/')), []);
    });

    test('a download that is stopped leaves no file', async t => {
      const blobs = await open(t);
      const folder = await makeTemporaryFolder(t);
      await blobs.put('sources/a', randomBytes(5_000_000));
      const signal = AbortSignal.abort();
      await assert.rejects(download(blobs, 'sources/a', path.join(folder, 'a'), signal), { code: 'cancelled' });
      assert.deepEqual(await fs.readdir(folder), []);
    });

    for (const key of ['../x', '/etc/passwd', 'a//b', 'a/../b', '.hidden', 'a/', '', 'ä', 'a b', 'x'.repeat(600)])
      test(`refuses the key ${JSON.stringify(key.slice(0, 20))}`, async t => {
        const blobs = await open(t);
        await assert.rejects(blobs.put(key, 'x'), { code: 'invalid_usage' });
        await assert.rejects(blobs.open(key), { code: 'invalid_usage' });
      });

    test('has no problems when all is well', async t => {
      assert.deepEqual(await (await open(t)).problems(), []);
    });
  });
}
