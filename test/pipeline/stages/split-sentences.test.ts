import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitSentences } from '../../../src/pipeline/stages/split-sentences.ts';
import { say } from '../../builders/meeting.ts';

test('sentences end at full stops, question and exclamation marks, not at abbreviations', () => {
  const words = say(0, 'Ask Dr. Meyer at 3 p.m. today. Why? "Because!" he said');
  const sentences = splitSentences(words).map(({ from, to }) =>
    words
      .slice(from, to)
      .map(word => word.text)
      .join(' '),
  );
  assert.deepEqual(sentences, ['Ask Dr. Meyer at 3 p.m. today.', 'Why?', '"Because!"', 'he said']);
});

test('"I" at the end of a sentence is no initial', () => {
  const words = say(0, 'Nor do I. So we wait for J. Smith.');
  assert.deepEqual(splitSentences(words), [
    { from: 0, to: 3 },
    { from: 3, to: 9 },
  ]);
});

test('a long pause ends a sentence', () => {
  const words = [...say(0, 'so well'), ...say(3_000, 'anyway')];
  assert.deepEqual(splitSentences(words), [
    { from: 0, to: 2 },
    { from: 2, to: 3 },
  ]);
});

test('no words make no sentences', () => assert.deepEqual(splitSentences([]), []));
