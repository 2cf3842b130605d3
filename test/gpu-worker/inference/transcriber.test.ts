import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HansardError } from '../../../src/errors.ts';
import { NOT_ENGLISH_WARNING } from '../../../src/gpu-worker/asr/language-doubt.ts';
import type { PieceTranscript } from '../../../src/gpu-worker/asr/piece-transcript.ts';
import { VAD_FRAME_MS, VAD_FRAME_SAMPLES } from '../../../src/gpu-worker/asr/vad-frames.ts';
import type { Task } from '../../../src/gpu-worker/inference/protocol.ts';
import { createTranscriber } from '../../../src/gpu-worker/inference/transcriber.ts';
import type { Span } from '../../../src/pipeline/meeting.ts';
import type { TranscribeOptions } from '../../../src/pipeline/ports.ts';
import { createFakePool, createStageContext } from '../../fakes/inference-pool.ts';

const options = { language: 'auto', model: 'moonshine-base' };
type Heard = (piece: Span) => PieceTranscript;

/** Each piece says when it begins, in one word half a second long. */
const sayStart: Heard = ({ startMs }) => ({
  words: [{ text: `${Math.round(startMs / 1_000)}`, startMs: 200, endMs: 700, confidence: 0.9 }],
  tokenCount: 4,
  logProbability: -0.4,
});

/** Models that know the truth: when somebody speaks, and what is heard then. */
function transcribe(
  seconds: number,
  speech: readonly Span[],
  {
    size = 2,
    heard = sayStart,
    batchFactor = 1,
    ...changes
  }: { size?: number; heard?: Heard; batchFactor?: number } & Partial<TranscribeOptions> = {},
) {
  const speaks = (frame: number) => {
    const middleMs = (frame + 0.5) * VAD_FRAME_MS;
    return speech.some(({ startMs, endMs }) => startMs <= middleMs && middleMs < endMs) ? 1 : 0;
  };
  const pool = createFakePool(
    size,
    (task, { onProgress }) => {
      onProgress(0.5);
      if (task.kind === 'recognize') return task.pieces.map(heard);
      if (task.kind === 'recognize-windows') return task.windows.map(heard);
      assert.equal(task.kind, 'detect-speech');
      return Float32Array.from({ length: task.toFrame - task.fromFrame }, (_, index) => speaks(task.fromFrame + index));
    },
    batchFactor,
  );
  const { context, said } = createStageContext();
  const audio = { wavPath: 'a.wav', sampleCount: seconds * 16_000, durationMs: seconds * 1_000 };
  const done = createTranscriber(pool).transcribe(audio, { ...options, ...changes }, context);
  return { done, said, tasks: pool.tasks };
}

const detections = (tasks: readonly Task[]) => tasks.filter(task => task.kind === 'detect-speech');
const recognitions = (tasks: readonly Task[]) => tasks.filter(task => task.kind === 'recognize');

const threeTurns = [
  { startMs: 1_000, endMs: 3_000 },
  { startMs: 8_000, endMs: 20_000 },
  { startMs: 30_000, endMs: 33_000 },
];

