import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { levelOf } from '../../../src/gpu-worker/tracks/levels.ts';
import { muteLeaks } from '../../../src/gpu-worker/tracks/mute-leaks.ts';
import { surveyChannels } from '../../../src/gpu-worker/tracks/survey-channels.ts';

const RATE = 16_000;
const SECONDS = 40;
const { signal } = new AbortController();

/** Numbers from -1 to 1, the same at each run. */
function createNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Noise that swells and ebbs four times a second and pauses now and then, as speech does, while it is somebody's turn. */
function speak(seed: number, isOn: (second: number) => boolean): Float32Array {
  const next = createNoise(seed);
  let smooth = 0;
  return Float32Array.from({ length: SECONDS * RATE }, (_, index) => {
    const second = index / RATE;
    smooth = 0.8 * smooth + 0.2 * next();
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2 * second)) ** 2;
    return isOn(second) && second % 2.3 > 0.3 ? 0.6 * smooth * syllable : 0;
  });
}

const steady = (seed: number, volume: number) => {
  const next = createNoise(seed);
  return Float32Array.from({ length: SECONDS * RATE }, () => volume * next());
};
const music = Float32Array.from({ length: SECONDS * RATE }, (_, index) => {
  const second = index / RATE;
  return 0.06 * Math.sin(2 * Math.PI * 330 * second) * (0.6 + 0.4 * Math.sin(2 * Math.PI * 2 * second));
});
const louder = (samples: Float32Array, volume: number) => samples.map(sample => volume * sample);
const late = (samples: Float32Array, ms: number) => {
  const shift = Math.round((ms * RATE) / 1000);
  return samples.map((_, index) => samples[index - shift] ?? 0);
};
const mix = (...all: Float32Array[]) => music.map((_, index) => all.reduce((sum, one) => sum + one[index]!, 0));

const one = speak(1, second => second % 10 < 4);
const other = speak(2, second => second % 10 > 4.5 && second % 10 < 9.5);
const interrupting = speak(3, second => second % 10 > 3 && second % 10 < 9);
const both = mix(one, other);
const silent = new Float32Array(SECONDS * RATE);

function asWav(samples: Float32Array): WavFile {
  const read = (from: number, to: number) =>
    Float32Array.from({ length: to - from }, (_, index) => samples[from + index] ?? 0);
  return { sampleCount: samples.length, read, close: () => {} };
}

const survey = (...channels: Float32Array[]) => surveyChannels(channels.map(asWav), signal);

const apart: [what: string, ...channels: Float32Array[]][] = [
  ['people who take turns', one, other],
  ['people who talk at once', one, interrupting],
  ['one who is far softer', one, louder(other, 0.1)],
  ['a leak of -20 dB to both sides', mix(one, louder(other, 0.1)), mix(other, louder(one, 0.1))],
  ['an echo of -20 dB, 150 ms late', mix(one, louder(late(other, 150), 0.1)), mix(other, louder(late(one, 150), 0.1))],
  ['a hissing line', mix(one, steady(4, 0.004)), mix(other, steady(5, 0.004))],
  ['three channels, one silent', one, silent, other],
];

for (const [what, ...channels] of apart)
  test(`channels are one speaker’s each: ${what}`, async () => {
    assert.equal((await survey(...channels)).verdict, 'apart');
  });

const together: [verdict: string, what: string, ...channels: Float32Array[]][] = [
  ['same', 'copies', both, both],
  ['same', 'copies, one softer', both, louder(both, 0.4)],
  ['same', 'copies with a hiss of their own', mix(both, steady(4, 0.005)), mix(both, steady(5, 0.005))],
  ['same', 'speakers who are heard on both', mix(one, louder(other, 0.4)), mix(other, louder(one, 0.4))],
  ['same', 'speakers over the same music', mix(one, music), mix(other, music)],
  ['inverted', 'a copy upside down', both, louder(both, -1)],
  ['unclear', 'a copy that is hardly heard', both, louder(both, 0.1)],
  ['unclear', 'one silent channel', both, silent],
  ['unclear', 'speech and hiss', both, steady(4, 0.01)],
  ['unclear', 'speech and music', both, music],
  ['unclear', 'two microphones of one room', both, louder(late(both, 15), 0.8)],
  ['unclear', 'silence', silent, silent],
  [
    'unclear',
    'somebody who only coughs',
    one,
    louder(
      speak(6, second => second > 20 && second < 21),
      1,
    ),
  ],
];

for (const [verdict, what, ...channels] of together)
  test(`channels are not one speaker’s each: ${what}`, async () => {
    assert.equal((await survey(...channels)).verdict, verdict);
  });

test('a channel keeps its speaker, and loses the others who leak into it', async () => {
  const leaky = [mix(one, louder(late(interrupting, 40), 0.1)), mix(interrupting, louder(late(one, 40), 0.1))];
  const found = await survey(...leaky);
  const muted = muteLeaks(leaky.map(asWav), found).map(wav => wav.read(0, wav.sampleCount));
  const during = (channel: number, from: number, to: number) =>
    levelOf(muted[channel]!.subarray(from * RATE, to * RATE));
  for (let turn = 0; turn < SECONDS; turn += 10) {
    assert.ok(during(0, turn + 0.5, turn + 2.5) > -35, 'the first speaks');
    assert.ok(during(1, turn + 0.5, turn + 2.5) < -70, 'and is not heard on the other channel');
    assert.ok(during(1, turn + 5, turn + 8) > -35, 'the second speaks');
    assert.ok(during(0, turn + 5, turn + 8) < -70, 'and is not heard on the other channel');
    assert.ok(during(0, turn + 3.2, turn + 4) > -35 && during(1, turn + 3.2, turn + 4) > -35, 'both speak');
  }
});

test('nothing is muted where nothing leaks', async () => {
  const found = await survey(one, interrupting);
  const [first] = muteLeaks([one, interrupting].map(asWav), found).map(wav => wav.read(0, wav.sampleCount));
  assert.ok(first && Math.abs(levelOf(first) - levelOf(one)) < 0.1);
});

test('reading a part gives what reading all gives there', async () => {
  const leaky = [mix(one, louder(other, 0.1)), mix(other, louder(one, 0.1))];
  const [first] = muteLeaks(leaky.map(asWav), await survey(...leaky));
  assert.ok(first);
  const all = first.read(0, first.sampleCount);
  assert.deepEqual(first.read(60_123, 91_234), all.subarray(60_123, 91_234));
  assert.equal(first.read(-10, 0).length, 10);
});

test('the comparison stops when asked to', async () => {
  await assert.rejects(surveyChannels([one, other].map(asWav), AbortSignal.abort()), { name: 'AbortError' });
});
