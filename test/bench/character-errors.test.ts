import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUp } from '../../src/bench/add-up.ts';
import { isCountedByCharacters } from '../../src/bench/character-errors.ts';
import { presentFigures } from '../../src/bench/present-figures.ts';
import { scoreRecording } from '../../src/bench/score.ts';

const said = (text: string) => ({ speaker: 'A', startMs: 0, endMs: 1000, text });

function score(truth: string, heard: string[]) {
  const words = heard.map(text => ({ text, startMs: 0, endMs: 1000 }));
  const hypothesis = { durationMs: 1000, words, turns: [said(heard.join(' '))], spans: null };
  return scoreRecording({ utterances: [said(truth)], text: undefined, words: undefined, spans: undefined }, hypothesis);
}

test('scripts without spaces between words are counted by characters, and Korean', () => {
  for (const text of [
    '秋天总是那么富有诗意。',
    '客観的実在の判断的知識',
    '길 한 옆으로 걸어갔다',
    'นอนหลับ',
    '用 Docker 部署一下',
  ])
    assert.ok(isCountedByCharacters([said(text)]), text);
  for (const text of ['Good morning', 'Доброе утро', 'Tokyo is 東京', '', '12:30'])
    assert.ok(!isCountedByCharacters([said(text)]), text);
});

test('wrong, missing and invented characters are counted, whatever the punctuation, width, case and cutting into words', async () => {
  const { characterErrors, wordErrors, speakerWordErrors } = await score('今天，用 Docker 部署２次。', [
    '今',
    '用',
    'docker',
    '部属',
    '2次',
    '了',
  ]);
  assert.deepEqual(characterErrors, { words: 13, substitutions: 1, deletions: 1, insertions: 1 });
  assert.deepEqual([wordErrors, speakerWordErrors], [null, null]);
});

test('Chinese may be written in either script; Japanese characters stay as they are', async () => {
  assert.equal((await score('颜色渐渐变红', ['顏色', '漸漸', '變紅'])).characterErrors?.substitutions, 0);
  assert.equal((await score('気を変える', ['気', 'を', '變える'])).characterErrors?.substitutions, 1);
});

test('other languages have words, and a folder of both has both figures', async () => {
  const [english, chinese] = [await score('good morning', ['good', 'evening']), await score('早上好', ['早上', '好'])];
  assert.deepEqual([english.characterErrors, english.wordErrors?.substitutions], [null, 1]);
  const cost = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1, stages: {} };
  const figures = addUp([english, chinese].map(one => ({ durationMs: 1000, score: one, cost })));
  assert.deepEqual(figures.cer, { characters: 3, rate: 0, substitutions: 0, deletions: 0, insertions: 0 });
  assert.equal(figures.wer?.rate, 0.5);
  assert.match(presentFigures([{ name: 'both', figures }]), /WER +CER.*\n.*50\.0 +0\.0/);
});
