import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { createDiskBlobs } from '../../../src/pipeline/blobs/disk-blobs.ts';
import { createResultStore, type StageIdentity, stageKey } from '../../../src/pipeline/results/result-store.ts';
import { DEAD_PID, makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const schema = z.object({ text: z.string() });
const key = 'ab'.repeat(32);

describe('the result store', () => {
  test('gives back what was put, readable by its owner only', async t => {
    const dir = await makeTemporaryFolder(t);
    const store = createResultStore(createDiskBlobs(dir));
    assert.equal(await store.find(key, schema), undefined);
    await store.put(key, { text: 'hello' });
    assert.deepEqual(await store.find(key, schema), { text: 'hello' });
    assert.equal((await fs.stat(path.join(dir, 'results', 'ab', `${key}.json`))).mode & 0o077, 0);
  });

  for (const damaged of ['', '{"text":"hel', '{"text":1}', 'null']) {
    test(`a stored ${JSON.stringify(damaged)} counts as absent`, async t => {
      const dir = await makeTemporaryFolder(t);
      const store = createResultStore(createDiskBlobs(dir));
      await store.put(key, { text: 'hello' });
      await fs.writeFile(path.join(dir, 'results', 'ab', `${key}.json`), damaged);
      assert.equal(await store.find(key, schema), undefined);
    });
  }

  test('a half that a killed run left is no result, and goes with the next put', async t => {
    const dir = await makeTemporaryFolder(t);
    const store = createResultStore(createDiskBlobs(dir));
    await fs.mkdir(path.join(dir, 'results', 'ab'), { recursive: true });
    await fs.writeFile(path.join(dir, 'results', 'ab', `${key}.json.${DEAD_PID}-${randomUUID()}.tmp`), '{"text":"h');
    assert.equal(await store.find(key, schema), undefined);
    await store.put(key, { text: 'hello' });
    assert.deepEqual(await fs.readdir(path.join(dir, 'results', 'ab')), [`${key}.json`]);
  });

  test('a store that cannot be written says so', async t => {
    const file = path.join(await makeTemporaryFolder(t), 'file');
    await fs.writeFile(file, '');
    await assert.rejects(createResultStore(createDiskBlobs(file)).put(key, {}), { code: 'data_unwritable' });
  });
});

describe('the stage key', () => {
  const identity: StageIdentity = { stage: 's', version: 1, models: ['m'], options: { a: 1, b: 2 }, inputs: ['i'] };

  test('does not depend on the order of options', () => {
    const options = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer()));
    fc.assert(
      fc.property(options, own => {
        const turned = Object.fromEntries(Object.entries(own).reverse());
        assert.equal(stageKey({ ...identity, options: turned }), stageKey({ ...identity, options: own }));
      }),
    );
  });

  for (const change of [
    { stage: 't' },
    { version: 2 },
    { models: ['m', 'n'] },
    { options: { a: 1, b: 3 } },
    { inputs: ['j'] },
  ]) {
    test(`changes with ${Object.keys(change)[0]}`, () => {
      assert.notEqual(stageKey({ ...identity, ...change }), stageKey(identity));
    });
  }
});
