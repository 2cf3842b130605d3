import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { decode } from '../../../src/gpu-worker/ffmpeg/decoder.ts';
import { probe } from '../../../src/gpu-worker/ffmpeg/probe.ts';
import {
  findTools,
  idle,
  make,
  makeFolder,
  noise,
  picture,
  probeAndDecode,
  processesIn,
  silence,
  tone,
  write,
  writeSparseWav,
} from './media.ts';

const { tools, skip } = await findTools();

const recordings: [name: string, args: string[]][] = [
  ['phone.wav', ['-ar', '8000', '-c:a', 'pcm_mulaw']],
  ['studio.wav', ['-ar', '96000', '-ac', '6', '-c:a', 'pcm_s24le']],
  ['float.wav', ['-ar', '44100', '-ac', '2', '-c:a', 'pcm_f32le']],
  ['x.mp3', ['-c:a', 'libmp3lame']],
  ['x.m4a', ['-c:a', 'aac']],
  ['x.ogg', ['-c:a', 'libvorbis']],
  ['x.opus', ['-c:a', 'libopus']],
  ['x.flac', ['-c:a', 'flac']],
  ['x.wma', ['-c:a', 'wmav2']],
  ['x.aac', ['-c:a', 'aac']],
  ['x.aiff', []],
  ['live.webm', ['-c:a', 'libopus', '-f', 'webm', '-live', '1']],
];
for (const [name, args] of recordings) {
  test(`three seconds of ${name} become three seconds at 16 kHz, without a warning`, { skip }, async t => {
    const folder = await makeFolder(t);
    const source = await make(folder, name, ...tone(3), ...args);
    const result = await probeAndDecode(source, folder, tools);
    assert.ok(Math.abs(result.durationMs - 3000) < 150, String(result.durationMs));
    assert.deepEqual([result.truncated, result.decodeErrors, result.warnings], [null, 0, []]);
    assert.ok(hasTone(result.wavPath, 1000, 2000));
    assert.deepEqual((await fs.readdir(folder)).sort(), [name, 'out.wav'].sort());
  });
}

for (const name of ['x.mp4', 'x.mkv', 'x.mov', 'x.avi', 'x.ts']) {
  test(`the sound of the video ${name} is decoded`, { skip }, async t => {
    const folder = await makeFolder(t);
    const source = await make(folder, name, ...picture(3), ...tone(3), '-c:v', 'mpeg4', '-c:a', 'aac');
    const result = await probeAndDecode(source, folder, tools);
    assert.ok(Math.abs(result.durationMs - 3000) < 150, String(result.durationMs));
    assert.deepEqual(result.warnings, []);
  });
}

test('the fingerprint is that of the samples, and the same for the same sound in another file', { skip }, async t => {
  const folder = await makeFolder(t);
  const wav = await make(folder, 'x.wav', ...noise(2));
  const flac = await make(folder, 'y.flac', '-i', wav, '-metadata', 'title=Other');
  const first = await probeAndDecode(wav, folder, tools);
  const pcm = (await fs.readFile(first.wavPath)).subarray(44);
  assert.equal(first.audioHash, createHash('sha256').update(pcm).digest('hex'));
  assert.equal(first.sampleCount, pcm.length / 2);
  assert.equal((await probeAndDecode(flac, folder, tools)).audioHash, first.audioHash);
  assert.notEqual(
    (await probeAndDecode(await make(folder, 'z.wav', ...tone(2)), folder, tools)).audioHash,
    first.audioHash,
  );
});

test('loudness is measured: a full tone is louder than a quiet one, silence has none', { skip }, async t => {
  const folder = await makeFolder(t);
  const measure = async (...args: string[]) =>
    (await probeAndDecode(await make(folder, 'x.wav', ...args), folder, tools)).loudness;
  const loud = await measure(...tone(2), '-af', 'volume=8');
  const quiet = await measure(...tone(2), '-af', 'volume=0.8');
  assert.ok(loud?.integratedLufs && quiet?.integratedLufs && loud.peakDb !== null && quiet.peakDb !== null);
  assert.ok(Math.abs(loud.integratedLufs - quiet.integratedLufs - 20) < 0.5);
  assert.ok(Math.abs(loud.peakDb - quiet.peakDb - 20) < 0.5);
  assert.deepEqual(await measure(...silence(2)), { integratedLufs: null, peakDb: null });
});

test('a gap in the timestamps becomes silence, so that later words keep their time', { skip }, async t => {
  const folder = await makeFolder(t);
  const gap = ['-af', "aselect='not(between(t,4,7))'", '-c:a', 'libopus'];
  const result = await probeAndDecode(await make(folder, 'x.webm', ...tone(10), ...gap), folder, tools);
  assert.ok(Math.abs(result.durationMs - 10_000) < 100, String(result.durationMs));
  assert.deepEqual(
    [2000, 5000, 8000].map(ms => hasTone(result.wavPath, ms, ms + 500)),
    [true, false, true],
  );
});

