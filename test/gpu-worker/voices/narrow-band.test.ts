import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { withWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { throughTelephone } from '../../../src/gpu-worker/ffmpeg/through-telephone.ts';
import { isNarrowBand } from '../../../src/gpu-worker/voices/narrow-band.ts';
import { ffmpeg } from '../../builders/speaker-tracks.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { findTools } from '../ffmpeg/media.ts';

const { skip } = await findTools();
const sample = path.resolve(import.meta.dirname, '../../../samples/standup.webm');
const { signal } = new AbortController();

const narrowOf = (wavPath: string) =>
  withWavFile(wavPath, async wav => isNarrowBand(wav.read(0, Math.min(wav.sampleCount, 160_000))));

test('a voice over a telephone is told from one at a microphone', { skip }, async t => {
  const folder = await makeTemporaryFolder(t);
  const [wide, call, imitated] = ['wide.wav', 'call.wav', 'imitated.wav'].map(name => path.join(folder, name));
  assert.ok(wide && call && imitated);
  ffmpeg('-i', sample, '-t', '10', '-ac', '1', '-ar', '16000', wide);
  const line = path.join(folder, 'line.wav');
  ffmpeg('-i', wide, '-ar', '8000', '-c:a', 'pcm_mulaw', line);
  ffmpeg('-i', line, '-ar', '16000', call);
  await throughTelephone(wide, imitated, signal);
  assert.deepEqual([await narrowOf(wide), await narrowOf(call), await narrowOf(imitated)], [false, true, true]);
});

test('noise does not make a microphone a telephone, and silence is neither', { skip }, async t => {
  const noisy = path.join(await makeTemporaryFolder(t), 'noisy.wav');
  const graph =
    'anoisesrc=c=pink:r=16000:a=0.05:d=10[n];[0:a]aresample=16000[s];[s][n]amix=2:normalize=0:duration=shortest';
  ffmpeg('-i', sample, '-filter_complex', graph, '-ac', '1', noisy);
  assert.equal(await narrowOf(noisy), false);
  assert.equal(isNarrowBand(new Float32Array(16_000)), false);
  assert.equal(isNarrowBand(new Float32Array(0)), false);
});

test('what cannot be heard through a telephone is told', { skip }, async t => {
  const folder = await makeTemporaryFolder(t);
  const target = path.join(folder, 'x.wav');
  await assert.rejects(throughTelephone(path.join(folder, 'missing.wav'), target, signal), { code: 'decode_failed' });
  await assert.rejects(throughTelephone(sample, target, AbortSignal.abort()), { code: 'cancelled' });
});

test('a meeting may be longer than an hour', { skip }, async t => {
  const folder = await makeTemporaryFolder(t);
  const [long, target] = ['long.wav', 'target.wav'].map(name => path.join(folder, name));
  assert.ok(long && target);
  ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t', '3700', long);
  await throughTelephone(long, target, signal);
  assert.ok((await fs.stat(target)).size >= 3_700 * 32_000);
});
