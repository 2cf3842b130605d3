import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { buildCage, ENV_PATH } from '../../../src/gpu-worker/ffmpeg/cage.ts';
import { runTool } from '../../../src/gpu-worker/ffmpeg/run-tool.ts';
import { makeFolder } from './media.ts';

const skip = process.platform === 'linux' ? false : 'limits are set by Linux programs';

async function runCaged(limits: { cpuSeconds: number; maxFileBytes: number }, script: string) {
  const args = [...(await buildCage(limits)), '/bin/sh', '-c', script];
  return runTool({ command: ENV_PATH, args, timeoutMs: 20_000, maxOutputBytes: 1000 });
}

test('a caged program that may not write a file is ended when it does', { skip }, async t => {
  const file = path.join(await makeFolder(t), 'x');
  const { exitCode } = await runCaged({ cpuSeconds: 10, maxFileBytes: 0 }, `echo x > '${file}'`);
  assert.equal(exitCode, null);
  assert.equal((await fs.stat(file)).size, 0);
});

test('a caged program that computes without end is ended by the system', { skip }, async () => {
  const { exitCode, stopped } = await runCaged({ cpuSeconds: 1, maxFileBytes: 0 }, 'while :; do :; done');
  assert.deepEqual([exitCode, stopped], [null, null]);
});

test('a caged program cannot take all memory', { skip }, async () => {
  const greedy = `exec "${process.execPath}" -e "new ArrayBuffer(5 * 1024 ** 3)"`;
  const { exitCode } = await runCaged({ cpuSeconds: 10, maxFileBytes: 0 }, greedy);
  assert.notEqual(exitCode, 0);
});

test('limits that cannot be set are left out, and the rest stays', { skip }, async () => {
  const cage = await buildCage({ cpuSeconds: Number.NaN, maxFileBytes: 0 });
  assert.ok(!cage.includes('prlimit'));
  assert.equal(cage[0], '-i');
});
