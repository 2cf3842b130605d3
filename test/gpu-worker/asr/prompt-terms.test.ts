import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { buildTermPrompt, isBetterTold, suspectTerms } from '../../../src/gpu-worker/asr/prompt-terms.ts';
import { createWhisperVocabulary } from '../../../src/gpu-worker/asr/whisper-vocabulary.ts';
import { missing, modelsDir } from '../../builders/decoded-audio.ts';

/** One token to a word. */
const byWord = { encode: (text: string) => text.split(' ').map((_, index) => index) };

test('a prompt has the first terms, as many as there is room for', () => {
  assert.deepEqual(buildTermPrompt([], byWord), []);
  assert.equal(buildTermPrompt(['Kubernetes', 'Grafana'], byWord).length, 3);
  const many = buildTermPrompt(
    Array.from({ length: 300 }, (_, index) => `term${index}`),
    byWord,
  );
  assert.ok(many.length > 150 && many.length < 224);
});

test('a term is suspected where something sounds a little like it, unless it is there', () => {
  const terms = ['Kubernetes', 'Marika', 'Duguid', '云端', 'Ada'];
  assert.deepEqual(suspectTerms('So the cooper netties and Mariko meet Adam Dugod.', terms), terms.slice(0, 3));
  assert.deepEqual(suspectTerms('Kubernetes, Marika, Duguid: nothing else was said in this text.', terms), []);
  assert.deepEqual(suspectTerms('say graph on a page', ['Grafana']), [], 'ordinary words');
  assert.deepEqual(suspectTerms('', terms), []);
});

describe('what was heard with a prompt', () => {
  const terms = ['Kubernetes', 'Grafana', 'New Relic'];
  const untold = 'We moved cooper netties to new relict.';
  for (const [text, noSpeech, isBetter, why] of [
    ['We moved Kubernetes to New Relic.', 0.1, true, 'has the terms'],
    ['We moved cooper netties to new relict again.', 0.1, false, 'has no term that was not there before'],
    ['Kubernetes to New Relic.', 0.1, false, 'has lost words'],
    ['We moved Kubernetes to New Relic.', 0.9, false, 'was said where nobody speaks'],
    ['So: Kubernetes, Grafana and other things', 0.1, false, 'lists terms as the prompt does'],
    ['New Relic, Kubernetes, New Relic, Kubernetes!', 0.1, false, 'is made of terms alone'],
  ] as const)
    test(`is ${isBetter ? '' : 'not '}taken when it ${why}`, () =>
      assert.equal(isBetterTold({ text, noSpeech }, { text: untold, noSpeech }, terms), isBetter));
});

test('text becomes the tokens of training', { skip: missing(['whisper-base'], []) }, () => {
  const file = path.join(modelsDir, 'whisper-base', 'vocabulary.json');
  const { encode, bytesOf } = createWhisperVocabulary(
    z.array(z.string()).parse(JSON.parse(fs.readFileSync(file, 'utf8'))),
  );
  // as openai/whisper's tokenizer encodes it
  assert.deepEqual(encode(' Hello world'), [2425, 1002]);
  for (const text of [' Kubernetes, Grafana, 云端 and C#.', "it's  1,234 €"]) {
    const bytes = encode(text).flatMap(token => [...bytesOf(token)]);
    assert.equal(Buffer.from(bytes).toString(), text);
  }
  assert.ok(encode(' and the people of the country').length === 6, 'a token to a common word');
});
