import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isAlive, removeLeftovers } from '../../src/pipeline/leftovers.ts';
import { openWorkFolder } from '../../src/pipeline/work-folder.ts';
import { DEAD_PID, makeTemporaryFolder } from '../builders/temporary-folder.ts';

const PATTERN = /^\.part-(\d+)-/;

test('what dead processes left is removed; that of live ones, and all else, stays', async t => {
  const folder = await makeTemporaryFolder(t);
  const kept = [`.part-${process.ppid}-a`, `.part-${process.pid}-a`, 'minutes.md', `x.part-${DEAD_PID}-a`];
  for (const name of [...kept, `.part-${DEAD_PID}-a`]) fs.writeFileSync(path.join(folder, name), '');
  fs.mkdirSync(path.join(folder, `.part-${DEAD_PID}-b/inside`), { recursive: true });
  await removeLeftovers(folder, PATTERN);
  assert.deepEqual(fs.readdirSync(folder).sort(), kept.toSorted());
});

test('what an earlier process with our own id left, as in a container, is removed', async t => {
  const folder = await makeTemporaryFolder(t);
  const leftover = path.join(folder, `.part-${process.pid}-a`);
  fs.writeFileSync(leftover, '');
  fs.utimesSync(leftover, new Date(), new Date(performance.timeOrigin - 60_000));
  await removeLeftovers(folder, PATTERN);
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('a process is alive or it is not, whoever owns it', () => {
  assert.equal(isAlive(process.pid), true);
  assert.equal(isAlive(1), true);
  assert.equal(isAlive(DEAD_PID), false);
});

test('a work folder is private, sweeps those of the dead, and goes with all that is in it', async t => {
  const parent = path.join(await makeTemporaryFolder(t), 'data', 'work');
  fs.mkdirSync(path.join(parent, `${DEAD_PID}-x`), { recursive: true });
  const work = await openWorkFolder(parent);
  const other = await openWorkFolder(parent);
  assert.deepEqual(fs.readdirSync(parent).sort(), [path.basename(work.path), path.basename(other.path)].sort());
  assert.equal(fs.statSync(work.path).mode & 0o777, 0o700);
  fs.writeFileSync(path.join(work.path, 'audio.wav'), 'sound');
  await work.remove();
  await work.remove(); // a second time does no harm
  assert.deepEqual(fs.readdirSync(parent), [path.basename(other.path)]);
});

test('a work folder that cannot be made says so', async t => {
  const file = path.join(await makeTemporaryFolder(t), 'file');
  fs.writeFileSync(file, '');
  await assert.rejects(openWorkFolder(path.join(file, 'work')), { code: 'data_unwritable' });
});
