import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { chooseFolder, prepareOutDir, writeFiles } from '../../src/pipeline/output-folder.ts';
import { DEAD_PID, makeTemporaryFolder } from '../builders/temporary-folder.ts';

const filesOf = (meetingId: string, ...more: [string, string][]) =>
  new Map([['meta.json', JSON.stringify({ meetingId })], ...more]);

describe('the output folder', () => {
  test('a second meeting of the same name gets another folder, and each keeps its own', async t => {
    const out = await makeTemporaryFolder(t);
    await writeFiles(await chooseFolder(out, 'weekly', 'A'), filesOf('A'), []);
    await writeFiles(await chooseFolder(out, 'weekly', 'B'), filesOf('B'), []);
    assert.equal(await chooseFolder(out, 'weekly', 'A'), path.join(out, 'weekly'));
    assert.equal(await chooseFolder(out, 'weekly', 'B'), path.join(out, 'weekly-2'));
    assert.equal(await chooseFolder(out, 'weekly', 'C'), path.join(out, 'weekly-3'));
  });

  test('a folder or file of a stranger is left alone', async t => {
    const out = await makeTemporaryFolder(t);
    await fs.mkdir(path.join(out, 'weekly'));
    await fs.writeFile(path.join(out, 'weekly/notes.txt'), 'mine');
    await fs.writeFile(path.join(out, 'weekly-2'), 'mine too');
    assert.equal(await chooseFolder(out, 'weekly', 'A'), path.join(out, 'weekly-3'));
  });

  test('retired files go, and what else lies there stays', async t => {
    const folder = path.join(await makeTemporaryFolder(t), 'weekly');
    await writeFiles(folder, filesOf('A', ['actions.ics', 'x']), ['actions.ics']);
    await fs.writeFile(path.join(folder, 'notes.txt'), 'mine');
    await writeFiles(folder, filesOf('A'), ['actions.ics']);
    assert.deepEqual((await fs.readdir(folder)).toSorted(), ['meta.json', 'notes.txt']);
  });

  test('a file that is replaced may be read by the same people as before', async t => {
    const folder = path.join(await makeTemporaryFolder(t), 'weekly');
    const modeOf = async () => (await fs.stat(path.join(folder, 'a.txt'))).mode;
    await writeFiles(folder, filesOf('A', ['a.txt', 'old']), []);
    const before = await modeOf();
    await writeFiles(folder, filesOf('A', ['a.txt', 'new']), []);
    assert.equal(await modeOf(), before);
  });

  test('what a killed run left is swept, and what a running one is writing is not', async t => {
    const out = await makeTemporaryFolder(t);
    const folder = path.join(out, 'weekly');
    await writeFiles(folder, filesOf('A'), []);
    await fs.mkdir(path.join(out, `.hansard-${DEAD_PID}-${randomUUID()}.tmp`));
    const alive = `.hansard-${process.ppid}-${randomUUID()}.tmp`;
    await fs.mkdir(path.join(out, alive));
    await fs.writeFile(path.join(folder, `actions.ics.${DEAD_PID}-${randomUUID()}.tmp`), 'half');
    await writeFiles(folder, filesOf('A'), []);
    assert.deepEqual((await fs.readdir(out)).toSorted(), [alive, 'weekly']);
    assert.deepEqual(await fs.readdir(folder), ['meta.json']);
  });

  test('a folder that cannot be made is told before the work', async t => {
    const out = await makeTemporaryFolder(t);
    await fs.writeFile(path.join(out, 'file'), '');
    await assert.rejects(prepareOutDir(path.join(out, 'file/out')), { code: 'output_unwritable' });
    await prepareOutDir(path.join(out, 'deep/out'));
    assert.deepEqual(await fs.readdir(path.join(out, 'deep/out')), []);
  });
});
