import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countInventedWords } from '../../src/bench/invented-words.ts';

const speech = [
  { startMs: 1000, endMs: 2000 },
  { startMs: 4000, endMs: 5000 },
];

function word(startMs: number, endMs: number) {
  return { text: 'you', startMs, endMs };
}

test('a word inside speech or across its edge is not invented', () => {
  assert.equal(countInventedWords([word(1200, 1400), word(800, 1100), word(4900, 5600)], speech), 0);
});

test('a word less than 250 ms beside speech is not invented, one that is further away is', () => {
  assert.equal(countInventedWords([word(500, 751), word(5249, 5400)], speech), 0);
  assert.equal(countInventedWords([word(500, 750), word(5250, 5400)], speech), 2);
});

test('a word in the silence between two who speak is invented', () => {
  assert.equal(countInventedWords([word(2900, 3100)], speech), 1);
});

test('every word is invented where nobody speaks', () => {
  assert.equal(countInventedWords([word(0, 100), word(200, 300)], []), 2);
});