describe('the transcriber', () => {
  test('puts the words in time order, whatever the order in which their pieces are recognised', async () => {
    const { done, tasks } = transcribe(40, threeTurns);
    const { words, language } = await done;
    const [batch] = recognitions(tasks);
    assert.ok(batch!.pieces[0]!.startMs > 7_000, 'the longest piece comes first');
    assert.deepEqual(
      words.map(({ text, startMs }) => [text, Math.round(startMs / 1_000)]),
      [
        ['1', 1],
        ['8', 8],
        ['30', 30],
      ],
    );
    assert.equal(language, 'en');
  });

  test('says where speech was', async () => {
    const { speech, warnings } = await transcribe(40, threeTurns).done;
    assert.equal(speech.length, 3);
    speech.forEach((span, index) => {
      assert.ok(Math.abs(span.startMs - threeTurns[index]!.startMs) < VAD_FRAME_MS);
      assert.ok(Math.abs(span.endMs - threeTurns[index]!.endMs) < VAD_FRAME_MS);
    });
    assert.deepEqual(warnings, []);
  });

  test('splits the detection of a long recording over the children, without a seam', async () => {
    const border = (3_600 / 4) * 1_000;
    const { done, tasks } = transcribe(3_600, [{ startMs: border - 3_000, endMs: border + 3_000 }], { size: 4 });
    const { speech } = await done;
    assert.equal(speech.length, 1);
    const frames = (3_600 * 16_000) / VAD_FRAME_SAMPLES;
    assert.deepEqual(
      detections(tasks).map(({ fromFrame, toFrame }) => [fromFrame / frames, toFrame / frames]),
      [
        [0, 0.25],
        [0.25, 0.5],
        [0.5, 0.75],
        [0.75, 1],
      ],
    );
  });

  test('detects at most an hour in one task, and a short recording in a single one', async () => {
    const long = transcribe(2.5 * 3_600, [], { size: 1 });
    const short = transcribe(300, [], { size: 8 });
    await Promise.all([long.done, short.done]);
    assert.equal(detections(long.tasks).length, 3);
    assert.equal(detections(short.tasks).length, 1);
  });

  test('recognises nothing where nobody speaks', async () => {
    const { done, tasks, said } = transcribe(20, []);
    assert.deepEqual(await done, { language: 'en', words: [], speech: [], warnings: [] });
    assert.deepEqual(recognitions(tasks), []);
    assert.equal(said.fractions.at(-1), 1);
  });

  test('a recording without a sample has no words', async () => {
    const { done, tasks } = transcribe(0, []);
    assert.deepEqual((await done).words, []);
    assert.deepEqual(tasks, []);
  });

  test('gives more sound to a child that can hold it, and less to one that cannot', async () => {
    const turns = Array.from({ length: 12 }, (_, turn) => ({ startMs: turn * 20_000, endMs: turn * 20_000 + 12_000 }));
    const sizes = async (batchFactor: number) => {
      const { done, tasks } = transcribe(240, turns, { batchFactor });
      await done;
      return recognitions(tasks).map(({ pieces }) => pieces.length);
    };
    assert.deepEqual(await sizes(1), [6, 6]);
    assert.deepEqual(await sizes(8), [12]);
    assert.deepEqual(await sizes(0.125), new Array(12).fill(1));
  });

  test('asks for the model that was chosen', async () => {
    const { done, tasks } = transcribe(40, threeTurns, { model: 'moonshine-tiny' });
    await done;
    assert.deepEqual(
      recognitions(tasks).map(({ model }) => model),
      ['moonshine-tiny'],
    );
  });

  test('names the terms of the glossary to Whisper, each once, but not for a translation', async () => {
    const glossary = [
      { heard: 'hansart', written: 'Hansard' },
      { heard: 'hansord', written: 'Hansard' },
      { written: 'Ada' },
    ];
    const { done, tasks } = transcribe(40, threeTurns, {
      ...{ model: 'whisper-base', language: 'de', translate: true, glossary },
    });
    await done;
    const asked = tasks.filter(task => task.kind === 'recognize-windows');
    assert.deepEqual(
      asked.map(({ translate, terms }) => [translate, terms]),
      [
        [false, ['Hansard', 'Ada']],
        [true, undefined],
      ],
    );
  });

  test('refuses a model that recognises no speech before any work', async () => {
    const { done, tasks } = transcribe(40, threeTurns, { model: 'campplus' });
    await assert.rejects(done, { code: 'invalid_usage', detail: /^campplus is no speech recognition model/ });
    assert.deepEqual(tasks, []);
  });

  test('warns where the recogniser doubts as it does in other languages', async () => {
    const foreign: Heard = piece => ({ ...sayStart(piece), tokenCount: 20, logProbability: -16 });
    assert.deepEqual((await transcribe(40, threeTurns, { heard: foreign }).done).warnings, [NOT_ENGLISH_WARNING]);
  });

  test('of speech without words it says that, not that it may be another language', async () => {
    const wordless: Heard = piece => ({ ...sayStart(piece), tokenCount: 20, logProbability: -16, words: [] });
    const { warnings } = await transcribe(40, threeTurns, { heard: wordless }).done;
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^\d+ s of what sounds like speech gave no words/);
  });

  test('has one progress, a tenth of it for the detection', async () => {
    const { done, said } = transcribe(40, threeTurns);
    await done;
    const percent = said.fractions.map(fraction => Math.round(fraction * 100));
    assert.deepEqual(percent, [5, 10, 55, 100, 100]);
  });

  for (const field of ['startMs', 'endMs', 'confidence']) {
    test(`refuses a word whose ${field} is no number`, async () => {
      const broken: Heard = piece => {
        const { words, ...rest } = sayStart(piece);
        return { ...rest, words: words.map(word => ({ ...word, [field]: Number.NaN })) };
      };
      await assert.rejects(transcribe(40, threeTurns, { heard: broken }).done, {
        code: 'inference_failed',
        detail: /^recognize: /,
      });
    });
  }

  test('fails with the fault of a task', async () => {
    const failing: Heard = () => {
      throw new HansardError('out_of_memory', 'recognize');
    };
    await assert.rejects(transcribe(40, threeTurns, { heard: failing }).done, { code: 'out_of_memory' });
  });
});
