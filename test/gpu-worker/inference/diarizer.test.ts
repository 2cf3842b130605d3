import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diarize } from '../../../src/gpu-worker/diarization/diarize.ts';
import {
  ACTIVITY_CHANNELS,
  FRAME_SAMPLES,
  frameEdge,
  type SampleSpan,
  WINDOW_FRAMES,
  windowCount,
} from '../../../src/gpu-worker/diarization/voice-models.ts';
import { createDiarizer } from '../../../src/gpu-worker/inference/diarizer.ts';
import type { Task } from '../../../src/gpu-worker/inference/protocol.ts';
import { createFakePool, createStageContext } from '../../fakes/inference-pool.ts';
import { createNoise, perfectActivities, stack, voiceEmbedding } from '../diarization/synthetic-voices.ts';

const seconds = 300;
const audio = { wavPath: 'a.wav', sampleCount: seconds * 16_000, durationMs: seconds * 1_000 };
const free = { minSpeakers: 1, maxSpeakers: 30 };

/** Turns of five seconds with a second of silence between, three voices in an order without a period. */
function speakersAt(frame: number): readonly number[] {
  const second = frameEdge(frame) / 16_000;
  const turn = Math.floor(second / 6);
  return second % 6 < 5 ? [Math.floor(turn * turn * 0.37) % 3] : [];
}

const activities = perfectActivities(windowCount(audio.sampleCount), speakersAt);

/** The same every time, whatever else is asked for with it. */
function embed(spans: readonly SampleSpan[]): Float32Array {
  const embedOne = ({ from, to }: SampleSpan) =>
    voiceEmbedding(speakersAt(Math.round((from + to) / 2 / FRAME_SAMPLES))[0] ?? 0, 0.6, createNoise(from + 1));
  return stack(spans.map(embedOne));
}

function answer(task: Task): unknown {
  if (task.kind === 'embed') return embed(task.spans);
  assert.equal(task.kind, 'segment');
  const perWindow = WINDOW_FRAMES * ACTIVITY_CHANNELS;
  return activities.slice(task.firstWindow * perWindow, (task.firstWindow + task.windowCount) * perWindow);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

describe('the diarizer', () => {
  test('finds in many tasks what it finds in one', async () => {
    const whole = { activities: async () => activities, embed: async (spans: SampleSpan[]) => embed(spans) };
    const expected = await diarize(whole, audio, free, createStageContext().context);
    // the later a task comes, the sooner it is done
    let waiting = 20;
    const pool = createFakePool(2, async task => {
      for (let turn = waiting--; turn > 0; turn--) await new Promise(setImmediate);
      return answer(task);
    });
    const found = await createDiarizer(pool).diarize(audio, free, createStageContext().context);
    assert.equal(expected.speakerCount, 3);
    assert.deepEqual(found, expected);
    for (const kind of ['segment', 'embed']) {
      assert.ok(pool.tasks.filter(task => task.kind === kind).length > 1, `${kind} was split`);
    }
    assert.ok(pool.tasks.every(({ wavPath }) => wavPath === audio.wavPath));
  });

  test('asks for each window once and for few enough in one task that a cancel is soon heard', async () => {
    const pool = createFakePool(2, answer);
    await createDiarizer(pool).diarize(audio, free, createStageContext().context);
    const asked = pool.tasks.flatMap(task =>
      task.kind === 'segment' ? Array.from({ length: task.windowCount }, (_, index) => task.firstWindow + index) : [],
    );
    assert.deepEqual(asked, [...Array(windowCount(audio.sampleCount)).keys()]);
    for (const task of pool.tasks) {
      assert.ok(task.kind === 'segment' ? task.windowCount <= 60 : task.kind === 'embed' && task.spans.length <= 100);
    }
  });

  test('has a progress that rises to one', async () => {
    const { context, said } = createStageContext();
    await createDiarizer(createFakePool(2, answer)).diarize(audio, free, context);
    assert.deepEqual(
      said.fractions,
      said.fractions.toSorted((a, b) => a - b),
    );
    assert.ok(said.fractions.length > 3);
    assert.equal(said.fractions.at(-1), 1);
  });

  test('keeps to the number of speakers that is known', async () => {
    const limits = { minSpeakers: 2, maxSpeakers: 2 };
    const { context } = createStageContext();
    assert.equal((await createDiarizer(createFakePool(2, answer)).diarize(audio, limits, context)).speakerCount, 2);
  });

  test('counts the time of the clustering, and not that of other work during the tasks', async () => {
    const { context, said } = createStageContext();
    let elsewhere = 0;
    const pool = createFakePool(1, async task => {
      await new Promise(setImmediate);
      const before = cpuSeconds();
      while (cpuSeconds() < before + 0.03);
      const answered = answer(task);
      elsewhere += cpuSeconds() - before;
      return answered;
    });
    const before = cpuSeconds();
    await createDiarizer(pool).diarize(audio, free, context);
    assert.ok(said.cpuSeconds > 0);
    assert.ok(said.cpuSeconds <= cpuSeconds() - before - elsewhere);
  });

  for (const [kind, value] of [
    ['segment', new Float32Array(10)],
    ['segment', new Uint8Array(10)],
    ['embed', new Uint8Array(10)],
    ['embed', new Float32Array(10)],
  ] as const) {
    test(`refuses ${value.length} numbers of ${value.constructor.name} as the answer to ${kind}`, async () => {
      const pool = createFakePool(1, task => (task.kind === kind ? value : answer(task)));
      const { context } = createStageContext();
      await assert.rejects(createDiarizer(pool).diarize(audio, free, context), {
        code: 'inference_failed',
        detail: new RegExp(`^${kind}: `),
      });
    });
  }
});
