import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openWavFile, type WavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { loadWhisper } from '../../../src/gpu-worker/onnx/whisper.ts';
import type { WindowRecognizer } from '../../../src/gpu-worker/onnx/window-recognizer.ts';
import { decodeToWav, graphsDir, missing, modelsDir, testdataDir } from '../../builders/decoded-audio.ts';

const never = new AbortController().signal;
const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z ]/g, '');
const named = 'librispeech/3005/3005-163389-0003.flac';
const recordings = [
  'misc/jfk.flac',
  'leopard/test_de.wav',
  'leopard/test_ja.wav',
  'leopard/test_es.wav',
  'leopard/empty.wav',
  named,
];

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

  async function open(recording: string): Promise<WavFile> {
    return openWavFile(await decodeToWav(path.join(testdataDir, recording)));
  }

  async function hear(wav: WavFile, options: { language?: string; task?: 'translate'; terms?: string[] } = {}) {
    const endMs = Math.min(15_000, (wav.sampleCount * 1000) / 16_000);
    const spans = [{ startMs: 0, endMs }];
    const [transcript] = await whisper.transcribe(wav, spans, { task: 'transcribe', ...options }, never, () => {});
    assert.ok(transcript);
    return { ...transcript, endMs, text: transcript.words.map(({ text }) => text).join(' ') };
  }

  test('hears English, each word in order and inside its piece', { skip }, async () => {
    const { text, words, language, endMs } = await hear(await open('misc/jfk.flac'));
    assert.equal(language, 'en');
    assert.match(plain(text), /ask not what your country can do for you ask what you can do for your country/);
    for (const [index, { startMs, endMs: wordEndMs }] of words.entries()) {
      assert.ok(startMs >= (words[index - 1]?.startMs ?? 0) && wordEndMs >= startMs && wordEndMs <= endMs + 100);
    }
  });

  test('hears German and Japanese in their own languages', { skip }, async () => {
    const german = await hear(await open('leopard/test_de.wav'));
    assert.deepEqual([german.language, /Raum wurde/.test(german.text)], ['de', true]);
    const japanese = await hear(await open('leopard/test_ja.wav'));
    assert.deepEqual([japanese.language, /客観/.test(japanese.text.replaceAll(' ', ''))], ['ja', true]);
    assert.ok(japanese.words.length > 3);
  });

  test('writes a name as it is told, and nothing of it where nobody says so', { skip }, async () => {
    const terms = ['Sherburn', 'Kubernetes'];
    assert.match((await hear(await open(named))).text, /^Sherbin run his eyes/);
    assert.match((await hear(await open(named), { terms })).text, /^Sherburn run his eyes/);
    assert.doesNotMatch((await hear(await open('leopard/empty.wav'), { terms })).text, /Sher|Kube/);
  });

  test('translates into English when asked to', { skip }, async () => {
    const { text } = await hear(await open('leopard/test_de.wav'), { task: 'translate' });
    assert.match(text.toLowerCase(), /\b(the|was|room|portal)\b/);
  });

  test('writes nothing of applause and music, and a word that goes on for long a few times', { skip }, async () => {
    for (const sound of [applaud(), play()]) assert.deepEqual((await hear(toWavFile(sound))).words, []);
    const word = (await open('leopard/test_de.wav')).read(1.5 * 16_000, 2 * 16_000);
    const said = await hear(toWavFile(Float32Array.from({ length: 15 * 16_000 }, (_, i) => word[i % word.length]!)));
    assert.ok(said.words.length <= 8, said.text);
  });

  test('of two languages at once it writes one', { skip }, async () => {
    const [german, spanish] = [await open('leopard/test_de.wav'), await open('leopard/test_es.wav')];
    const samples = spanish.read(0, spanish.sampleCount);
    const other = german.read(0, spanish.sampleCount);
    const { language, words } = await hear(toWavFile(samples.map((value, i) => value + other[i]!)));
    assert.ok(language === 'de' || language === 'es', language);
    assert.ok(words.length > 3 && words.length < 30);
  });
});

/** Ten seconds of noise that swells and fades. */
function applaud(): Float32Array {
  let state = 1;
  return Float32Array.from({ length: 10 * 16_000 }, (_, i) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31; // the same each time
    return (state / 2 ** 31 - 0.5) * Math.abs(Math.sin(i / 500));
  });
}

/** Ten seconds of a plucked melody. */
function play(): Float32Array {
  const hz = [220, 247, 277, 330, 294, 262];
  return Float32Array.from({ length: 10 * 16_000 }, (_, i) => {
    const phase = (2 * Math.PI * hz[Math.floor(i / 6_000) % hz.length]! * i) / 16_000;
    const loudness = 0.2 * Math.exp(-(i % 6_000) / 3_000);
    return loudness * (Math.sin(phase) + Math.sin(2 * phase) / 2 + Math.sin(3 * phase) / 3);
  });
}

function toWavFile(samples: Float32Array): WavFile {
  return {
    sampleCount: samples.length,
    read(from, to) {
      const part = new Float32Array(to - from);
      part.set(samples.subarray(from, to));
      return part;
    },
    close() {},
  };
}
