import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { z } from 'zod';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { createResultStore } from '../../src/pipeline/results/result-store.ts';
import { createStageRunner } from '../../src/pipeline/run-stage.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';

const identity = { stage: 'count', version: 1, models: [], options: {}, inputs: ['a'] };

async function createWorld(t: TestContext) {
  const dir = await makeTemporaryFolder(t);
  const heard: string[] = [];
  const runnerWith = (force = false, signal = new AbortController().signal) =>
    createStageRunner(
      {
        results: createResultStore(createDiskBlobs(dir)),
        force,
        observer: {
          onStageStart: stage => heard.push(`${stage} starts`),
          onStageProgress: (stage, fraction) => heard.push(`${stage} ${fraction}`),
          onStageEnd: (stage, { stored }) => heard.push(stored ? `${stage} is stored` : `${stage} ends`),
          onDuration: () => {},
        },
      },
      signal,
    );
  return { dir, heard, runnerWith };
}

test('a stage is computed once, and answered with what it cost then', async t => {
  const { runnerWith, heard } = await createWorld(t);
  const first = await runnerWith().run(identity, z.number(), async ({ onDevice, addCpuSeconds }) => {
    onDevice('cuda:0');
    onDevice('cpu');
    addCpuSeconds(2);
    addCpuSeconds(0.5);
    return 42;
  });
  assert.deepEqual([first.result, first.device, first.cpuSeconds, first.stored], [42, 'cpu', 2.5, false]);
  const second = await runnerWith().run(identity, z.number(), () => assert.fail('it was computed again'));
  assert.deepEqual(second, { ...first, stored: true });
  assert.deepEqual(heard, ['count starts', 'count ends', 'count is stored']);
});

test('a stage that counts no CPU time is charged with that of this process', async t => {
  const { runnerWith } = await createWorld(t);
  const { cpuSeconds } = await runnerWith().run(identity, z.number(), async () => {
    const until = performance.now() + 30;
    while (performance.now() < until);
    return 1;
  });
  assert.ok(cpuSeconds > 0.005);
});

test('progress never falls and never passes the end', async t => {
  const { runnerWith, heard } = await createWorld(t);
  await runnerWith().run(identity, z.number(), async ({ onProgress }) => {
    for (const fraction of [0.25, 0.125, 0.75, 1.5]) onProgress(fraction);
    return 1;
  });
  assert.deepEqual(heard.slice(1, -1), ['count 0.25', 'count 0.25', 'count 0.75', 'count 1']);
});

test('force computes again and replaces what is stored', async t => {
  const { runnerWith } = await createWorld(t);
  await runnerWith().run(identity, z.number(), async () => 1);
  await runnerWith(true).run(identity, z.number(), async () => 2);
  assert.equal((await runnerWith().run(identity, z.number(), async () => 3)).result, 2);
});

test('a stored result that is cut off or of another shape is computed again', async t => {
  const { dir, runnerWith } = await createWorld(t);
  const { key } = await runnerWith().run(identity, z.number(), async () => 1);
  const file = path.join(dir, 'results', key.slice(0, 2), `${key}.json`);
  fs.truncateSync(file, 10);
  assert.equal((await runnerWith().run(identity, z.number(), async () => 2)).result, 2);
  assert.equal((await runnerWith().run(identity, z.string(), async () => 'three')).result, 'three');
});

test('a stage that fails stores nothing', async t => {
  const { dir, runnerWith } = await createWorld(t);
  await assert.rejects(
    runnerWith().run(identity, z.number(), () => Promise.reject(new Error('no'))),
    /^Error: no$/,
  );
  assert.deepEqual(fs.readdirSync(dir), []);
});

test('no stage begins once the run was cancelled, stored or not', async t => {
  const { runnerWith } = await createWorld(t);
  await runnerWith().run(identity, z.number(), async () => 1);
  const cancelled = runnerWith(false, AbortSignal.abort());
  await assert.rejects(
    cancelled.run(identity, z.number(), async () => 2),
    { name: 'AbortError' },
  );
});
