import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { missing, modelsDir } from '../../builders/decoded-audio.ts';

const skip = missing(['silero-vad'], []);

test('onnxruntime keeps no device id and no events', { skip }, t => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-home-'));
  t.after(() => fs.rmSync(home, { recursive: true, force: true }));
  const silero = path.join(import.meta.dirname, '../../../src/gpu-worker/onnx/silero.ts');
  const script = `const { loadSilero } = await import(${JSON.stringify(silero)});
    const model = await loadSilero(${JSON.stringify(path.join(modelsDir, 'silero-vad'))}, 'cpu');
    await model.release();`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, HOME: home, XDG_CACHE_HOME: path.join(home, '.cache'), ORT_DISABLE_TELEMETRY: '' },
  });
  assert.deepEqual(fs.readdirSync(home), []);
});
