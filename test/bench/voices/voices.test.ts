import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hearThrough } from '../../../src/bench/voices/conditions.ts';
import type { MeasuredVoice } from '../../../src/bench/voices/measure-voices.ts';
import { presentDet } from '../../../src/bench/voices/present-det.ts';
import { scoreVoices } from '../../../src/bench/voices/score-voices.ts';
import { equalErrorPoint, pointOfFalseAccepts } from '../../../src/bench/voices/trials.ts';
import { voiceVector } from '../../builders/voice-vector.ts';

test('error rates of a hand-made example', () => {
  const trials = { same: [0.9, 0.8, 0.7, 0.3], other: [0.4, 0.2, 0.1, 0] };
  const equal = equalErrorPoint(trials);
  assert.deepEqual([equal?.threshold, equal?.falseAccepts, equal?.misses], [0.4, 0.25, 0.25]);
  const safe = pointOfFalseAccepts(trials, 0.001);
  assert.deepEqual([safe?.threshold, safe?.misses], [0.7, 0.25]);
});

test('people are known again, strangers are not, and the table says so', () => {
  const voice = (seed: number, spread: number): MeasuredVoice => {
    const take = (from: number, isNarrow = false) =>
      Array.from({ length: 10 }, (_, i) => ({ vector: voiceVector(seed, { spread, take: from + i }), isNarrow }));
    const narrow = take(60).map(({ vector }) => vector.map(value => -value)); // nothing like the voice as it is
    const telephone = take(40, true).map(block => ({ ...block, vector: block.vector.map(value => -value) }));
    return { voice: `${seed}`, blocks: { clean: take(0), 'noise 10 dB': take(20), telephone }, narrow };
  };
  const figures = scoreVoices([voice(1, 0.3), voice(2, 0.3), voice(3, 0.3)]);
  assert.equal(figures.length, 6);
  const [first] = figures;
  assert.deepEqual(
    [first?.samples, first?.accuracy, first?.named, first?.strangersNamed, first?.equalError],
    [18, 1, 1, 0, 0],
  );
  const telephone = figures.find(({ condition }) => condition === 'telephone');
  assert.deepEqual([telephone?.accuracy, telephone?.named], [1, 1], 'compared with what a telephone lets through');
  assert.deepEqual(
    first?.heldOut.map(({ misses, others }) => [misses, others]),
    [
      [0, 12],
      [0, 0],
    ],
    'two voices in one half, one in the other',
  );
  const [alike] = scoreVoices([voice(1, 0.3), voice(2, 0.3), { ...voice(1, 0.3), voice: 'twin' }]);
  assert.deepEqual(
    alike?.heldOut.map(({ falseAccepts }) => falseAccepts),
    [12, 0],
    'a threshold that was chosen without twins accepts them',
  );
  assert.ok((alike?.strangersNamed ?? 0) > 0, 'a twin who never enrolled is a false accept');
});

test('a telephone passes the middle and takes the rest; noise is as loud as it says', () => {
  const tone = (hz: number) =>
    Float32Array.from({ length: 16_000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / 16_000));
  const power = (samples: Float32Array) => samples.subarray(1_000, 15_000).reduce((sum, v) => sum + v * v, 0);
  const passed = (hz: number) => power(hearThrough('telephone', tone(hz))) / power(tone(hz));
  assert.ok(passed(1_000) > 0.9 && passed(100) < 0.05 && passed(6_000) < 0.01, [100, 1_000, 6_000].map(passed).join());
  const clean = tone(440);
  const noise = hearThrough('noise 10 dB', clean).map((value, index) => value - (clean[index] ?? 0));
  assert.ok(Math.abs(10 * Math.log10(power(clean) / power(noise)) - 10) < 0.5);
});

test('the curve is a picture with a line per condition', () => {
  const svg = presentDet([{ name: 'clean, 5 s', trials: { same: [0.9, 0.2], other: [0.4, 0.1] } }]);
  assert.match(svg, /^<svg [^>]+>/);
  assert.equal(svg.match(/<polyline/g)?.length, 1);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});
