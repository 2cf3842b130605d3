import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';

const format = (channels = 1, rateHz = 16_000, bits = 16) => {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(1, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rateHz, 4);
  body.writeUInt16LE(bits, 14);
  return chunk('fmt ', body);
};
const data = (...samples: number[]) => chunk('data', Buffer.from(Int16Array.from(samples).buffer));

function chunk(name: string, body: Buffer, statedBytes = body.length): Buffer {
  const header = Buffer.alloc(8);
  header.write(name, 0, 'latin1');
  header.writeUInt32LE(statedBytes, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length & 1)]);
}

function writeWav(t: TestContext, ...chunks: Buffer[]): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-wav-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'x.wav');
  fs.writeFileSync(file, chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks])));
  return file;
}

function readAll(file: string): number[] {
  const wav = openWavFile(file);
  const samples = [...wav.read(0, wav.sampleCount)];
  wav.close();
  return samples;
}

test('samples are scaled to [-1, 1)', t => {
  assert.deepEqual(readAll(writeWav(t, format(), data(0, 16_384, -32_768, 32_767))), [0, 0.5, -1, 32_767 / 32_768]);
});

test('a window may begin and end anywhere; outside the file there is silence', t => {
  const wav = openWavFile(writeWav(t, format(), data(8_192, 16_384, 24_576)));
  assert.equal(wav.sampleCount, 3);
  assert.deepEqual([...wav.read(1, 2)], [0.5]);
  assert.deepEqual([...wav.read(-2, 1)], [0, 0, 0.25]);
  assert.deepEqual([...wav.read(2, 5)], [0.75, 0, 0]);
  assert.deepEqual([...wav.read(-3, -1)], [0, 0]);
  assert.deepEqual([...wav.read(7, 9)], [0, 0]);
  assert.deepEqual([...wav.read(1, 1)], []);
  wav.close();
});

test('other chunks, of odd length too, are stepped over', t => {
  const list = chunk('LIST', Buffer.from('INFOISFT\x03\0\0\0abc', 'latin1'));
  assert.deepEqual(readAll(writeWav(t, list, format(), list, data(16_384), list)), [0.5]);
});

test('a data chunk that promises more than there is ends with the file', t => {
  const samples = Buffer.from(Int16Array.from([16_384, 8_192]).buffer);
  assert.deepEqual(readAll(writeWav(t, format(), chunk('data', samples, 0xffff_ffff))), [0.5, 0.25]);
  const cut = writeWav(t, format(), chunk('data', samples));
  fs.truncateSync(cut, fs.statSync(cut).size - 1);
  assert.deepEqual(readAll(cut), [0.5]);
});

const wrong: [name: string, chunks: Buffer[], detail: RegExp][] = [
  ['two channels', [format(2), data(0)], /2 channels/],
  ['8 kHz', [format(1, 8_000), data(0)], /8000 Hz/],
  ['24 bit', [format(1, 16_000, 24), data(0)], /24 bit/],
  ['no samples', [format()], /has no sound/],
  ['samples before their format', [data(0), format()], /does not say what its samples are/],
  ['a format that breaks off', [format().subarray(0, 12)], /0 Hz/],
];
for (const [name, chunks, detail] of wrong) {
  test(`a file with ${name} is refused`, t => {
    assert.throws(() => openWavFile(writeWav(t, ...chunks)), { code: 'decode_failed', detail });
  });
}

test('a file that is no WAV file is refused, and closed', t => {
  const file = writeWav(t);
  fs.writeFileSync(file, 'RIFX');
  const close = t.mock.method(fs, 'closeSync');
  assert.throws(() => openWavFile(file), { code: 'decode_failed', detail: /is not a WAV file/ });
  assert.equal(close.mock.callCount(), 1);
});
