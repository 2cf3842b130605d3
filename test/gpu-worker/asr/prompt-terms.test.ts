import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { buildTermPrompt, mayBeLeaked } from '../../../src/gpu-worker/asr/prompt-terms.ts';
import { createWhisperVocabulary } from '../../../src/gpu-worker/asr/whisper-vocabulary.ts';
import { missing, modelsDir } from '../../builders/decoded-audio.ts';

/** One token to a word. */
const byWord = { encode: (text: string) => text.split(' ').map((_, index) => index) };

test('a prompt has the first terms, as many as there is room for', () => {
  assert.deepEqual(buildTermPrompt([], byWord), { terms: [], tokens: [] });
  const terms = Array.from({ length: 300 }, (_, index) => `term${index}`);
  const prompt = buildTermPrompt(terms, byWord);
  assert.ok(prompt.terms.length > 100 && prompt.terms.length < 224);
  assert.deepEqual(prompt.terms, terms.slice(0, prompt.terms.length));
  assert.equal(prompt.tokens.length, byWord.encode(` ${prompt.terms.join(', ')}.`).length);
});

describe('a text', () => {
  const terms = ['Kubernetes', 'Grafana', 'New Relic', '云端'];
  for (const [text, noSpeech, leaked] of [
    ['We moved Kubernetes to New Relic.', 0.1, false],
    ['Thank you.', 0.9, false],
    ['Kubernetes.', 0, true],
    ['New Relic, Kubernetes!', 0, true],
    ['云端。', 0, true],
    ['So: Kubernetes, Grafana and others', 0, true],
    ['We like Grafana.', 0.9, true],
    ['', 0.9, false],
  ] as const)
    test(`"${text}", with ${noSpeech} of silence, ${leaked ? 'may come' : 'comes not'} from the prompt`, () =>
      assert.equal(mayBeLeaked(text, noSpeech, terms), leaked));
  test('comes not from a prompt that there was not', () => assert.equal(mayBeLeaked('', 1, []), false));
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
