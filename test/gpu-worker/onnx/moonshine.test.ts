import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { mayNotBeEnglish } from '../../../src/gpu-worker/asr/language-doubt.ts';
import { mergePieces } from '../../../src/gpu-worker/asr/piece-transcript.ts';
import { VAD_FRAME_SAMPLES } from '../../../src/gpu-worker/asr/vad-frames.ts';
import { openWavFile, type WavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { loadMoonshine, type MoonshineName } from '../../../src/gpu-worker/onnx/moonshine.ts';
import { loadSilero } from '../../../src/gpu-worker/onnx/silero.ts';
import { decodeToWav, graphsDir, missing, modelsDir, testdataDir } from '../../builders/decoded-audio.ts';

const never = new AbortController().signal;
const load = (name: MoonshineName) =>
  loadMoonshine(name, { weightsDir: path.join(modelsDir, name), graphsDir, device: 'cpu' });
const open = async (recording: string) => openWavFile(await decodeToWav(path.join(testdataDir, recording)));
const detect = async (wav: WavFile) => {
  const silero = await loadSilero(path.join(modelsDir, 'silero-vad'), 'cpu');
  const probabilities = await silero.probabilities(
    wav,
    0,
    Math.ceil(wav.sampleCount / VAD_FRAME_SAMPLES),
    never,
    () => {},
  );
  await silero.release();
  return probabilities;
};
const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z ]/g, '');

for (const name of ['moonshine-base', 'moonshine-tiny'] as const) {
  test(`${name} hears what was said, in order and inside the piece`, {
    skip: missing([name, 'silero-vad'], ['misc/jfk.flac']),
  }, async () => {
    const wav = await open('misc/jfk.flac');
    const moonshine = await load(name);
    const pieces = [{ startMs: 0, endMs: 11_000 }];
    const [transcript] = await moonshine.transcribe(wav, pieces, never, () => {});
    const words = mergePieces(pieces, [transcript!], await detect(wav));
    assert.equal(
      plain(words.map(word => word.text).join(' ')),
      'and so my fellow americans ask not what your country can do for you ask what you can do for your country',
    );
    words.forEach((word, index) => {
      assert.ok(word.startMs >= (words[index - 1]?.startMs ?? 0) && word.endMs >= word.startMs);
      assert.ok(word.endMs <= 11_000 && word.confidence > 0 && word.confidence <= 1);
    });
    const ask = words.find(word => plain(word.text) === 'ask')!;
    assert.ok(Math.abs(ask.startMs - 3300) < 400, `"ask" at ${ask.startMs} ms`);
    assert.equal(mayNotBeEnglish([transcript!]), false);
    await moonshine.release();
    wav.close();
  });
}

test('pieces decoded together come back in the order given', {
  skip: missing(['moonshine-base'], ['misc/jfk.flac']),
}, async () => {
  const wav = await open('misc/jfk.flac');
  const moonshine = await load('moonshine-base');
  const pieces = [
    { startMs: 3_200, endMs: 5_600 },
    { startMs: 0, endMs: 11_000 },
    { startMs: 8_000, endMs: 11_000 },
  ];
  const transcripts = await moonshine.transcribe(wav, pieces, never, () => {});
  const texts = transcripts.map(({ words }) => plain(words.map(word => word.text).join(' ')));
  assert.match(texts[0]!, /^ask not/);
  assert.match(texts[1]!, /^and so my fellow americans/);
  assert.match(texts[2]!, /do for your country$/);
  await moonshine.release();
  wav.close();
});

test('another language is doubted', { skip: missing(['moonshine-base'], ['leopard/test_de.wav']) }, async () => {
  const wav = await open('leopard/test_de.wav');
  const moonshine = await load('moonshine-base');
  const transcripts = await moonshine.transcribe(wav, [{ startMs: 0, endMs: wav.sampleCount / 16 }], never, () => {});
  assert.equal(mayNotBeEnglish(transcripts), true);
  await moonshine.release();
  wav.close();
});

test('a piece of a few samples and no piece at all are no error', {
  skip: missing(['moonshine-base'], ['misc/jfk.flac']),
}, async () => {
  const wav = await open('misc/jfk.flac');
  const moonshine = await load('moonshine-base');
  assert.equal((await moonshine.transcribe(wav, [{ startMs: 0, endMs: 10 }], never, () => {})).length, 1);
  assert.deepEqual(await moonshine.transcribe(wav, [], never, () => {}), []);
  await moonshine.release();
  wav.close();
});

test('an aborted recognition stops with the reason', {
  skip: missing(['moonshine-base'], ['misc/jfk.flac']),
}, async () => {
  const wav = await open('misc/jfk.flac');
  const moonshine = await load('moonshine-base');
  const aborted = AbortSignal.abort(new Error('enough'));
  await assert.rejects(
    moonshine.transcribe(wav, [{ startMs: 0, endMs: 11_000 }], aborted, () => {}),
    /enough/,
  );
  await moonshine.release();
  wav.close();
});
