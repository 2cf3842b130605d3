import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../src/make-folder.ts';
import { makeTemporaryFolder } from './builders/temporary-folder.ts';

test('a folder is made with those above it, and stays when it is there', async t => {
  const top = await makeTemporaryFolder(t);
  const folder = path.join(top, 'a', 'b', 'c');
  makeFolder(folder, 0o700);
  fs.writeFileSync(path.join(folder, 'kept'), '');
  makeFolder(folder);
  assert.deepEqual(fs.readdirSync(folder), ['kept']);
  assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
});

test('a file in the way is an error', async t => {
  const file = path.join(await makeTemporaryFolder(t), 'file');
  fs.writeFileSync(file, '');
  assert.throws(() => makeFolder(file), { code: 'EEXIST' });
  assert.throws(() => makeFolder(path.join(file, 'below')), { code: 'ENOTDIR' });
});

test('a folder that takes no new ones is an error, and no endless try', {
  skip: !fs.existsSync('/proc/self') && 'there is no /proc here',
}, () => {
  assert.throws(() => makeFolder('/proc/hansard/out'), { code: 'ENOENT' });
});
