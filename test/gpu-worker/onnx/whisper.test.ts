import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { loadWhisper } from '../../../src/gpu-worker/onnx/whisper.ts';
import type { WindowRecognizer } from '../../../src/gpu-worker/onnx/window-recognizer.ts';
import { decodeToWav, graphsDir, missing, modelsDir, testdataDir } from '../../builders/decoded-audio.ts';

const never = new AbortController().signal;
const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z ]/g, '');
const named = 'librispeech/3005/3005-163389-0003.flac';
const recordings = ['misc/jfk.flac', 'leopard/test_de.wav', 'leopard/test_ja.wav', 'leopard/empty.wav', named];

const skip = missing(['whisper-base'], recordings);

describe('whisper-base', () => {
  let whisper: WindowRecognizer;
  before(async () => {
    if (skip) return;
    whisper = await loadWhisper('whisper-base', {
      weightsDir: path.join(modelsDir, 'whisper-base'),
      graphsDir,
      device: 'cpu',
    });
  });
  after(() => whisper?.release());

  async function hear(recording: string, options: { language?: string; task?: 'translate'; terms?: string[] } = {}) {
    const wav = openWavFile(await decodeToWav(path.join(testdataDir, recording)));
    const endMs = Math.min(15_000, (wav.sampleCount * 1000) / 16_000);
    const spans = [{ startMs: 0, endMs }];
    const [transcript] = await whisper.transcribe(wav, spans, { task: 'transcribe', ...options }, never, () => {});
    assert.ok(transcript);
    return { ...transcript, endMs, text: transcript.words.map(({ text }) => text).join(' ') };
  }

  test('hears English, each word in order and inside its piece', { skip }, async () => {
    const { text, words, language, endMs } = await hear('misc/jfk.flac');
    assert.equal(language, 'en');
    assert.match(plain(text), /ask not what your country can do for you ask what you can do for your country/);
    for (const [index, { startMs, endMs: wordEndMs }] of words.entries()) {
      assert.ok(startMs >= (words[index - 1]?.startMs ?? 0) && wordEndMs >= startMs && wordEndMs <= endMs + 100);
    }
  });

  test('hears German and Japanese in their own languages', { skip }, async () => {
    const german = await hear('leopard/test_de.wav');
    assert.deepEqual([german.language, /Raum wurde/.test(german.text)], ['de', true]);
    const japanese = await hear('leopard/test_ja.wav');
    assert.deepEqual([japanese.language, /客観/.test(japanese.text.replaceAll(' ', ''))], ['ja', true]);
    assert.ok(japanese.words.length > 3);
  });

  test('writes a name as it is told, and nothing of it where nobody says so', { skip }, async () => {
    const terms = ['Sherburn', 'Kubernetes'];
    assert.match((await hear(named)).text, /^Sherbin run his eyes/);
    assert.match((await hear(named, { terms })).text, /^Sherburn run his eyes/);
    assert.doesNotMatch((await hear('leopard/empty.wav', { terms })).text, /Sher|Kube/);
  });

  test('translates into English when asked to', { skip }, async () => {
    const { text } = await hear('leopard/test_de.wav', { task: 'translate' });
    assert.match(text.toLowerCase(), /\b(the|was|room|portal)\b/);
  });
});
