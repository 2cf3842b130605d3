import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { createDiskBlobs } from '../../../src/pipeline/blobs/disk-blobs.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { testBlobs } from '../../contracts/blobs.contract.ts';

testBlobs('on disk', async t => createDiskBlobs(path.join(await makeTemporaryFolder(t), 'blobs')));

test('a folder that cannot be written is a problem, and a refusal', async t => {
  const file = path.join(await makeTemporaryFolder(t), 'file');
  await fs.writeFile(file, '');
  const blobs = createDiskBlobs(path.join(file, 'blobs'));
  assert.match((await blobs.problems()).join(), /^The data folder cannot be written\./);
  await assert.rejects(blobs.put('sources/a', 'a'), { code: 'data_unwritable' });
});
