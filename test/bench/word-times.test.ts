import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { measureWordStarts, quantile, type TimedWord } from '../../src/bench/word-times.ts';

/** Words of 200 ms that start at the given times. */
function said(...words: [text: string, startMs: number][]): TimedWord[] {
  return words.map(([text, startMs]) => ({ text, startMs, endMs: startMs + 200 }));
}

describe('word starts', () => {
  test('are found minus true, so early is negative', () => {
    const truth = said(['good', 1000], ['morning', 1400]);
    assert.deepEqual(measureWordStarts(truth, said(['good', 970], ['morning', 1480])), [-30, 80]);
  });

  test('are compared whatever the case and the punctuation', () => {
    assert.deepEqual(measureWordStarts(said(["Don't,", 500]), said(['don’t', 510])), [10]);
  });

  test('of misheard and missed words are left out, and those behind still find theirs', () => {
    const truth = said(['ship', 0], ['on', 300], ['Friday', 600], ['then', 900]);
    const found = said(['sheep', 20], ['on', 310], ['then', 940]);
    assert.deepEqual(measureWordStarts(truth, found), [10, 40]);
  });

  test('of a repeated word belong to the repetition that is meant', () => {
    const truth = said(['no', 0], ['no', 1000], ['wait', 2000]);
    assert.deepEqual(measureWordStarts(truth, said(['no', 5], ['no', 1005], ['wait', 2005])), [5, 5, 5]);
  });

  test('of nothing are nothing', () => {
    assert.deepEqual(measureWordStarts([], said(['yes', 0])), []);
    assert.deepEqual(measureWordStarts(said(['yes', 0]), []), []);
  });
});

describe('a quantile', () => {
  test('lies between two values where the share does, in any order of the values', () => {
    assert.equal(quantile([40, 10, 30, 20], 0.5), 25);
    assert.equal(quantile([10, 20, 30], 0.9), 28);
  });

  test('of one value is that value', () => assert.equal(quantile([7], 0.9), 7));

  test('of nothing is not known', () => assert.equal(quantile([], 0.5), null));
});
