import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { sha256OfFile } from '../../../src/gpu-worker/models/sha256.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

async function write(t: TestContext, content: string | Buffer): Promise<string> {
  const file = path.join(await makeTemporaryFolder(t), 'weights');
  await fs.writeFile(file, content);
  return file;
}

test('the published examples have their published hash', async t => {
  // FIPS 180-2, B.1, and the hash of nothing
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  assert.equal(await sha256OfFile(await write(t, 'abc')), abc);
  assert.equal(await sha256OfFile(await write(t, '')), nothing);
});

test('a file of several windows has the hash of its whole content', async t => {
  const content = randomBytes(2.5 * 2 ** 20);
  const expected = createHash('sha256').update(content).digest('hex');
  assert.equal(await sha256OfFile(await write(t, content)), expected);
});

test('a file that is not there rejects as the file system does', async t => {
  await assert.rejects(sha256OfFile(path.join(await makeTemporaryFolder(t), 'gone')), { code: 'ENOENT' });
});

test('hashing can be given up', async t => {
  const file = await write(t, randomBytes(8 * 2 ** 20));
  const controller = new AbortController();
  const hashing = sha256OfFile(file, controller.signal);
  controller.abort();
  await assert.rejects(hashing, { name: 'AbortError' });
});
