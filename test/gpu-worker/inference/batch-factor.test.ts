import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { batchFactor, freeGpuBytes } from '../../../src/gpu-worker/inference/batch-factor.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

test('a GPU hears as much together as its free memory holds, within bounds', () => {
  assert.equal(batchFactor('cuda:0', 4.8e9), 2);
  assert.equal(batchFactor('cuda:0', 80e9), 8);
  assert.equal(batchFactor('cuda:0', 1e6), 1 / 8);
});

test('a CPU, and a GPU of which nothing is known, have the usual batches', () => {
  assert.equal(batchFactor('cpu', 80e9), 1);
  assert.equal(batchFactor('cuda:0', 0), 1);
});

test("the free memory is that of the GPU which is used, as its driver's program says", async t => {
  const folder = await makeTemporaryFolder(t);
  const answer = (script: string) =>
    fs.writeFileSync(path.join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const { PATH } = process.env;
  process.env.PATH = `${folder}:${PATH}`;
  t.after(() => {
    process.env.PATH = PATH;
  });
  answer('[ "$1 $2" = "-i 1" ] && echo 20480');
  assert.equal(await freeGpuBytes('cuda:1'), 20480 * 2 ** 20);
  assert.equal(await freeGpuBytes('cuda:0'), 0);
  answer('echo "[N/A]"');
  assert.equal(await freeGpuBytes('cuda:1'), 0);
  assert.equal(await freeGpuBytes('cpu'), 0);
});
