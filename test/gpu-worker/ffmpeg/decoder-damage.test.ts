import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { decode } from '../../../src/gpu-worker/ffmpeg/decoder.ts';
import { probe } from '../../../src/gpu-worker/ffmpeg/probe.ts';
import { cut, findTools, idle, make, makeFolder, noise, probeAndDecode, tone, write } from './media.ts';

const { tools, skip } = await findTools();

const truncations: [name: string, share: number, seconds: number, args: string[], sentence: RegExp][] = [
  ['x.mp3', 0.5, 12, ['-c:a', 'libmp3lame', '-b:a', '64k'], /^recording looks truncated: [567] of 12 s$/],
  ['x.wav', 0.5, 12, [], /^recording looks truncated: 6 of 12 s$/],
  ['x.flac', 0.5, 12, [], /^recording looks truncated: [567] of 12 s$/],
  ['x.ogg', 0.6, 12, ['-c:a', 'libopus', '-b:a', '64k'], /^recording looks truncated: it breaks off after \d+ s$/],
  ['fast.mp4', 0.5, 12, ['-c:a', 'aac', '-movflags', 'faststart'], /^recording looks truncated: [567] of 12 s$/],
  ['x.mkv', 0.5, 12, ['-c:a', 'aac'], /^recording looks truncated: [567] of 12 s$/],
  ['live.webm', 0.5, 12, ['-c:a', 'libopus', '-f', 'webm', '-live', '1'], /it breaks off after [567] s$/],
  ['long.wav', 0.5, 1200, ['-ar', '8000', '-c:a', 'pcm_u8'], /^recording looks truncated: 10 of 20 min$/],
];
for (const [name, share, seconds, args, sentence] of truncations) {
  test(`the first part of ${name} is decoded and reported as truncated`, { skip }, async t => {
    const folder = await makeFolder(t);
    const source = await cut(await make(folder, name, ...noise(seconds), ...args), share);
    const result = await probeAndDecode(source, folder, tools);
    assert.match(result.truncated ?? '', sentence);
    assert.deepEqual(result.warnings, [`The ${result.truncated}.`]);
  });
}

test('a header that promises too much is reported, one that promises too little costs nothing', { skip }, async t => {
  const folder = await makeFolder(t);
  const flac = await fs.readFile(await make(folder, 'x.flac', ...noise(4)));
  const withLength = async (seconds: number) => {
    flac.writeUInt32BE(seconds * 16000, 22); // STREAMINFO, low 32 bits of the sample count
    return probeAndDecode(await write(folder, 'lying.flac', flac), folder, tools);
  };
  const tooMuch = await withLength(600);
  assert.equal(tooMuch.truncated, 'recording looks truncated: 4 of 600 s');
  assert.equal(tooMuch.declaredDurationMs, 600_000);
  const tooLittle = await withLength(1);
  assert.equal(tooLittle.durationMs, 4000);
  assert.deepEqual(
    [tooLittle.truncated, tooLittle.warnings],
    [null, ['The recording is longer than its header says.']],
  );
});

test('damage in the middle is counted, and the rest is decoded', { skip }, async t => {
  const folder = await makeFolder(t);
  const bytes = await fs.readFile(await make(folder, 'x.mp3', ...noise(10), '-c:a', 'libmp3lame'));
  bytes.fill(0x55, bytes.length >> 1, (bytes.length >> 1) + (bytes.length >> 3));
  const result = await probeAndDecode(await write(folder, 'damaged.mp3', bytes), folder, tools);
  assert.ok(result.durationMs > 8000);
  assert.ok(result.decodeErrors > 0);
  assert.ok(
    result.truncated || result.warnings.some(warning => warning.startsWith('Parts of the sound may be missing')),
  );
});

test('0.2 seconds are too_short, 0.3 seconds are not', { skip }, async t => {
  const folder = await makeFolder(t);
  const short = await make(folder, 'short.wav', ...tone(0.2));
  await assert.rejects(probeAndDecode(short, folder, tools), { code: 'too_short', detail: /200 ms of sound/ });
  assert.deepEqual(await fs.readdir(folder), ['short.wav']);
  assert.equal((await probeAndDecode(await make(folder, 'x.wav', ...tone(0.3)), folder, tools)).durationMs, 300);
});

test('a recording of which nearly nothing is left is damaged_media, not too short', { skip }, async t => {
  const folder = await makeFolder(t);
  const source = await cut(await make(folder, 'x.wav', ...tone(60)), 0.002);
  await assert.rejects(probeAndDecode(source, folder, tools), { code: 'damaged_media' });
  assert.deepEqual((await fs.readdir(folder)).sort(), ['cut-x.wav', 'x.wav']);
});

test('a recording that vanished after it was probed is file_missing', { skip }, async t => {
  const folder = await makeFolder(t);
  const sourcePath = await make(folder, 'x.wav', ...tone(1));
  const facts = await probe(sourcePath, tools);
  await fs.rm(sourcePath);
  const request = { sourcePath, wavPath: path.join(folder, 'out.wav'), facts, ...idle() };
  await assert.rejects(decode(request, tools), { code: 'file_missing' });
  assert.deepEqual(await fs.readdir(folder), []);
});
