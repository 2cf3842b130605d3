import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type FaultCode, HansardError } from '../../../src/errors.ts';
import { isZip, openCraigZip } from '../../../src/gpu-worker/tracks/craig-zip.ts';
import { craigInfo } from '../../builders/speaker-tracks.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { writeZip, type ZipEntry } from '../../builders/zip-file.ts';

const info: ZipEntry = { name: 'info.txt', content: craigInfo(['sam#0 (1001)', 'ada#0 (1002)']) };
const sam: ZipEntry = { name: '1-sam.flac', content: 'sound of sam' };
const signal = new AbortController().signal;

async function write(t: TestContext, entries: readonly ZipEntry[]): Promise<string> {
  const file = path.join(await makeTemporaryFolder(t), 'craig.zip');
  writeZip(file, entries);
  return file;
}

async function namesIn(t: TestContext, entries: readonly ZipEntry[]): Promise<(string | null)[]> {
  const zip = await openCraigZip(await write(t, entries));
  zip.close();
  return zip.tracks.map(({ speaker: { name, user } }) => (user ? `${name} ${user.id}` : name));
}

describe('a ZIP of Craig', () => {
  test('is its tracks in order, each with its user', async t => {
    const names = await namesIn(t, [{ name: '2-ada.flac', content: '' }, sam, info, { name: 'raw.dat', content: '' }]);
    assert.deepEqual(names, ['sam 1001', 'ada 1002']);
  });

  test('may keep them in a folder, without one of them, and with numbers of two digits', async t => {
    const names = await namesIn(t, [
      { name: 'aBc_data/02-ada.ogg', content: '' },
      { ...info, name: 'aBc_data/info.txt' },
      { name: 'aBc.aup', content: '<project>' },
    ]);
    assert.deepEqual(names, ['ada 1002']);
  });

  test('names by number who cannot be found by name, and by the file who is not in info.txt', async t => {
    const people = { ...info, content: craigInfo(['Łukasz K#0 (1001)', 'ada#0 (1002)']) };
    const files = ['1-_ukasz_K.flac', '2.flac', '3-guest.flac'].map(name => ({ name, content: '' }));
    assert.deepEqual(await namesIn(t, [people, ...files]), ['Łukasz K 1001', 'ada 1002', 'guest']);
  });

  test('may hold names that are not UTF-8', async t => {
    const latin: ZipEntry = { name: Buffer.from('1-J\xfcrgen.flac', 'latin1'), content: '' };
    assert.deepEqual(await namesIn(t, [latin, info]), ['sam 1001']);
  });

  test('gives back what was packed', async t => {
    const file = await write(t, [{ ...sam, deflate: true }, info]);
    const zip = await openCraigZip(file);
    const target = path.join(path.dirname(file), 'track');
    await zip.tracks[0]?.unpack(target, signal);
    assert.equal(fs.readFileSync(target, 'utf8'), 'sound of sam');
    await assert.rejects(async () => zip.tracks[0]?.unpack(target, signal), { code: 'data_unwritable' });
    const stopped = AbortSignal.abort();
    await assert.rejects(async () => zip.tracks[0]?.unpack(`${target}2`, stopped), { code: 'cancelled' });
    zip.close();
  });

  test('is known by its first bytes', async t => {
    const file = await write(t, [sam]);
    assert.equal(await isZip(file), true);
    assert.equal(await isZip(path.dirname(file)), false);
    assert.equal(await isZip('/dev/null'), false);
    assert.equal(await isZip(`${file}.gone`), false);
  });
});

describe('a hostile ZIP is refused:', () => {
  const gibibyte = 1024 ** 3;
  const refused: [what: string, code: FaultCode, entries: ZipEntry[]][] = [
    ['nothing in it', 'zip_no_audio', []],
    ['no audio', 'zip_no_audio', [info, { name: 'notes.docx', content: '' }]],
    ['only another ZIP', 'zip_nested', [info, { name: 'inner.ZIP', content: '' }]],
    ['no info.txt', 'zip_not_craig', [sam]],
    ['another info.txt', 'zip_not_craig', [sam, { name: 'info.txt', content: 'hello' }]],
    ['an info.txt without end', 'zip_not_craig', [sam, { ...info, content: `${info.content}${'\n'.repeat(2 ** 20)}` }]],
    ['a password', 'zip_encrypted', [info, { ...sam, deflate: true, encrypted: true }]],
    ['a way out', 'zip_unsafe', [info, { ...sam, name: '../../1-sam.flac' }]],
    ['an absolute path', 'zip_unsafe', [info, { ...sam, name: '/etc/1-sam.flac' }]],
    ['a track of 5 GiB', 'zip_too_large', [info, sam, { ...sam, deflate: true, claimedBytes: 4 * gibibyte - 2 }]],
    ['501 files', 'zip_too_large', Array.from({ length: 501 }, () => sam)],
    [
      '60 tracks',
      'too_many_tracks',
      [info, ...Array.from({ length: 60 }, (_, i) => ({ ...sam, name: `${i + 1}.flac` }))],
    ],
    [
      '18 GiB of tracks',
      'zip_too_large',
      [info, ...Array.from({ length: 9 }, () => ({ ...sam, deflate: true, claimedBytes: 2 * gibibyte }))],
    ],
  ];
  for (const [what, code, entries] of refused) {
    test(`${what} is ${code}`, async t => {
      await assert.rejects(openCraigZip(await write(t, entries)), { code });
    });
  }

  test('one that is cut, and one whose info.txt is broken, are zip_damaged', async t => {
    const file = await write(t, [sam, info]);
    const bytes = fs.readFileSync(file);
    fs.writeFileSync(file, bytes.subarray(0, bytes.length - 40));
    await assert.rejects(openCraigZip(file), { code: 'zip_damaged' });
    const broken = await write(t, [sam, { ...info, deflate: true, claimedBytes: 10 }]);
    await assert.rejects(openCraigZip(broken), { code: 'zip_damaged' });
  });

  test('a track that unpacks to more than it said is zip_damaged, and stops there', async t => {
    const file = await write(t, [info, { ...sam, content: 'x'.repeat(2 ** 22), deflate: true, claimedBytes: 1_000 }]);
    const zip = await openCraigZip(file);
    const target = path.join(path.dirname(file), 'track');
    await assert.rejects(async () => zip.tracks[0]?.unpack(target, signal), { code: 'zip_damaged' });
    assert.ok(fs.statSync(target).size < 2 ** 20);
    zip.close();
  });

  test('each with a sentence of its own', () => {
    const sentences = new Set(refused.map(([, code]) => new HansardError(code, '').userMessage));
    assert.equal(sentences.size, new Set(refused.map(([, code]) => code)).size);
  });
});
