import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Follower } from '../../../src/gpu-worker/asr/likeliest-tokens.ts';
import { followMarked, isMark, type MarkedTime, passToken, UNBEGUN } from '../../../src/gpu-worker/asr/time-marks.ts';

const vocabulary = { endOfText: 10, noTimestamps: 12 };
const END = vocabulary.endOfText;
const markAt = (step: number) => vocabulary.noTimestamps + 1 + step;

/** Where a text is after these tokens. */
function pass(...tokens: readonly number[]): MarkedTime {
  return tokens.reduce((time, token) => passToken(time, token, vocabulary), UNBEGUN);
}

/** What follows, by probabilities of tokens of text and of marks by their steps. */
function follow(time: MarkedTime, text: Record<number, number>, marks: Record<number, number> = {}): Follower {
  const followers = Object.entries(text).map(([token, probability]) => ({ token: Number(token), probability }));
  const logs = Float32Array.from({ length: 101 }, (_, step) => Math.log(marks[step] ?? 0));
  return followMarked(
    time,
    followers.sort((a, b) => b.probability - a.probability),
    logs,
    vocabulary,
  );
}

const almost = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}`);

test('a mark is a token behind those of the vocabulary that tell the model what to do', () => {
  assert.deepEqual([isMark(vocabulary.noTimestamps, vocabulary), isMark(markAt(0), vocabulary)], [false, true]);
});

test('a text opens and closes, and opens again', () => {
  assert.deepEqual(pass(), { last: -1, state: 'unbegun' });
  assert.deepEqual(pass(markAt(3)), { last: 3, state: 'opened' });
  assert.deepEqual(pass(markAt(3), 1, 2), { last: 3, state: 'in text' });
  assert.deepEqual(pass(markAt(3), 1, markAt(9)), { last: 9, state: 'closed' });
  assert.deepEqual(pass(markAt(3), 1, markAt(9), markAt(9)), { last: 9, state: 'opened' });
});

test('it begins with a mark within the first second, however likely anything else is', () => {
  const begun = follow(UNBEGUN, { 1: 0.6, [END]: 0.2 }, { 50: 0.05, 51: 0.1, 100: 0.05 });
  assert.equal(begun.token, markAt(50));
  almost(begun.probability, 0.05);
});

test('after the mark that opens comes text, or the end, and no other mark', () => {
  assert.equal(follow(pass(markAt(0)), { 1: 0.1, 2: 0.05 }, { 0: 0.2, 20: 0.6 }).token, 1);
  assert.equal(follow(pass(markAt(0)), { [END]: 0.1, 2: 0.05 }, { 20: 0.8 }).token, END);
});

test('a text goes on until marks together are likelier than its likeliest token', () => {
  const time = pass(markAt(0), 1);
  assert.equal(follow(time, { 2: 0.4, 3: 0.25 }, { 10: 0.15, 11: 0.2 }).token, 2);
  const closed = follow(time, { 2: 0.4, 3: 0.15 }, { 10: 0.21, 11: 0.24 });
  assert.equal(closed.token, markAt(11));
  almost(closed.probability, 0.24);
});

test('times never go back: a stretch takes time, the next may begin where it ended', () => {
  const marks = { 4: 0.4, 5: 0.3, 6: 0.2 };
  assert.equal(follow(pass(markAt(5), 1), { 2: 0.1 }, marks).token, markAt(6));
  assert.equal(follow(pass(markAt(0), 1, markAt(5)), { [END]: 0.1 }, marks).token, markAt(5));
  assert.equal(
    follow(pass(markAt(5), 1), { 2: 0.1 }, { 4: 0.5, 5: 0.4 }).token,
    2,
    'marks that may not come do not count',
  );
});

test('after the mark that closes comes one that opens, or the end, and no text', () => {
  const time = pass(markAt(0), 1, markAt(20));
  assert.equal(follow(time, { 2: 0.6, [END]: 0.1 }, { 20: 0.1, 21: 0.1 }).token, markAt(20));
  assert.equal(follow(time, { 2: 0.6, [END]: 0.3 }, { 20: 0.05, 21: 0.05 }).token, END);
  assert.equal(follow(time, { 2: 0.9, 3: 0.05 }, { 20: 0.01 }).token, markAt(20), 'the end is none of the likeliest');
});

test('where the vocabulary has no marks the text ends, and nobody is sure of it', () => {
  const { token, probability } = followMarked(UNBEGUN, [{ token: 1, probability: 1 }], new Float32Array(), vocabulary);
  assert.equal(token, END);
  assert.ok(probability > 0 && probability < 1e-9);
});

test('probabilities of text are those among what may come', () => {
  almost(follow(pass(markAt(0)), { 1: 0.3, 2: 0.1 }, { 0: 0.4, 7: 0.2 }).probability, 0.3 / 0.4);
  almost(follow(pass(markAt(9), 1), { 2: 0.3, 3: 0.1 }, { 4: 0.5, 12: 0.1 }).probability, 0.3 / 0.5);
  assert.ok(follow(pass(markAt(0)), { 1: 0.500001 }, { 0: 0.5 }).probability <= 1, 'rounding makes none certain twice');
});
