import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeUnheard } from '../../../src/gpu-worker/asr/unheard-speech.ts';
import type { Span } from '../../../src/pipeline/meeting.ts';

/** Two pieces of speech, of which the first has words. */
function describeSecond(first: Span, second: Span) {
  const word = { text: 'yes', startMs: first.startMs + 200, endMs: first.startMs + 600, confidence: 0.9 };
  return describeUnheard([first, second], [first, second], [word]);
}

test('a quarter of the speech without words is told', () => {
  const [told, ...others] = describeSecond({ startMs: 0, endMs: 36_000 }, { startMs: 40_000, endMs: 52_000 });
  assert.match(told ?? '', /^12 s of what sounds like speech gave no words/);
  assert.deepEqual(others, []);
});

test('less than a quarter is not told', () => {
  assert.deepEqual(describeSecond({ startMs: 0, endMs: 37_000 }, { startMs: 40_000, endMs: 52_000 }), []);
});

test('nor is a cough, though there is nothing else', () => {
  const cough = { startMs: 1_000, endMs: 2_900 };
  assert.deepEqual(describeUnheard([cough], [cough], []), []);
  assert.equal(describeUnheard([{ ...cough, endMs: 3_000 }], [{ ...cough, endMs: 3_000 }], []).length, 1);
});

test('a margin of silence around the speech does not count', () => {
  const speech = [{ startMs: 1_000, endMs: 2_500 }];
  assert.deepEqual(describeUnheard(speech, [{ startMs: 0, endMs: 4_000 }], []), []);
});
