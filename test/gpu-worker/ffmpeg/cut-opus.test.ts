import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { cutOpus, MOST_CLIP_BYTES } from '../../../src/gpu-worker/ffmpeg/cut-opus.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const never = new AbortController().signal;

test('eight seconds of sound become a small Opus file', async t => {
  const folder = await makeTemporaryFolder(t);
  const [wav, clip] = ['audio.wav', 'clip.ogg'].map(name => path.join(folder, name));
  assert.ok(wav && clip);
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'anoisesrc=d=12:c=pink:r=16000', '-ac', '1', wav]);
  const bytes = await cutOpus(wav, { startMs: 2_000, endMs: 10_000 }, clip, never);
  assert.ok(bytes.length <= MOST_CLIP_BYTES && bytes.length > 10_000, `${bytes.length}`);
  assert.deepEqual(fs.readFileSync(clip), bytes);
  const probed = execFileSync('ffprobe', [
    '-v',
    'error',
    '-show_entries',
    'stream=codec_name:format=duration',
    '-of',
    'csv=p=0',
    clip,
  ]);
  const [codec, seconds] = probed.toString().trim().split('\n');
  assert.equal(codec, 'opus');
  assert.ok(Math.abs(Number(seconds) - 8) < 0.1, seconds);
});

test('what is no sound, and what somebody stopped, is told of', async t => {
  const folder = await makeTemporaryFolder(t);
  const text = path.join(folder, 'text.wav');
  fs.writeFileSync(text, 'no sound');
  const span = { startMs: 0, endMs: 1_000 };
  await assert.rejects(cutOpus(text, span, path.join(folder, 'clip.ogg'), never), { code: 'decode_failed' });
  await assert.rejects(cutOpus(text, span, path.join(folder, 'clip.ogg'), AbortSignal.abort()), { code: 'cancelled' });
});
