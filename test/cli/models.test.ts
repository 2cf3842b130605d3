import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { modelsCommand, reportCheck } from '../../src/cli/models.ts';
import { createPullProgress } from '../../src/cli/pull-progress.ts';
import { loadConfig } from '../../src/config.ts';
import { catalogue } from '../../src/gpu-worker/models/catalogue.ts';
import { createLogger } from '../../src/logger.ts';

let modelsDir: string;

beforeEach(async () => {
  modelsDir = await fs.mkdtemp(path.join(os.tmpdir(), 'hansard-models-'));
});

afterEach(async () => {
  process.exitCode = undefined;
  await fs.rm(modelsDir, { recursive: true });
});

function capture(isTTY = false) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => written.push(text), text: () => written.join('') };
}

async function run(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const [stdout, stderr] = [capture(), capture()];
  const config = loadConfig({ HANSARD_MODELS: modelsDir, OLLAMA_HOST: 'http://127.0.0.1:9' });
  const load = () => ({ config, logger: createLogger('silent') });
  await modelsCommand(load, stdout, stderr).parseAsync(args, { from: 'user' });
  return { stdout: stdout.text(), stderr: stderr.text() };
}

describe('hansard models', () => {
  test('list names every model with its licence and state', async () => {
    const { stdout } = await run('list');
    for (const { name, licence } of catalogue) assert.match(stdout, new RegExp(`${name} .*${licence} .*missing`));
  });

  test('list --json is one object with attribution and size', async () => {
    const { models } = JSON.parse((await run('list', '--json')).stdout);
    assert.equal(models.length, catalogue.length);
    assert.ok(models.every((model: { attribution: string; bytes: number }) => model.attribution && model.bytes > 0));
  });

  test('verify of missing models ends with status 3 and says what to type', async () => {
    const { stdout } = await run('verify', 'silero-vad');
    assert.match(stdout, /missing +silero-vad\/silero_vad_v6\.onnx\nType: npx hansard models pull silero-vad\n/);
    assert.equal(process.exitCode, 3);
  });

  test('verify without names leaves out models that are neither needed nor here', async () => {
    const { models } = JSON.parse((await run('verify', '--json')).stdout);
    const names = models.map((model: { name: string }) => model.name);
    assert.ok(names.includes('moonshine-base'));
    assert.ok(!names.includes('moonshine-tiny'));
  });

  test('verify finds a file that is not the published one', async () => {
    await fs.mkdir(path.join(modelsDir, 'silero-vad'));
    await fs.writeFile(path.join(modelsDir, 'silero-vad/silero_vad_v6.onnx'), 'something else');
    assert.match((await run('verify', 'silero-vad')).stdout, /^damaged /);
  });

  test('recommend says what this machine should use, why, and what to type', async () => {
    const { stdout } = await run('recommend');
    assert.match(stdout, /^\d+ cores with(out)? VNNI, [\d.]+ GB of free memory/);
    for (const what of ['English', 'zh, yue, ja, ko', 'other languages', 'voices', 'summary'])
      assert.match(stdout, new RegExp(`^${what} +\\S+ +missing\\n {4}\\w.*\\.$`, 'm'));
    assert.match(stdout, /^To have all of it type: npx hansard models pull moonshine-base .*whisper-base .*campplus/m);
  });

  test('recommend --json names the choice that is used', async () => {
    const { inUse, models, machine } = JSON.parse((await run('recommend', '--json')).stdout);
    assert.equal(inUse, 'moonshine-base');
    assert.equal(models.length, 6);
    assert.ok(machine.cores >= 1 && machine.freeDiskBytes > 0);
  });

  test('check ends with status 3 when the words are wrong, and says how many', () => {
    const check = { model: 'parakeet-tdt-0.6b-v2', device: 'cpu', words: 58, audioSeconds: 21, cpuSeconds: 1.23 };
    const stdout = capture();
    assert.equal(reportCheck({ ...check, isGood: false, wrong: 55 }, stdout, {}), 3);
    assert.equal(
      stdout.text(),
      'parakeet-tdt-0.6b-v2 does not hear as it should: 55 of 58 words wrong (95 %), 21 s of sound in 1.2 s of CPU time on cpu.\n',
    );
    const json = capture();
    assert.equal(reportCheck({ ...check, isGood: true, wrong: 1 }, json, { json: true }), 0);
    assert.equal(JSON.parse(json.text()).wrong, 1);
  });

  test('check is for speech recognition models that there are', async () => {
    await assert.rejects(run('check', 'campplus'), { code: 'invalid_usage', detail: /is no speech recognition model/ });
    await assert.rejects(run('check', 'auto'), { code: 'invalid_usage', detail: /no model "auto"/ });
  });

  test('pull of an unknown model names the known ones', async () => {
    await assert.rejects(run('pull', 'gpt-9'), /no model "gpt-9". Known: silero-vad, moonshine-base/);
  });
});

describe('the progress of a pull', () => {
  const bytes = { kind: 'bytes', source: 'npm p@1', receivedBytes: 30e6, totalBytes: 60e6 } as const;

  test('is one moving bar in a terminal, gone at the end', () => {
    const screen = capture(true);
    const progress = createPullProgress(screen);
    progress.show(bytes);
    assert.match(screen.text(), /█{12}░{12} 30 of 60 MB, npm p@1$/);
    progress.end();
    assert.ok(screen.text().endsWith('\r\u001b[2K'));
  });

  test('is one line per source elsewhere', () => {
    const pipe = capture();
    const progress = createPullProgress(pipe);
    progress.show(bytes);
    progress.show({ ...bytes, receivedBytes: 60e6 });
    progress.show({ kind: 'stored', model: 'm', file: 'w.onnx', source: 'npm p@1' });
    progress.end();
    assert.equal(pipe.text(), 'Fetching npm p@1, 60 MB\nGot m/w.onnx from npm p@1\n');
  });
});
