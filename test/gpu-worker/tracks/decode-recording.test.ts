import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { decodeRecording } from '../../../src/gpu-worker/tracks/decode-recording.ts';
import { craigInfo, cutTracks, ffmpeg, userId, writeCraigZip } from '../../builders/speaker-tracks.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { writeZip } from '../../builders/zip-file.ts';
import { findTools, idle } from '../ffmpeg/media.ts';

const { tools, skip } = await findTools();
const sample = path.resolve(import.meta.dirname, '../../../samples/standup.webm');
/** Who speaks in the first minute of the sample; seconds. */
const turns = [
  ['Maya', 0.8, 6.9],
  ['Kenji', 7.5, 15.8],
  ['Kenji', 17.5, 23.8],
  ['Maya', 24.4, 26.9],
  ['Oliver', 27.3, 34.3],
].map(([speaker, start, end]) => ({ speaker: String(speaker), start: Number(start), end: Number(end) }));

async function decode(t: TestContext, sourcePath: string) {
  const workDir = await makeTemporaryFolder(t);
  const { decoded, audio } = await decodeRecording({ sourcePath, workDir, ...idle() }, tools);
  const left = fs.readdirSync(workDir).sort();
  assert.deepEqual(left, audio.packed ? ['audio.wav', 'tracks.wav'] : ['audio.wav'], 'nothing else is left');
  return { decoded, audio, names: decoded.tracks?.speakers.map(({ name }) => name) };
}

/** The tracks of the sample's first speakers, cut once for all tests. */
let whole: ReturnType<typeof cutAll> | undefined;
const shared = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-test-'));
after(() => fs.rmSync(shared, { recursive: true }));

function cutAll() {
  const short = path.join(shared, 'short.flac');
  ffmpeg('-i', sample, '-t', '35', '-ar', '16000', short);
  return { short, tracks: cutTracks(short, turns, shared) };
}

/** Those of some of them, and a folder for what a test makes of them. */
async function cut(t: TestContext, only: readonly string[] = ['Maya', 'Kenji', 'Oliver']) {
  whole ??= cutAll();
  const tracks = whole.tracks.filter(({ speaker }) => only.includes(speaker));
  return { folder: await makeTemporaryFolder(t), short: whole.short, tracks, files: tracks.map(({ file }) => file) };
}

/** A file with several audio streams. */
function mux(target: string, files: readonly string[], ...args: string[]): string {
  const inputs = files.flatMap(file => ['-i', file]);
  ffmpeg(...inputs, ...files.flatMap((_, index) => ['-map', `${index}:a`]), ...args, target);
  return target;
}

const titles = (...names: string[]) => names.flatMap((name, index) => [`-metadata:s:a:${index}`, `title=${name}`]);

