import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import timers from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../src/config.ts';
import { waitForLock } from '../../../src/exclusive-lock.ts';
import { catalogue, graphsDir } from '../../../src/gpu-worker/models/catalogue.ts';
import { createModelStore } from '../../../src/gpu-worker/models/store.ts';
import { startHub } from '../../fakes/hub.ts';

const name = 'silero-vad';
const fileName = 'silero_vad_v6.onnx';
const published = createModelStore(loadConfig().modelsDir);
const [pulled] = await published.inspect([name]);
const skip = pulled?.state === 'ok' ? false : 'the silero-vad weights are not here: npx hansard models pull';

let modelsDir: string;

beforeEach(async () => {
  modelsDir = await fs.mkdtemp(path.join(os.tmpdir(), 'hansard-store-'));
});

afterEach(async () => {
  await fs.rm(modelsDir, { recursive: true });
});

/** Copies the real weights and changes one byte; length and time stay. */
async function storeDamaged(): Promise<string> {
  const target = path.join(modelsDir, name, fileName);
  const source = path.join(published.folderOf(name), fileName);
  await fs.mkdir(path.dirname(target));
  const bytes = await fs.readFile(source);
  bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1;
  await fs.writeFile(target, bytes);
  const { atime, mtime } = await fs.stat(source);
  await fs.utimes(target, atime, mtime);
  return target;
}

function ensure(origins?: Parameters<typeof createModelStore>[1], replaceDamaged = false, onWait = () => {}) {
  const { signal } = new AbortController();
  const onEvent = (event: { kind: string }) => event.kind === 'waiting' && onWait();
  return createModelStore(modelsDir, origins).ensure([name], { signal, replaceDamaged, onEvent });
}

describe('the model store', () => {
  test('refuses weights of which one byte was changed', { skip }, async () => {
    await storeDamaged();
    await assert.rejects(ensure(), { code: 'model_corrupt' });
  });

  test('replaces damaged weights when told to', { skip }, async () => {
    await storeDamaged();
    await using hub = await startHub(await fs.readFile(path.join(published.folderOf(name), fileName)));
    await ensure(hub.origins, true);
    const [status] = await createModelStore(modelsDir).inspect([name]);
    assert.equal(status?.state, 'ok');
  });

  test('where all is there nothing is fetched or written', { skip }, async () => {
    await using hub = await startHub(Buffer.alloc(0));
    await fs.cp(published.folderOf(name), path.join(modelsDir, name), { recursive: true });
    await ensure(hub.origins);
    assert.deepEqual(hub.ranges, []);
    assert.deepEqual(await fs.readdir(modelsDir), [name]);
  });

  test('two pulls at once fetch once', { skip }, async () => {
    await using hub = await startHub(await fs.readFile(path.join(published.folderOf(name), fileName)));
    await Promise.all([ensure(hub.origins), ensure(hub.origins)]);
    assert.equal(hub.ranges.length, 1);
  });

  test('a folder of the wrong kind is an error that names it', async () => {
    const file = path.join(modelsDir, 'file');
    await fs.writeFile(file, '');
    const store = createModelStore(path.join(file, 'models'));
    const { signal } = new AbortController();
    await assert.rejects(store.ensure([name], { signal }), { code: 'models_unwritable' });
  });

  test('a stopped pull rejects as cancelled', async () => {
    const store = createModelStore(modelsDir);
    await assert.rejects(store.ensure([name], { signal: AbortSignal.abort() }), { code: 'cancelled' });
  });

  test('an unknown name is a usage error', async () => {
    assert.throws(() => createModelStore(modelsDir).folderOf('../etc'), { code: 'invalid_usage' });
    await assert.rejects(createModelStore(modelsDir).inspect(['gpt-9']), { code: 'invalid_usage' });
  });
});

describe('the lock of the folder', () => {
  const lockModule = fileURLToPath(new URL('../../../src/exclusive-lock.ts', import.meta.url));
  const holder = `const { waitForLock } = await import(${JSON.stringify(lockModule)});
    const lock = await waitForLock(process.argv[1], new AbortController().signal, () => {});
    console.log('held'); setInterval(() => lock, 1000);`;

  test('is waited for, and is free when its holder is killed', async () => {
    const args = ['--input-type=module', '-e', holder, path.join(modelsDir, '.lock')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    let waited = false;
    const locking = waitForLock(path.join(modelsDir, '.lock'), new AbortController().signal, () => {
      waited = true;
      child.kill('SIGKILL');
    });
    using _lock = await locking;
    assert.ok(waited);
  });

  test('waiting for it can be given up', async () => {
    using _lock = await waitForLock(path.join(modelsDir, '.lock'), new AbortController().signal, () => {});
    const controller = new AbortController();
    const waiting = waitForLock(path.join(modelsDir, '.lock'), controller.signal, () => controller.abort());
    await assert.rejects(Promise.race([waiting, timers.setTimeout(2000)]), { name: 'AbortError' });
  });
});

describe('the catalogue', () => {
  test('pins every file by sha256 and size, with a package that needs no hub wherever that could be tried', () => {
    for (const { isUntried, files } of catalogue) {
      for (const file of files) {
        assert.match(file.sha256, /^[0-9a-f]{64}$/);
        assert.ok(file.bytes > 0);
        if (!isUntried) assert.ok(file.sources.some(source => source.kind !== 'hub'));
        else
          for (const source of file.sources)
            assert.match(source.kind === 'hub' ? source.revision : '', /^[0-9a-f]{40}$/);
      }
    }
  });

  test('every weightless graph points into the files of its model, and every graph belongs to one', async () => {
    for (const model of catalogue) {
      for (const graph of model.graphs) {
        const bytes = await fs.readFile(path.join(graphsDir, graph), 'latin1');
        assert.ok(
          model.files.some(file => bytes.includes(file.name)),
          graph,
        );
      }
    }
    const listed = catalogue.flatMap(model => model.graphs).sort();
    assert.deepEqual((await fs.readdir(graphsDir)).filter(file => file.endsWith('.onnx')).sort(), listed);
  });
});
