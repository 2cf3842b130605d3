import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { createTaskRunner } from '../../../src/gpu-worker/inference/tasks.ts';
import { readOnnxMetadata } from '../../../src/gpu-worker/onnx/onnx-metadata.ts';
import { loadSenseVoice } from '../../../src/gpu-worker/onnx/sense-voice.ts';
import type { WindowRecognizer } from '../../../src/gpu-worker/onnx/window-recognizer.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { BEAT_MS, standInsDir, writeWhistle } from '../../builders/whistle.ts';

const weightsDir = path.join(standInsDir, 'sensevoice-small');
const never = new AbortController().signal;

describe('SenseVoice, with a stand-in for its weights that hears whistling', () => {
  let model: WindowRecognizer;
  let folder: string;
  let wavPath: string;
  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-test-'));
    wavPath = path.join(folder, 'whistle.wav');
    writeWhistle(wavPath, [0, 1, 1, 2, 3, 7, 4, 5, 6]); // 今天天气好。 hello world
    model = await loadSenseVoice('sensevoice-small', { weightsDir, device: 'cpu' });
  });
  after(async () => {
    await model.release();
    fs.rmSync(folder, { recursive: true });
  });

  async function hear(fromBeat: number, toBeat: number, language?: string) {
    const wav = openWavFile(wavPath);
    const window = { startMs: fromBeat * BEAT_MS, endMs: toBeat * BEAT_MS };
    const [transcript] = await model.transcribe(wav, [window], { task: 'transcribe', language }, never, () => {});
    wav.close();
    assert.ok(transcript);
    return { ...transcript, texts: transcript.words.map(({ text }) => text) };
  }

  test('Chinese is cut into words of the dictionary, with the full stop that it was asked for', async () => {
    const { texts, language, languages, tokenCount } = await hear(0, 6);
    assert.deepEqual(texts, ['今天', '天气', '好。']);
    assert.equal(language, 'zh');
    assert.deepEqual(Object.keys(languages ?? {}), ['zh', 'yue']);
    assert.ok(Math.abs((languages?.zh ?? 0) - 0.73) < 0.01); // e^3 to e^2
    assert.equal(tokenCount, 6);
  });

  test('a language that is named is asked of the model, and English has spaces', async () => {
    const { texts, language, languages } = await hear(6, 9, 'en');
    assert.deepEqual(texts, ['hello', 'world']);
    assert.deepEqual([language, languages], ['en', { en: 1 }]);
  });

  test('words begin where they are whistled, and end where the next one begins', async () => {
    const { words } = await hear(0, 6);
    const beats = [0, 2, 4];
    words.forEach(({ startMs, endMs, confidence }, index) => {
      assert.ok(Math.abs(startMs - (240 + (beats[index] ?? 0) * BEAT_MS)) <= 60, `${index}: ${startMs}`);
      assert.equal(endMs, words[index + 1]?.startMs ?? 6 * BEAT_MS);
      assert.ok(confidence > 0.5 && confidence <= 1);
    });
  });

  test('silence, and a window shorter than a frame, have no words', async () => {
    assert.deepEqual((await hear(9, 20)).texts, []);
    assert.deepEqual((await hear(0, 0.01)).texts, []);
  });

  test('windows are heard in the order given, with progress, until a cancel', async () => {
    const wav = openWavFile(wavPath);
    const windows = [6, 0].map(beat => ({ startMs: beat * BEAT_MS, endMs: (beat + 3) * BEAT_MS }));
    const fractions: number[] = [];
    const options = { task: 'transcribe', language: 'en' } as const;
    const heard = await model.transcribe(wav, windows, options, never, fraction => fractions.push(fraction));
    assert.deepEqual(
      heard.map(({ words }) => words.map(({ text }) => text).join(' ')),
      ['hello world', '今天天'],
    );
    assert.deepEqual(fractions, [0.5, 1]);
    const cancelled = AbortSignal.abort(new Error('enough'));
    await assert.rejects(
      model.transcribe(wav, windows, options, cancelled, () => {}),
      /enough/,
    );
    wav.close();
  });

  test('it says that it does not translate', async () => {
    const wav = openWavFile(wavPath);
    const translated = model.transcribe(wav, [], { task: 'translate' }, never, () => {});
    await assert.rejects(translated, { code: 'invalid_usage', detail: /does not translate/ });
    wav.close();
  });
});

test('an inference child hears with it what it is asked to', async t => {
  const folder = await makeTemporaryFolder(t);
  const wavPath = path.join(folder, 'whistle.wav');
  writeWhistle(wavPath, [4, 5, 6]);
  const runner = createTaskRunner({ modelsDir: standInsDir, device: 'cpu', batchFactor: 1 });
  const windows = [{ startMs: 0, endMs: 4 * BEAT_MS }];
  const task = {
    kind: 'recognize-windows',
    wavPath,
    model: 'sensevoice-small',
    windows,
    language: 'en',
    translate: false,
  } as const;
  const heard = await runner.run(task, { frugal: true, signal: never, onProgress: () => {} });
  assert.match(JSON.stringify(heard), /"text":"hello".*"text":"world"/);
});

test('a model without the metadata that it needs is refused with a sentence', async t => {
  const folder = await makeTemporaryFolder(t);
  const model = fs.readFileSync(path.join(weightsDir, 'model.int8.onnx'));
  fs.copyFileSync(path.join(weightsDir, 'tokens.txt'), path.join(folder, 'tokens.txt'));
  fs.writeFileSync(
    path.join(folder, 'model.int8.onnx'),
    Buffer.from(model.toString('latin1').replace('with_itn', 'WITH_ITN'), 'latin1'),
  );
  await assert.rejects(loadSenseVoice('sensevoice-small', { weightsDir: folder, device: 'cpu' }), {
    code: 'inference_failed',
    detail: /with_itn/,
  });
  fs.writeFileSync(path.join(folder, 'tokens.txt'), 'no vocabulary\n');
  await assert.rejects(loadSenseVoice('sensevoice-small', { weightsDir: folder, device: 'cpu' }), {
    code: 'inference_failed',
    detail: /tokens\.txt is no vocabulary/,
  });
  fs.rmSync(path.join(folder, 'tokens.txt'));
  await assert.rejects(loadSenseVoice('sensevoice-small', { weightsDir: folder, device: 'cpu' }), {
    code: 'model_missing',
  });
});

test('the metadata of an ONNX file is read without its weights, and what is no such file is refused', async t => {
  const file = path.join(weightsDir, 'model.int8.onnx');
  const metadata = await readOnnxMetadata(file);
  assert.equal(metadata.get('lfr_window_size'), '7');
  assert.equal(metadata.get('neg_mean')?.split(',').length, 560);
  const folder = await makeTemporaryFolder(t);
  const broken = path.join(folder, 'broken.onnx');
  for (const content of [fs.readFileSync(file).subarray(0, 200), Buffer.from('no model'), Buffer.of(0x80)]) {
    fs.writeFileSync(broken, content);
    await assert.rejects(readOnnxMetadata(broken), /broken\.onnx is no (whole )?ONNX model/);
  }
});