describe('a ZIP of Craig', { skip, concurrency: true }, () => {
  test('is its people, its notes as chapters, and the mix of all', async t => {
    const { folder, tracks } = await cut(t);
    const zip = path.join(folder, 'craig.zip');
    writeCraigZip(zip, tracks, { notes: ['00:00:17.50: the antenna', '0:00:27: the shop'] });
    const { decoded, audio } = await decode(t, zip);
    assert.deepEqual(decoded.tracks?.speakers[1], {
      name: 'Kenji',
      user: { platform: 'discord', id: userId(1), userName: 'Kenji' },
    });
    const { chapters, createdAt, title, container, audioTracks } = decoded.facts;
    assert.deepEqual(
      chapters.map(chapter => [chapter.title, chapter.startMs, Math.round(chapter.endMs / 1000)]),
      [
        ['the antenna', 17_500, 27],
        ['the shop', 27_000, 35],
      ],
    );
    assert.deepEqual([createdAt, title, container], ['2026-11-16T09:00:00.000Z', 'garden', 'craig']);
    assert.deepEqual(
      audioTracks.map(track => track.title),
      ['Maya', 'Kenji', 'Oliver'],
    );
    assert.ok(Math.abs(audio.durationMs - 35_000) < 100);
    assert.ok((decoded.loudness?.integratedLufs ?? -70) > -40);
    assert.deepEqual(decoded.warnings, []);
    const packedSeconds = (decoded.tracks?.sampleCount ?? 0) / 16_000;
    assert.ok(packedSeconds < 45, `${packedSeconds} s of three tracks of 35 s`);
  });

  test('goes on without a track that is broken or empty, and says which one is missed', async t => {
    const { folder, files } = await cut(t, ['Maya']);
    const zip = path.join(folder, 'craig.zip');
    writeZip(zip, [
      { name: 'info.txt', content: craigInfo(['Maya#0 (1)', 'Maya#7 (2)', 'Kim#0 (3)']) },
      { name: '1-Maya.flac', content: fs.readFileSync(files[0]!) },
      { name: '2-Maya_7.flac', content: 'fLaC\0\0\0\0' },
      { name: '3-Kim.flac', content: '' },
    ]);
    const { decoded, names } = await decode(t, zip);
    assert.deepEqual(names, ['Maya']);
    assert.equal(decoded.warnings.length, 1);
    assert.match(decoded.warnings[0]!, /^The track of Maya \(2\) could not be used\. That recording is damaged/);
  });

  test('in which every track is broken is as broken as the first', async t => {
    const folder = await makeTemporaryFolder(t);
    const zip = path.join(folder, 'craig.zip');
    writeZip(zip, [
      { name: 'info.txt', content: craigInfo(['Maya#0 (1)']) },
      { name: '1-Maya.flac', content: 'fLaC\0\0\0\0' },
    ]);
    await assert.rejects(decode(t, zip), { code: 'damaged_media' });
  });

  test('with a name that cannot be read says so', async t => {
    const { folder, files } = await cut(t, ['Maya']);
    const zip = path.join(folder, 'craig.zip');
    const info = Buffer.from(craigInfo(['Jürgen#0 (1)']), 'latin1');
    writeZip(zip, [
      { name: 'info.txt', content: info },
      { name: '1-x.flac', content: fs.readFileSync(files[0]!) },
    ]);
    const { decoded, names } = await decode(t, zip);
    assert.deepEqual([names, decoded.warnings.length], [['Jürgen'], 1]);
    assert.match(decoded.warnings[0]!, /not in UTF-8/);
  });

  test('with a track that begins late by its own clock keeps the time', async t => {
    const { folder, files } = await cut(t, ['Maya']);
    const late = path.join(folder, '1-Maya.ogg');
    ffmpeg('-i', files[0]!, '-c:a', 'libvorbis', '-output_ts_offset', '20', late);
    const zip = path.join(folder, 'craig.zip');
    writeZip(zip, [
      { name: 'info.txt', content: craigInfo(['Maya#0 (1)']) },
      { name: '1-Maya.ogg', content: fs.readFileSync(late) },
    ]);
    const { decoded, audio } = await decode(t, zip);
    assert.ok(Math.abs(audio.durationMs - 55_000) < 200, String(audio.durationMs));
    assert.ok(Math.abs((decoded.tracks?.stretches[0]?.meetingFrom ?? 0) / 16_000 - 19.6) < 0.3);
  });
});

