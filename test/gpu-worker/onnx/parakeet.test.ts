import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { openWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import type { Task } from '../../../src/gpu-worker/inference/protocol.ts';
import { createTaskRunner } from '../../../src/gpu-worker/inference/tasks.ts';
import { loadParakeet } from '../../../src/gpu-worker/onnx/parakeet.ts';
import type { WindowRecognizer } from '../../../src/gpu-worker/onnx/window-recognizer.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { BEAT_MS, standInsDir, writeWhistle } from '../../builders/whistle.ts';

const weightsDir = path.join(standInsDir, 'parakeet-tdt-0.6b-v2');
const never = new AbortController().signal;
const transcribe = { task: 'transcribe' } as const;

describe('Parakeet, with a stand-in for its weights that hears whistling', () => {
  let model: WindowRecognizer;
  let folder: string;
  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-test-'));
    model = await loadParakeet('parakeet-tdt-0.6b-v2', { weightsDir, device: 'cpu' });
  });
  after(async () => {
    await model.release();
    fs.rmSync(folder, { recursive: true });
  });

  function whistle(...tones: number[]): { wavPath: string; all: { startMs: number; endMs: number } } {
    const wavPath = path.join(folder, `${tones.join('')}.wav`);
    writeWhistle(wavPath, tones);
    return { wavPath, all: { startMs: 0, endMs: 240 + tones.length * BEAT_MS } };
  }
  async function hear(...tones: number[]) {
    const { wavPath, all } = whistle(...tones);
    const wav = openWavFile(wavPath);
    const [transcript] = await model.transcribe(wav, [all], transcribe, never, () => {});
    wav.close();
    assert.ok(transcript);
    return transcript;
  }

  test('pieces of words become words with times from the frames', async () => {
    const { words, tokenCount } = await hear(0, 1, 2, 3, 4, 5, 6, 7);
    assert.deepEqual(
      words.map(({ text }) => text),
      ['hello', 'world,', 'good', 'day.'],
    );
    assert.equal(tokenCount, 8);
    const beats = [0, 2, 5, 6];
    words.forEach(({ startMs, endMs, confidence }, index) => {
      assert.ok(Math.abs(startMs - (240 + (beats[index] ?? 0) * BEAT_MS)) <= 80, `${index}: ${startMs}`);
      assert.equal(endMs, words[index + 1]?.startMs ?? 240 + 8 * BEAT_MS);
      assert.ok(confidence > 0.5 && confidence <= 1);
    });
  });

  test('the state goes on with each token, and not with blanks', async () => {
    // the stand-in hears a full stop only after four tokens: not here, where it comes first, after many blanks
    const { words } = await hear(7, 0, 1, 2, 3, 4, 5, 6);
    assert.equal(words.map(({ text }) => text).join(' '), 'hello world, good day');
  });

  test('silence has no words, and a moment is no fault', async () => {
    const { wavPath } = whistle(0);
    const wav = openWavFile(wavPath);
    const windows = [
      { startMs: 500, endMs: 720 },
      { startMs: 700, endMs: 701 },
    ];
    const heard = await model.transcribe(wav, windows, transcribe, never, () => {});
    assert.deepEqual(
      heard.map(({ words }) => words),
      [[], []],
    );
    await assert.rejects(
      model.transcribe(wav, windows, transcribe, AbortSignal.abort(new Error('enough')), () => {}),
      /enough/,
    );
    await assert.rejects(
      model.transcribe(wav, [], { task: 'translate' }, never, () => {}),
      {
        code: 'invalid_usage',
        detail: /does not translate/,
      },
    );
    wav.close();
  });

  test('an inference child hears English with version 2, and a language that is named with version 3', async () => {
    const { wavPath, all } = whistle(0, 1, 2, 3, 4, 5, 6, 7);
    const runner = createTaskRunner({ modelsDir: standInsDir, device: 'cpu', batchFactor: 1 });
    const tasks: Task[] = [
      { kind: 'recognize', wavPath, model: 'parakeet-tdt-0.6b-v2', pieces: [all] },
      {
        kind: 'recognize-windows',
        wavPath,
        model: 'parakeet-tdt-0.6b-v3',
        windows: [all],
        language: 'nl',
        translate: false,
      },
    ];
    const heardSchema = z.array(z.object({ words: z.array(z.unknown()), language: z.string() }));
    for (const [index, language] of ['en', 'nl'].entries()) {
      const heard = await runner.run(tasks[index]!, { frugal: false, signal: never, onProgress: () => {} });
      const [transcript] = heardSchema.parse(heard);
      assert.deepEqual([transcript?.language, transcript?.words.length], [language, 4]);
    }
  });
});

test('a vocabulary without a blank is refused', async t => {
  const folder = await makeTemporaryFolder(t);
  fs.cpSync(weightsDir, folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'vocab.txt'), '<unk> 0\n');
  await assert.rejects(loadParakeet('parakeet-tdt-0.6b-v2', { weightsDir: folder, device: 'cpu' }), {
    code: 'inference_failed',
    detail: /has no <blk>/,
  });
});
