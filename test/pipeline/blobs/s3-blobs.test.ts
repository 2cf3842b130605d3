import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createS3Blobs } from '../../../src/pipeline/blobs/s3-blobs.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { testBlobs } from '../../contracts/blobs.contract.ts';
import { noS3, startS3 } from '../../fakes/s3-server.ts';

testBlobs('in S3', async t => createS3Blobs((await startS3(t, await makeTemporaryFolder(t))).settings), noS3);

describe('an S3 server in trouble', { skip: noS3 }, () => {
  test('that is away is told, and works again when it is back', async t => {
    const server = await startS3(t, await makeTemporaryFolder(t));
    const blobs = createS3Blobs(server.settings);
    await blobs.put('sources/a', 'kept');
    await server.kill();
    await assert.rejects(blobs.put('sources/b', 'b'), { code: 'blobs_unavailable' });
    await assert.rejects(blobs.stat('sources/a'), { code: 'blobs_unavailable' });
    assert.match((await blobs.problems()).join(), /^The store of recordings does not answer\./);
    await server.start();
    assert.equal((await blobs.stat('sources/a'))?.bytes, 4);
  });

  test('that refuses the secret is told, and is not asked again and again', async t => {
    const { settings } = await startS3(t, await makeTemporaryFolder(t));
    const blobs = createS3Blobs({ ...settings, secretAccessKey: 'wrong' });
    await assert.rejects(blobs.put('sources/a', 'a'), { code: 'blobs_refused' });
    assert.match((await blobs.problems()).join(), /refuses access/);
  });

  test('without the bucket is told', async t => {
    const { settings } = await startS3(t, await makeTemporaryFolder(t));
    const blobs = createS3Blobs({ ...settings, bucket: 'other' });
    assert.match((await blobs.problems()).join(), /^There is no bucket other at http/);
  });
});
