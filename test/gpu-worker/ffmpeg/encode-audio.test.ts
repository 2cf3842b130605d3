import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checkFfmpeg } from '../../../src/gpu-worker/ffmpeg/check-ffmpeg.ts';
import { encodeAudio } from '../../../src/gpu-worker/ffmpeg/encode-audio.ts';
import { probe } from '../../../src/gpu-worker/ffmpeg/probe.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const sample = path.join(import.meta.dirname, '../../../samples/standup.webm');
const { signal } = new AbortController();

test('the sound becomes small, keeps its length, and can be looked into', async t => {
  const tools = await checkFfmpeg();
  const folder = await makeTemporaryFolder(t);
  const request = { track: 0, durationMs: 75_836, ffmpegPath: tools.ffmpegPath, signal };
  const sound = await encodeAudio({ ...request, sourcePath: sample, folder });
  assert.ok(sound && sound.length < 300_000, `${sound?.length} bytes`);
  const file = path.join(folder, 'again.webm');
  fs.writeFileSync(file, sound);
  const { audioTracks, durationMs } = await probe(file, tools, signal);
  assert.equal(audioTracks[0]?.codec, 'opus');
  assert.ok(Math.abs((durationMs ?? 0) - 75_836) < 50, `${durationMs} ms`);
});

test('what cannot be encoded is no sound', async t => {
  const { ffmpegPath } = await checkFfmpeg();
  const folder = await makeTemporaryFolder(t);
  const request = { sourcePath: import.meta.filename, track: 0, durationMs: 1_000, ffmpegPath, folder, signal };
  assert.equal(await encodeAudio(request), undefined);
});
