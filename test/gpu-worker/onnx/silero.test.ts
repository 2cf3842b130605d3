import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { findSpeech } from '../../../src/gpu-worker/asr/speech-regions.ts';
import { VAD_FRAME_SAMPLES } from '../../../src/gpu-worker/asr/vad-frames.ts';
import { openWavFile, type WavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { loadSilero } from '../../../src/gpu-worker/onnx/silero.ts';
import { decodeToWav, missing, modelsDir, testdataDir } from '../../builders/decoded-audio.ts';

const weightsDir = path.join(modelsDir, 'silero-vad');
const never = new AbortController().signal;

/** A recording in memory, made by a function of the sample's index. */
function soundOf(sampleCount: number, sample: (index: number) => number): WavFile {
  return {
    sampleCount,
    read: (from, to) =>
      Float32Array.from({ length: to - from }, (_, index) => {
        const at = from + index;
        return at < 0 || at >= sampleCount ? 0 : sample(at);
      }),
    close() {},
  };
}

test('silence, noise and a tone hold no speech', { skip: missing(['silero-vad'], []) }, async () => {
  const silero = await loadSilero(weightsDir, 'cpu');
  let seed = 1;
  const noise = () => {
    seed = (seed * 16807) % 2147483647;
    return (seed / 2147483647 - 0.5) * 0.2;
  };
  const samples = 20 * 16_000;
  const tone = (index: number) => 0.3 * Math.sin((index * 2 * Math.PI * 440) / 16_000);
  for (const sound of [() => 0, noise, tone]) {
    const wav = soundOf(samples, sound);
    const probabilities = await silero.probabilities(wav, 0, samples / VAD_FRAME_SAMPLES, never, () => {});
    assert.deepEqual(findSpeech(probabilities), []);
  }
  await silero.release();
});

test('parallel streams find the same speech as one', {
  skip: missing(['silero-vad'], ['meetings/standup.flac']),
}, async () => {
  const wav = openWavFile(await decodeToWav(path.join(testdataDir, 'meetings/standup.flac')));
  const frameCount = Math.ceil(wav.sampleCount / VAD_FRAME_SAMPLES);
  const silero = await loadSilero(weightsDir, 'cpu');
  const progress: number[] = [];
  const together = await silero.probabilities(wav, 0, frameCount, never, fraction => progress.push(fraction));
  const oneByOne = new Float32Array(frameCount);
  for (let from = 0; from < frameCount; from += 400) {
    // too short to be split further
    const to = Math.min(frameCount, from + 400);
    oneByOne.set(await silero.probabilities(wav, from, to, never, () => {}), from);
  }
  const differing = together.filter((value, frame) => value > 0.5 !== oneByOne[frame]! > 0.5).length;
  assert.ok(differing < frameCount / 200, `${differing} of ${frameCount} frames differ`);
  assert.equal(progress.at(-1), 1);
  assert.deepEqual(
    progress,
    progress.toSorted((a, b) => a - b),
  );
  const speech = findSpeech(together);
  assert.ok(speech.reduce((sum, span) => sum + span.endMs - span.startMs, 0) > 50_000);
  await silero.release();
  wav.close();
});

test('an aborted detection stops with the reason', { skip: missing(['silero-vad'], []) }, async () => {
  const silero = await loadSilero(weightsDir, 'cpu');
  const aborted = AbortSignal.abort(new Error('enough'));
  await assert.rejects(
    silero.probabilities(
      soundOf(16_000, () => 0),
      0,
      31,
      aborted,
      () => {},
    ),
    /enough/,
  );
  await silero.release();
});
