import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openWavFile, type WavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { ACTIVITY_CHANNELS, FRAME_SECONDS, WINDOW_FRAMES } from '../../../src/gpu-worker/diarization/voice-models.ts';
import { loadSegmentation, type Segmentation } from '../../../src/gpu-worker/onnx/segmentation.ts';
import { decodeToWav, graphsDir, missing, modelsDir, testdataDir } from '../../builders/decoded-audio.ts';

const recording = 'leopard/diarization_test.wav';
const silence = 'meetings/silence.opus';
const skip = missing(['segmentation-3.0'], [recording, silence]);
const never = new AbortController().signal;
const ignore = () => {};

let model: Segmentation;
let speech: WavFile;

before(async () => {
  if (skip) return;
  model = await loadSegmentation(path.join(modelsDir, 'segmentation-3.0'), graphsDir, 'cpu');
  speech = openWavFile(await decodeToWav(path.join(testdataDir, recording)));
});

after(async () => {
  speech?.close();
  await model?.release();
});

/** Fraction of frames in which somebody is more likely heard than not. */
function shareOfSpeech(activities: Uint8Array): number {
  let heard = 0;
  for (let at = 0; at < activities.length; at += ACTIVITY_CHANNELS) {
    if (activities[at]! + activities[at + 1]! + activities[at + 2]! > 127) heard++;
  }
  return heard / (activities.length / ACTIVITY_CHANNELS);
}

test('a conversation is mostly speech, an empty room none', { skip }, async () => {
  const activities = await model.activities(speech, 0, 2, never, ignore);
  assert.equal(activities.length, 2 * WINDOW_FRAMES * ACTIVITY_CHANNELS);
  assert.ok(shareOfSpeech(activities) > 0.5);

  const empty = openWavFile(await decodeToWav(path.join(testdataDir, silence)));
  assert.ok(shareOfSpeech(await model.activities(empty, 0, 1, never, ignore)) < 0.02);
  empty.close();
});

test('a window is the same alone and among others, and nothing is heard beyond the end', { skip }, async () => {
  const two = await model.activities(speech, 1, 2, never, ignore);
  const second = await model.activities(speech, 2, 1, never, ignore);
  assert.deepEqual(two.subarray(two.length / 2), second);
  const beyond = await model.activities(
    speech,
    Math.ceil(speech.sampleCount / 16_000 / FRAME_SECONDS),
    1,
    never,
    ignore,
  );
  assert.ok(shareOfSpeech(beyond) < 0.02);
});

test('an abort is heard between two windows', { skip }, async () => {
  const controller = new AbortController();
  const stopAtOnce = () => controller.abort();
  await assert.rejects(model.activities(speech, 0, 100, controller.signal, stopAtOnce), { name: 'AbortError' });
});
