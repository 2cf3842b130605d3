import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openWavFile, type WavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { EMBEDDING_SIZE } from '../../../src/gpu-worker/diarization/voice-models.ts';
import { type Campplus, loadCampplus } from '../../../src/gpu-worker/onnx/campplus.ts';
import { decodeToWav, graphsDir, missing, modelsDir, testdataDir } from '../../builders/decoded-audio.ts';

const [katie, steve] = ['enrolment/enrollment_audio_katie.flac', 'enrolment/enrollment_audio_steve.flac'];
const skip = missing(['campplus'], [katie, steve]);
const second = 16_000;
const never = new AbortController().signal;
const ignore = () => {};

let model: Campplus;
const open: WavFile[] = [];

before(async () => {
  if (skip) return;
  model = await loadCampplus(path.join(modelsDir, 'campplus'), graphsDir, 'cpu');
  for (const name of [katie, steve]) open.push(openWavFile(await decodeToWav(path.join(testdataDir, name))));
});

after(async () => {
  for (const wav of open) wav.close();
  await model?.release();
});

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

test('a voice is more like itself than like another, and vectors have unit length', { skip }, async () => {
  const spans = [
    { from: 1 * second, to: 4 * second },
    { from: 9 * second, to: 12 * second },
  ];
  const rows = [];
  for (const wav of open) {
    const embeddings = await model.embed(wav, spans, never, ignore);
    rows.push(embeddings.subarray(0, EMBEDDING_SIZE), embeddings.subarray(EMBEDDING_SIZE));
  }
  const [katie1, katie2, steve1, steve2] = rows as [Float32Array, Float32Array, Float32Array, Float32Array];
  for (const row of rows) assert.ok(Math.abs(cosine(row, row) - 1) < 1e-4);
  assert.ok(Math.min(cosine(katie1, katie2), cosine(steve1, steve2)) > 0.55);
  assert.ok(Math.max(cosine(katie1, steve1), cosine(katie2, steve2)) < 0.35);
});

test('spans that are too short or outside the recording give zeros', { skip }, async () => {
  const wav = open[0]!;
  const spans = [
    { from: second, to: second + 1000 },
    { from: wav.sampleCount + second, to: wav.sampleCount + 3 * second },
    { from: second, to: 3 * second },
  ];
  const embeddings = await model.embed(wav, spans, never, ignore);
  assert.ok(embeddings.subarray(0, 2 * EMBEDDING_SIZE).every(value => value === 0));
  assert.ok(embeddings.subarray(2 * EMBEDDING_SIZE).some(value => value !== 0));
});

test('an embedding does not depend on what else is asked for, nor on the order', { skip }, async () => {
  const wav = open[0]!;
  const [one, two] = [
    { from: 2 * second, to: 4 * second },
    { from: 3 * second, to: 5 * second },
  ];
  const alone = await model.embed(wav, [two], never, ignore);
  const together = await model.embed(wav, [two, one], never, ignore);
  assert.ok(cosine(alone, together.subarray(0, EMBEDDING_SIZE)) > 0.9999);
});

test('an abort is heard between two spans', { skip }, async () => {
  const controller = new AbortController();
  const spans = Array.from({ length: 50 }, () => ({ from: 0, to: second }));
  const stopAtOnce = () => controller.abort();
  await assert.rejects(model.embed(open[0]!, spans, controller.signal, stopAtOnce), { name: 'AbortError' });
});
