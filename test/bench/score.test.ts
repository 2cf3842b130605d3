import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreRecording } from '../../src/bench/score.ts';

const nothing = { utterances: undefined, text: undefined, words: undefined, spans: undefined };

function hypothesis(...texts: string[]) {
  const words = texts.map((text, at) => ({ text, startMs: at * 500, endMs: at * 500 + 400 }));
  const turns = [{ speaker: '0', startMs: 0, endMs: 2_000, text: texts.join(' ') }];
  return { durationMs: 2_000, words, turns, spans: [{ speaker: '0', startMs: 0, endMs: 2_000 }] };
}

test('a text alone marks the words, and nothing else', async () => {
  const { wordErrors, ...others } = await scoreRecording(
    { ...nothing, text: 'Yes, please.' },
    hypothesis('yes', 'peas'),
  );
  assert.deepEqual(wordErrors, { words: 2, substitutions: 1, deletions: 0, insertions: 0 });
  assert.deepEqual(new Set(Object.values(others)), new Set([null]));
});

test('a text alone in Chinese marks the characters, and nothing else', async () => {
  const { characterErrors, ...others } = await scoreRecording(
    { ...nothing, text: '秋天。' },
    hypothesis('秋', '天', '了'),
  );
  assert.deepEqual(characterErrors, { words: 2, substitutions: 0, deletions: 0, insertions: 1 });
  assert.deepEqual(new Set(Object.values(others)), new Set([null]));
});

test('a text beside voices leaves the voices their marks', async () => {
  const spans = [{ speaker: 'ann', startMs: 0, endMs: 500 }];
  const score = await scoreRecording({ ...nothing, text: 'yes please', spans }, hypothesis('yes', 'please'));
  assert.deepEqual(score.speakers, { truth: 1, found: 1 });
  assert.deepEqual([score.speakerWordErrors, score.inventedWords], [null, 0]);
});
