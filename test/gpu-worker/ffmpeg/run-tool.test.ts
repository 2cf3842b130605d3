import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { runTool, type ToolRun } from '../../../src/gpu-worker/ffmpeg/run-tool.ts';
import { makeFolder, write } from './media.ts';

const shell = (script: string, changes: Partial<ToolRun> = {}) =>
  runTool({ command: '/bin/sh', args: ['-c', script], timeoutMs: 10_000, maxOutputBytes: 10_000, ...changes });

const forever = 'exec sleep 60';

describe('a tool', () => {
  test('gives its output, its errors and its exit code', async () => {
    const result = await shell('echo words; echo warnings >&2; exit 3');
    assert.deepEqual(result, { exitCode: 3, stdout: 'words\n', stderr: 'warnings\n', stopped: null });
  });

  test('reads the file that becomes its input, in the folder that was named', async t => {
    const folder = await makeFolder(t);
    const file = fs.openSync(await write(folder, 'in.txt', 'Größe'), 'r');
    t.after(() => fs.closeSync(file));
    const { stdout } = await shell('cat; pwd', { stdin: file, cwd: folder });
    assert.equal(stdout, `Größe${folder}\n`);
  });

  test('has no input otherwise, and does not wait for any', async () => {
    assert.equal((await shell('cat; echo end')).stdout, 'end\n');
  });

  test('is killed when its time is up, and what it said until then is kept', async () => {
    const startedAt = performance.now();
    const result = await shell(`echo begun; trap '' TERM; ${forever}`, { timeoutMs: 200 });
    assert.deepEqual(result, { exitCode: null, stdout: 'begun\n', stderr: '', stopped: 'timeout' });
    assert.ok(performance.now() - startedAt < 5_000);
  });

  test('is killed when it says more than agreed', async () => {
    const { exitCode, stdout, stopped } = await shell('exec yes', { maxOutputBytes: 100_000 });
    assert.deepEqual([exitCode, stopped], [null, 'too_much_output']);
    assert.ok(stdout.length <= 100_000);
  });

  test('may complain more than agreed, of which the rest is dropped', async () => {
    const { exitCode, stderr, stopped } = await shell('head -c 1000000 /dev/zero >&2', { maxOutputBytes: 200_000 });
    assert.deepEqual([exitCode, stopped], [0, null]);
    assert.ok(stderr.length > 0 && stderr.length <= 200_000);
  });

  test('that is not there is missing', async () => {
    const result = await shell('', { command: '/no/such/tool' });
    assert.deepEqual(result, { exitCode: null, stdout: '', stderr: '', stopped: 'missing' });
  });

  test('that was killed by another has no exit code, and nobody here stopped it', async () => {
    const { exitCode, stopped } = await shell('kill -KILL $$');
    assert.deepEqual([exitCode, stopped], [null, null]);
  });

  test('is killed by an abort, before and while it runs', async () => {
    const controller = new AbortController();
    const running = shell(forever, { signal: controller.signal });
    controller.abort();
    assert.equal((await running).stopped, 'aborted');
    assert.equal((await shell(forever, { signal: controller.signal })).stopped, 'aborted');
  });

  test('that is a script ends in time, though what it started holds on to its output', async () => {
    const startedAt = performance.now();
    const { stdout, stopped } = await shell('echo begun; sleep 30; echo never', { timeoutMs: 200 });
    assert.deepEqual([stdout, stopped], ['begun\n', 'timeout']);
    assert.ok(performance.now() - startedAt < 5_000);
  });

  test('whose output passes the limit in one piece keeps what was agreed', async () => {
    const { stdout, stopped } = await shell('head -c 40000 /dev/zero', { maxOutputBytes: 100 });
    assert.deepEqual([stdout.length, stopped], [100, 'too_much_output']);
  });

  test('that is there but may not run was refused', async t => {
    const command = await write(await makeFolder(t), 'tool', '#!/bin/sh\n'); // not executable
    assert.equal((await shell('', { command })).stopped, 'refused');
  });

  test('names what stopped it first', async () => {
    const controller = new AbortController();
    const running = shell(forever, { signal: controller.signal, timeoutMs: 1 });
    controller.abort();
    assert.equal((await running).stopped, 'aborted');
  });
});