describe('a video with several audio tracks', { skip, concurrency: true }, () => {
  test('is one speaker per track, named as the tracks are', async t => {
    const { folder, files } = await cut(t, ['Maya', 'Kenji']);
    const named = await decode(
      t,
      mux(path.join(folder, 'x.mkv'), files, '-c:a', 'libopus', ...titles('Mic', 'Desktop')),
    );
    assert.deepEqual([named.names, named.decoded.warnings], [['Mic', 'Desktop'], []]);
    const handlers = ['-metadata:s:a:0', 'handler_name=Mic', '-metadata:s:a:1', 'handler_name=SoundHandler'];
    const half = await decode(t, mux(path.join(folder, 'x.mp4'), files, '-c:a', 'aac', ...handlers));
    assert.deepEqual(half.names, ['Mic', null]);
    const none = await decode(
      t,
      mux(path.join(folder, 'y.mkv'), files, '-c:a', 'flac', ...titles('Track 1', 'Track2')),
    );
    assert.deepEqual(none.names, [null, null]);
  });

  test('keeps the place of a track that begins late', async t => {
    const { folder, files } = await cut(t, ['Maya', 'Oliver']);
    const source = path.join(folder, 'x.mkv');
    ffmpeg('-i', files[0]!, '-itsoffset', '10', '-i', files[1]!, '-map', '0', '-map', '1', '-c:a', 'flac', source);
    const { decoded } = await decode(t, source);
    const first = decoded.tracks?.stretches.find(({ track }) => track === 1);
    assert.ok(Math.abs((first?.meetingFrom ?? 0) / 16_000 - (37.3 - 1.3)) < 0.3, String(first?.meetingFrom));
  });

  const chosen = /^The recording has (\d) audio tracks, which are not one speaker's each, .*; only track (\d) /;
  const oneForAll: [
    what: string,
    build: (parts: Awaited<ReturnType<typeof cut>>) => [string[], string[]],
    track: string,
  ][] = [
    [
      'a mix and its parts',
      ({ short, files }) => [
        [short, ...files],
        ['-c:a', 'libopus', '-b:a', '48k'],
      ],
      '1',
    ],
    [
      'parts and then their mix',
      ({ short, files }) => [
        [...files, short],
        ['-c:a', 'aac', '-f', 'mp4'],
      ],
      '4',
    ],
    [
      'copies',
      ({ short }) => [
        [short, short],
        ['-c:a', 'aac', '-filter:a:1', 'volume=0.4'],
      ],
      '1',
    ],
    [
      'silence beside everything',
      ({ short, files }) => [
        [files[0]!, short],
        ['-filter:a:0', 'volume=0'],
      ],
      '2',
    ],
    [
      'a second microphone of the room',
      ({ short }) => [
        [short, short],
        ['-filter:a:1', 'adelay=7:all=1,aecho=0.8:0.6:23:0.4,volume=0.7'],
      ],
      '1',
    ],
    [
      'languages',
      ({ files }) => [files.slice(0, 2), ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger']],
      '1',
    ],
  ];
  for (const [what, build, track] of oneForAll) {
    test(`that are ${what} is an ordinary recording of one track`, async t => {
      const parts = await cut(t);
      const [files, args] = build(parts);
      const { decoded } = await decode(t, mux(path.join(parts.folder, 'x.mkv'), files, ...args));
      assert.equal(decoded.tracks, null);
      const [, count, only] = chosen.exec(decoded.warnings.join()) ?? [];
      assert.deepEqual([count, only], [String(files.length), track], decoded.warnings.join());
    });
  }

  test('keeps a microphone that hears another speaker softly', async t => {
    const { folder, files } = await cut(t, ['Maya', 'Kenji']);
    const source = path.join(folder, 'x.mkv');
    const bleed = '[0:a]asplit[a][b];[b]volume=0.06,adelay=30:all=1[c];[1:a][c]amix=2:normalize=0[d]';
    ffmpeg('-i', files[0]!, '-i', files[1]!, '-filter_complex', bleed, '-map', '[a]', '-map', '[d]', source);
    assert.equal((await decode(t, source)).names?.length, 2);
  });

  test('of more than 50 tracks is refused', async t => {
    const folder = await makeTemporaryFolder(t);
    const beep = path.join(folder, 'beep.flac');
    ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', beep);
    const maps = Array.from({ length: 51 }, () => ['-map', '0']).flat();
    ffmpeg('-i', beep, ...maps, '-c:a', 'copy', path.join(folder, 'x.mkv'));
    await assert.rejects(decode(t, path.join(folder, 'x.mkv')), { code: 'too_many_tracks' });
  });
});
