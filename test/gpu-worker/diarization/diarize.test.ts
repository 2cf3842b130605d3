import assert from 'node:assert/strict';
import test from 'node:test';
import { diarize } from '../../../src/gpu-worker/diarization/diarize.ts';
import {
  frameEdge,
  type VoiceContext,
  type VoiceModels,
  windowCount,
} from '../../../src/gpu-worker/diarization/voice-models.ts';
import { createNoise, perfectActivities, stack, voiceEmbedding } from './synthetic-voices.ts';

const free = { minSpeakers: 1, maxSpeakers: 30 };
const sampleCount = 60 * 16_000;
const context: VoiceContext = { signal: new AbortController().signal, onProgress: () => {} };

/** Models that know the truth: who speaks in each frame. */
function createModels(speakersAt: (frame: number) => readonly number[]): VoiceModels {
  const noise = createNoise(5);
  return {
    activities: async range => perfectActivities(range.windowCount, speakersAt),
    embed: async spans =>
      stack(
        spans.map(({ from, to }) => {
          const middle = Math.round((from + to) / 2 / 270);
          return voiceEmbedding(speakersAt(middle)[0] ?? 0, 0.6, noise);
        }),
      ),
  };
}

/** Turns of 5 s in the order 2, 1, 2, 1 with a pause of a second; both speak from 20 to 21 s. */
function twoVoices(frame: number): readonly number[] {
  const seconds = frameEdge(frame) / 16_000;
  if (seconds >= 20 && seconds < 21) return [1, 2];
  return seconds % 6 < 5 ? [2 - (Math.floor(seconds / 6) % 2)] : [];
}

test('turns are found, voices numbered by first appearance', async () => {
  const { spans, speakerCount } = await diarize(createModels(twoVoices), { sampleCount }, free, context);
  assert.equal(speakerCount, 2);
  assert.deepEqual(
    spans.slice(0, 3).map(({ speaker }) => speaker),
    [0, 1, 0],
  );
  assert.ok(Math.abs(spans[1]!.startMs - 6000) < 40 && Math.abs(spans[1]!.endMs - 11_000) < 40);
  assert.ok(spans.every(({ startMs }, i) => i === 0 || startMs >= spans[i - 1]!.startMs));
});

test('where two voices speak at once both have a span', async () => {
  const { spans } = await diarize(createModels(twoVoices), { sampleCount }, free, context);
  const during = spans.filter(({ startMs, endMs }) => startMs < 20_400 && endMs > 20_600);
  assert.deepEqual(new Set(during.map(({ speaker }) => speaker)), new Set([0, 1]));
});

test('nobody speaks: no speakers, and no voice is asked for', async () => {
  const models: VoiceModels = { ...createModels(() => []), embed: () => Promise.reject(new Error('asked')) };
  const diarization = await diarize(models, { sampleCount }, { minSpeakers: 3, maxSpeakers: 3 }, context);
  assert.deepEqual(diarization, { spans: [], speakerCount: 0, warnings: [] });
});

test('one voice gives one speaker, whose spans end with the recording', async () => {
  const { spans, speakerCount } = await diarize(
    createModels(() => [0]),
    { sampleCount },
    free,
    context,
  );
  assert.equal(speakerCount, 1);
  assert.equal(spans.length, 1);
  assert.ok(spans[0]!.endMs <= 60_000 && spans[0]!.endMs > 59_900);
});

test('the wished number of speakers is kept', async () => {
  for (const count of [1, 2, 3]) {
    const limits = { minSpeakers: count, maxSpeakers: count };
    const { speakerCount } = await diarize(createModels(twoVoices), { sampleCount }, limits, context);
    assert.equal(speakerCount, count);
  }
});

test('windows cover the recording to its end, and the progress reaches one', async () => {
  const asked: number[] = [];
  const models = createModels(twoVoices);
  const fractions: number[] = [];
  await diarize(
    {
      ...models,
      activities: (range, inner) => {
        asked.push(range.windowCount);
        return models.activities(range, inner);
      },
    },
    { sampleCount },
    free,
    { ...context, onProgress: fraction => fractions.push(fraction) },
  );
  assert.deepEqual(asked, [windowCount(sampleCount)]);
  assert.equal(fractions.at(-1), 1);
});
