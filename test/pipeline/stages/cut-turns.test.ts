import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpokenWord } from '../../../src/pipeline/meeting.ts';
import { cutTurns } from '../../../src/pipeline/stages/cut-turns.ts';
import { say } from '../../builders/meeting.ts';

function spoken(speaker: string, startMs: number, text: string): SpokenWord[] {
  return say(startMs, text).map(word => ({ ...word, speaker }));
}

test('a turn ends where the speaker changes', () => {
  const turns = cutTurns([...spoken('A', 0, 'one two'), ...spoken('B', 600, 'three'), ...spoken('A', 900, 'four')]);
  assert.deepEqual(
    turns.map(({ speaker, text }) => `${speaker} ${text}`),
    ['A one two', 'B three', 'A four'],
  );
});

test('a turn ends at a long pause of its speaker, not at a short one', () => {
  const turns = cutTurns([...spoken('A', 0, 'one'), ...spoken('A', 2_000, 'two'), ...spoken('A', 5_000, 'three')]);
  assert.deepEqual(
    turns.map(turn => turn.text),
    ['one two', 'three'],
  );
});

test('a long speech is cut at the end of a sentence', () => {
  const sentence = 'this sentence has exactly ten words in it right here.';
  const turns = cutTurns(spoken('A', 0, Array(30).fill(sentence).join(' ')));
  assert.ok(turns.length >= 3);
  for (const turn of turns) {
    assert.ok(turn.words.length <= 120);
    assert.ok(turn.endMs - turn.startMs <= 60_000);
    assert.ok(turn.text.endsWith('here.'));
  }
});

test('a long speech without sentences is cut in its longest pause', () => {
  const words = spoken('A', 0, Array(150).fill('on').join(' '));
  const late = words.map((word, index) =>
    index < 80 ? word : { ...word, startMs: word.startMs + 500, endMs: word.endMs + 500 },
  );
  assert.deepEqual(
    cutTurns(late).map(turn => turn.words.length),
    [80, 70],
  );
});
