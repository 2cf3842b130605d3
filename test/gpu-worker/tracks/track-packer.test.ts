import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openWavFile, withWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { buildWavHeader } from '../../../src/gpu-worker/audio/wav-header.ts';
import { openTrackPacker } from '../../../src/gpu-worker/tracks/track-packer.ts';
import { unpackWords } from '../../../src/gpu-worker/tracks/unpack-words.ts';
import { transcription } from '../../builders/meeting.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const RATE = 16_000;
const signal = new AbortController().signal;
const nobody = { name: null, user: null };

/** A track that is silent but for some seconds, in which all samples have one value. */
function writeTrack(folder: string, seconds: number, sounds: readonly [from: number, to: number, value: number][]) {
  const samples = new Int16Array(seconds * RATE);
  for (const [from, to, value] of sounds) samples.fill(value, from * RATE, to * RATE);
  const file = path.join(folder, `${Math.random()}.wav`);
  fs.writeFileSync(file, Buffer.concat([buildWavHeader(samples.length), Buffer.from(samples.buffer)]));
  return file;
}

async function pack(t: TestContext, tracks: readonly { file: string; startSeconds?: number; name?: string }[]) {
  const folder = await makeTemporaryFolder(t);
  const packer = await openTrackPacker(folder, signal);
  for (const { file, startSeconds = 0, name = null } of tracks)
    await withWavFile(file, wav => packer.add(wav, startSeconds * RATE, { ...nobody, name }));
  const made = await packer.finish();
  await packer.close();
  return { ...made, ...made.audio.packed };
}

/** The value of the sample at a second. */
function valueAt(file: string, seconds: number): number {
  const wav = openWavFile(file);
  const [sample = 0] = wav.read(seconds * RATE, seconds * RATE + 1);
  wav.close();
  return Math.round(sample * 32_768);
}

describe('packed tracks', () => {
  test('hold what sounds, and leave out the silence between', async t => {
    const folder = await makeTemporaryFolder(t);
    const listener = writeTrack(folder, 600, []);
    const talker = writeTrack(folder, 600, [
      [100, 101, 500],
      [104, 105, 600],
      [500, 501, 700],
    ]);
    const { tracks, wavPath, audio } = await pack(t, [{ file: listener }, { file: talker }]);
    assert.equal(audio.durationMs, 600_000);
    assert.equal(tracks.speakers.length, 2);
    assert.deepEqual(
      tracks.stretches.map(({ track, meetingFrom, sampleCount }) => [
        track,
        Math.round(meetingFrom / RATE),
        Math.round(sampleCount / RATE),
      ]),
      [
        [1, 99, 8],
        [1, 499, 4],
      ],
      'a pause of three seconds is no silence',
    );
    assert.equal(openWavFile(wavPath).sampleCount, tracks.sampleCount);
  });

  test('are mixed, for people to hear: voices at once are added, and held within bounds', async t => {
    const folder = await makeTemporaryFolder(t);
    const one = writeTrack(folder, 20, [
      [2, 4, 20_000],
      [10, 12, 1_000],
    ]);
    const two = writeTrack(folder, 25, [
      [3, 4, 20_000],
      [11, 12, -300],
    ]);
    const { audio } = await pack(t, [{ file: one }, { file: two }]);
    assert.deepEqual(
      [2.5, 3.5, 8, 10.5, 11.5, 24].map(at => valueAt(audio.wavPath, at)),
      [20_000, 32_767, 0, 1_000, 700, 0],
    );
    assert.equal(audio.sampleCount, 25 * RATE);
  });

  test('that begin late keep their time', async t => {
    const folder = await makeTemporaryFolder(t);
    const file = writeTrack(folder, 5, [[0, 2, 900]]);
    const { audio, tracks } = await pack(t, [{ file, startSeconds: 30 }]);
    assert.deepEqual(
      [29.9, 30.5, 32.5].map(at => valueAt(audio.wavPath, at)),
      [0, 900, 0],
    );
    assert.equal(audio.durationMs, 35_000);
    assert.ok(Math.abs((tracks.stretches[0]?.meetingFrom ?? 0) / RATE - 28.75) < 0.1);
  });

  test('have another fingerprint with another voice, place or name, and else the same', async t => {
    const folder = await makeTemporaryFolder(t);
    const file = writeTrack(folder, 5, [[1, 2, 900]]);
    const other = writeTrack(folder, 5, [[1, 2, 901]]);
    const hashes = [];
    for (const track of [{ file }, { file }, { file: other }, { file, startSeconds: 1 }, { file, name: 'sam' }])
      hashes.push((await pack(t, [track])).audioHash);
    assert.equal(hashes[0], hashes[1]);
    assert.equal(new Set(hashes).size, 4);
  });

  test('stop when asked to', async t => {
    const folder = await makeTemporaryFolder(t);
    const packer = await openTrackPacker(folder, AbortSignal.abort());
    await assert.rejects(
      withWavFile(writeTrack(folder, 5, []), wav => packer.add(wav, 0, nobody)),
      { code: 'cancelled' },
    );
    await packer.close();
  });

  test('longer than a file can hold are refused', async t => {
    const folder = await makeTemporaryFolder(t);
    const packer = await openTrackPacker(folder, signal);
    await assert.rejects(
      withWavFile(writeTrack(folder, 1, []), wav => packer.add(wav, 37 * 3600 * RATE, nobody)),
      { code: 'too_long' },
    );
    await packer.close();
  });

  test('that are all silent are an empty meeting of their length', async t => {
    const folder = await makeTemporaryFolder(t);
    const { audio, tracks } = await pack(t, [{ file: writeTrack(folder, 9, []) }]);
    assert.deepEqual([audio.durationMs, tracks.sampleCount, tracks.stretches], [9_000, 0, []]);
    assert.deepEqual(unpackWords(transcription(), tracks).words, []);
  });
});

test('words go back to their track and their time, in the order in which they were said', async t => {
  const folder = await makeTemporaryFolder(t);
  const late = writeTrack(folder, 100, [[50, 52, 900]]);
  const early = writeTrack(folder, 100, [
    [0, 1, 900],
    [51, 53, 900],
  ]);
  const { tracks } = await pack(t, [{ file: late }, { file: early }]);
  const startsMs = tracks.stretches.map(({ packedFrom }) => packedFrom / 16 + 1_250);
  const word = (text: string, startMs: number) => ({ text, startMs, endMs: startMs + 400, confidence: 1 });
  const heard = transcription(startsMs.map((startMs, index) => word(`${index}`, startMs)));
  const { words, speech } = unpackWords({ ...heard, speech: heard.words }, tracks);
  const places = words.map(({ text, voice, startMs }) => [text, voice, Math.round(startMs / 100) / 10]);
  assert.deepEqual(places, [
    ['1', 1, 0],
    ['0', 0, 50],
    ['2', 1, 51],
  ]);
  assert.deepEqual(
    speech.map(({ voice }) => voice),
    [1, 0, 1],
  );
});