test('sound that begins after the picture keeps its time', { skip }, async t => {
  const folder = await makeFolder(t);
  const late = [...picture(5), '-itsoffset', '2', ...tone(3), '-c:v', 'mpeg4', '-c:a', 'aac'];
  const result = await probeAndDecode(await make(folder, 'x.mkv', ...late), folder, tools);
  assert.deepEqual(
    [1000, 3000].map(ms => hasTone(result.wavPath, ms, ms + 500)),
    [false, true],
  );
});

test('of several tracks the chosen one is decoded', { skip }, async t => {
  const folder = await makeFolder(t);
  const two = [...silence(2), ...tone(2), '-map', '0', '-map', '1', '-c:a', 'flac', '-default_mode', 'passthrough'];
  const chosen = ['-disposition:a:0', '0', '-disposition:a:1', 'default'];
  const result = await probeAndDecode(await make(folder, 'x.mkv', ...two, ...chosen), folder, tools);
  assert.ok(hasTone(result.wavPath, 500, 1500));
});

const names = [
  '-rf.mp3',
  '-i',
  "it's 'quoted' \"twice\".mp3",
  'two\nlines.mp3',
  'Réunion 会議 🎙️ (final)%20.mp3',
  'a:b|c.mp3',
];
for (const name of [...names, '../above.mp3', 'concat:x.mp3', 'http:', '%d.mp3', '*.mp3', '$(id).mp3']) {
  test(`a recording named ${JSON.stringify(name)} is decoded like any other`, { skip }, async t => {
    const folder = await makeFolder(t);
    const below = path.join(folder, 'below');
    await fs.mkdir(below);
    await fs.rename(await make(folder, 'plain.mp3', ...tone(1), '-c:a', 'libmp3lame'), path.resolve(below, name));
    const before = process.cwd();
    process.chdir(below);
    t.after(() => process.chdir(before));
    const result = await probeAndDecode(name, folder, tools);
    assert.ok(result.durationMs > 900);
  });
}

test('a link to a recording is followed', { skip }, async t => {
  const folder = await makeFolder(t);
  await fs.symlink(await make(folder, 'x.wav', ...tone(1)), path.join(folder, 'link.wav'));
  assert.equal((await probeAndDecode(path.join(folder, 'link.wav'), folder, tools)).durationMs, 1000);
});

test('progress rises from the length that the file states and ends at 1', { skip }, async t => {
  const folder = await makeFolder(t);
  const sourcePath = await writeSparseWav(folder, 'x.wav', 3600);
  const seen: number[] = [];
  const onProgress = (fraction: number) => void seen.push(fraction);
  const facts = await probe(sourcePath, tools);
  await decode({ ...idle(), sourcePath, wavPath: path.join(folder, 'out.wav'), facts, onProgress }, tools);
  assert.ok(seen.length > 2);
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
  );
  assert.equal(seen.at(-1), 1);
});

test('a cancel in the middle is obeyed within two seconds and leaves no process and no file', { skip }, async t => {
  const folder = await makeFolder(t);
  const sourcePath = await writeSparseWav(folder, 'x.wav', 12 * 3600);
  const controller = new AbortController();
  const facts = await probe(sourcePath, tools);
  const request = { ...idle(), sourcePath, wavPath: path.join(folder, 'out.wav'), facts, signal: controller.signal };
  const decoding = decode(request, tools);
  decoding.catch(() => {}); // judged below
  while ((await processesIn(folder)).length === 0) await sleep(20);
  await sleep(200);
  const startMs = performance.now();
  controller.abort();
  await assert.rejects(decoding, { code: 'cancelled' });
  assert.ok(performance.now() - startMs < 2000);
  assert.deepEqual(await processesIn(folder), []);
  assert.deepEqual(await fs.readdir(folder), ['x.wav']);
});

test('a decode that was cancelled before it began starts nothing', { skip }, async t => {
  const folder = await makeFolder(t);
  const sourcePath = await make(folder, 'x.wav', ...tone(1));
  const facts = await probe(sourcePath, tools);
  const request = { ...idle(), sourcePath, wavPath: path.join(folder, 'out.wav'), facts, signal: AbortSignal.abort() };
  await assert.rejects(decode(request, tools), { code: 'cancelled' });
  assert.deepEqual(await fs.readdir(folder), ['x.wav']);
});

test('an existing result is replaced, and two decodes into one folder do not meet', { skip }, async t => {
  const folder = await makeFolder(t);
  const sourcePath = await make(folder, 'x.wav', ...tone(1));
  const facts = await probe(sourcePath, tools);
  const into = (name: string) => decode({ ...idle(), sourcePath, facts, wavPath: path.join(folder, name) }, tools);
  await write(folder, 'one.wav', 'old');
  const [one, two] = await Promise.all([into('one.wav'), into('two.wav')]);
  assert.equal(one.audioHash, two.audioHash);
  assert.deepEqual((await fs.readdir(folder)).sort(), ['one.wav', 'two.wav', 'x.wav']);
  assert.equal((await fs.stat(path.join(folder, 'one.wav'))).size, 44 + 32_000);
});

/** True when a stretch is louder than what a codec leaves of silence. */
function hasTone(wavPath: string, fromMs: number, toMs: number): boolean {
  const wav = openWavFile(wavPath);
  const samples = wav.read(fromMs * 16, toMs * 16);
  wav.close();
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) > 0.02;
}
