import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { hasVnni } from '../../../src/gpu-worker/onnx/vnni.ts';

test('VNNI is there when the kernel says so, and else not', t => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-cpuinfo-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'cpuinfo');
  const answerFor = (content: string) => {
    fs.writeFileSync(file, content);
    return hasVnni(file);
  };
  assert.equal(answerFor('model name\t: A\nflags\t\t: fpu avx2 avx512_vnni amx_tile\n'), true);
  assert.equal(answerFor('flags\t\t: fpu avx2 avx_vnni\n'), true);
  assert.equal(answerFor('flags\t\t: fpu avx2 avx512f\n'), false);
  assert.equal(answerFor('Features\t: fp asimd asimddp\n'), false);
  assert.equal(hasVnni(path.join(folder, 'nowhere')), false);
});
