import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { findRecordings } from '../../src/bench/find-recordings.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';

async function folderWith(t: TestContext, ...names: string[]): Promise<string> {
  const folder = await makeTemporaryFolder(t);
  for (const name of names) await fs.writeFile(path.join(folder, name), '');
  return folder;
}

async function namesIn(folder: string): Promise<{ recordings: string[]; skipped: string[] }> {
  const { recordings, skipped } = await findRecordings(folder);
  const name = ({ file }: { file: string }) => path.basename(file);
  return { recordings: recordings.map(name), skipped: skipped.map(name) };
}

describe('in a folder', () => {
  test('recordings with any kind of truth are measured, by name', async t => {
    const folder = await folderWith(t, 'c.wav', 'c.rttm', 'a.mp3', 'a.stm', 'b.FLAC', 'b.truth.json', 'd.ogg', 'd.txt');
    assert.deepEqual(await namesIn(folder), { recordings: ['a.mp3', 'b.FLAC', 'c.wav', 'd.ogg'], skipped: [] });
  });

  test('what has no truth is left out with a reason, and what is no recording is not mentioned', async t => {
    const folder = await folderWith(t, 'lost.wav', 'README.md', 'alone.stm');
    const { recordings, skipped } = await findRecordings(folder);
    assert.deepEqual(recordings, []);
    assert.equal(skipped.length, 1);
    assert.match(skipped[0]!.reason, /lost\.stm/);
  });

  test('a recording that lies there in several encodings is measured once, on what has lost least', async t => {
    const folder = await folderWith(t, 'standup.m4a', 'standup.flac', 'standup.webm', 'standup.stm');
    const { recordings, skipped } = await findRecordings(folder);
    assert.deepEqual(recordings, [
      { file: path.join(folder, 'standup.flac'), truthBase: path.join(folder, 'standup') },
    ]);
    assert.deepEqual(
      skipped.map(({ reason }) => reason),
      Array(2).fill('the same recording as standup.flac'),
    );
  });

  test('folders inside are not looked into', async t => {
    const folder = await folderWith(t, 'a.stm');
    await fs.mkdir(path.join(folder, 'inner'));
    await fs.writeFile(path.join(folder, 'inner', 'a.wav'), '');
    assert.deepEqual(await namesIn(folder), { recordings: [], skipped: [] });
  });
});

test('one recording can be named, in whatever encoding', async t => {
  const folder = await folderWith(t, 'standup.flac', 'standup.webm', 'standup.rttm');
  const { recordings } = await findRecordings(path.join(folder, 'standup.webm'));
  assert.deepEqual(
    recordings.map(({ file }) => path.basename(file)),
    ['standup.webm'],
  );
});

test('a place that is not there is refused', async t => {
  const folder = await makeTemporaryFolder(t);
  await assert.rejects(findRecordings(path.join(folder, 'gone')), { code: 'invalid_usage', message: /gone/ });
});
