import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { catalogue } from '../src/gpu-worker/models/catalogue.ts';

const root = path.join(import.meta.dirname, '..');
const notice = fs.readFileSync(path.join(root, 'THIRD_PARTY.md'), 'utf8');

test('THIRD_PARTY.md names every model with its licence', () => {
  for (const { name, licence } of catalogue) {
    const line = notice.split('\n').find(candidate => candidate.startsWith('|') && candidate.includes(name));
    assert.ok(line?.includes(licence), name);
  }
});

test('THIRD_PARTY.md names every package that is shipped, and no other', () => {
  const packages = z.record(z.string(), z.string());
  const manifest = z
    .object({ dependencies: packages, optionalDependencies: packages })
    .parse(JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')));
  const shipped = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const table = notice.slice(notice.indexOf('## npm packages')).matchAll(/^\| ([^|]+) \|/gm);
  const named = [...table].flatMap(([, cell = '']) => cell.split(', ')).filter(name => !/^(package|-+)$/.test(name));
  assert.deepEqual(named.sort(), shipped.sort());
});
