import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import type { Scores } from '../../../src/gpu-worker/onnx/decoder-batch.ts';
import { loadHubWhisper } from '../../../src/gpu-worker/onnx/hub-whisper.ts';
import { loadWhisper } from '../../../src/gpu-worker/onnx/whisper.ts';
import type { WindowRecognizer } from '../../../src/gpu-worker/onnx/window-recognizer.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { BEAT_MS, standInsDir, writeWhistle } from '../../builders/whistle.ts';

const weightsDir = path.join(standInsDir, 'whisper-tiny');
const files = { weightsDir, graphsDir: '', device: 'cpu' } as const;
const never = new AbortController().signal;

describe("the hub's Whisper, with a stand-in for its weights that hears whistling", () => {
  let model: WindowRecognizer;
  let folder: string;
  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-test-'));
    model = await loadWhisper('whisper-tiny', files);
  });
  after(async () => {
    await model.release();
    fs.rmSync(folder, { recursive: true });
  });

  async function hear(spans: readonly { tones: number; from: number }[], language?: string) {
    const wavPath = path.join(folder, 'whistle.wav');
    writeWhistle(wavPath, [0, 1, 2, 3, 4, 5, 6, 7]);
    const wav = openWavFile(wavPath);
    const windows = spans.map(({ tones, from }) => ({
      startMs: from * BEAT_MS,
      endMs: (from + tones) * BEAT_MS + 240,
    }));
    const heard = await model.transcribe(wav, windows, { task: 'transcribe', language }, never, () => {});
    wav.close();
    return heard.map(({ words, ...rest }) => ({ ...rest, words, text: words.map(({ text }) => text).join(' ') }));
  }

  test('text, language and word times come out of its two branches', async () => {
    const [heard] = await hear([{ from: 0, tones: 8 }]);
    assert.equal(heard?.text, 'hello world, good day.');
    assert.deepEqual([heard?.language, Object.keys(heard?.languages ?? {})], ['en', ['en', 'de']]);
    const beats = [0, 2, 5, 6];
    heard?.words.forEach(({ startMs }, index) => {
      // a word begins about where its tone does: the stand-in looks at the middle of the tone alone
      assert.ok(Math.abs(startMs - (240 + (beats[index] ?? 0) * BEAT_MS)) <= BEAT_MS / 2 + 120, `${index}: ${startMs}`);
    });
  });

  test('windows of different lengths are decoded together, and each keeps its sound as the others end', async () => {
    const heard = await hear(
      [
        { from: 2, tones: 2 },
        { from: 0, tones: 8 },
        { from: 5, tones: 3 },
        { from: 3, tones: 1 },
      ],
      'de',
    );
    assert.deepEqual(
      heard.map(({ text }) => text),
      ['world', 'hello world, good day.', 'good day.', 'ld'],
    );
    assert.ok(heard.every(({ language }) => language === 'de'));
  });

  test('several texts go on over the sound of one window, and a window can be begun anew', async () => {
    const whole = await loadHubWhisper('whisper-tiny', files);
    const wavPath = path.join(folder, 'texts.wav');
    writeWhistle(wavPath, [0, 1, 2, 3]);
    const wav = openWavFile(wavPath);
    const { vocabulary } = whole;
    const likeliest = ({ logits }: Scores) =>
      Array.from({ length: logits.length / vocabulary.size }, (_, row) => {
        const own = logits.subarray(row * vocabulary.size, (row + 1) * vocabulary.size);
        return own.indexOf(Math.max(...own));
      });
    const opening = [
      ...[vocabulary.startOfTranscript, vocabulary.languages.get('en') ?? 0],
      ...[vocabulary.transcribe, vocabulary.noTimestamps],
    ];
    // one begins with its first tone, the other with its second
    const windows = [0, 1].map(from => ({ startMs: from * BEAT_MS, endMs: 4 * BEAT_MS + 240 }));
    const batch = await whole.hear(wav, windows, never);
    assert.deepEqual(likeliest(await batch.step([...opening, ...opening])), [0, 1]);
    batch.branch([0, 0, 1, 1]);
    assert.deepEqual(likeliest(await batch.step([0, 0, 1, 1])), [1, 1, 2, 2]);
    batch.branch([1, 0, 2, 2]);
    batch.keep([1]);
    assert.deepEqual(likeliest(await batch.step([2, 2])), [3, 3]);
    batch.restart([1, 0]);
    assert.deepEqual(likeliest(await batch.step([...opening, ...opening])), [1, 0]);
    batch.rewind();
    assert.deepEqual(likeliest(await batch.step([...opening, ...opening])), [1, 0]);
    batch.rewind();
    // with marks of time, the first of which comes before the text; the likeliest token of one window must not come
    const suppressed = new Float32Array(vocabulary.size);
    suppressed[1] = Number.NEGATIVE_INFINITY;
    const unmarked = opening.slice(0, -1);
    const { marks } = await batch.stepToLikeliest([...unmarked, ...unmarked], { marks: true });
    assert.deepEqual(
      marks?.map(own => own.indexOf(Math.max(...own))),
      [0, 0],
    );
    const first = vocabulary.noTimestamps + 1;
    const { followers, marks: none } = await batch.stepToLikeliest([first, first], { suppressed });
    assert.deepEqual([followers[0]![0]!.token !== 1, followers[1]![0]!.token, none], [true, 0, undefined]);
    assert.ok(followers.flat().every(({ token }) => token !== 1 && token <= vocabulary.endOfText));
    batch.release();
    wav.close();
    await whole.release();
  });

  test('a cancel is heard before a window', async () => {
    const wavPath = path.join(folder, 'short.wav');
    writeWhistle(wavPath, [0]);
    const wav = openWavFile(wavPath);
    const cancelled = AbortSignal.abort(new Error('enough'));
    const windows = [{ startMs: 0, endMs: 500 }];
    await assert.rejects(
      model.transcribe(wav, windows, { task: 'transcribe' }, cancelled, () => {}),
      /enough/,
    );
    wav.close();
  });
});

test('a tokenizer that is missing, or something else, is named', async t => {
  const copy = await makeTemporaryFolder(t);
  fs.cpSync(weightsDir, copy, { recursive: true });
  fs.writeFileSync(path.join(copy, 'tokenizer.json'), '{}');
  const load = () => loadWhisper('whisper-tiny', { ...files, weightsDir: copy });
  await assert.rejects(load, { code: 'inference_failed', detail: /tokenizer\.json is not what it should be/ });
  fs.rmSync(path.join(copy, 'tokenizer.json'));
  await assert.rejects(load, { code: 'model_missing' });
});
