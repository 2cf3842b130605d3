import assert from 'node:assert/strict';
import { test } from 'node:test';
import llamaTokenizer from 'llama-tokenizer-js';
import { groupTokens } from '../../../src/gpu-worker/asr/token-text.ts';

const encode = (text: string) => llamaTokenizer.encode(text, false, true);

test('numbers and punctuation stay with their words', () => {
  const words = groupTokens(encode("It's £38,000.50, on Friday, the 19th!"));
  assert.deepEqual(
    words.map(word => word.text),
    ["It's", '£38,000.50,', 'on', 'Friday,', 'the', '19th!'],
  );
});

test('words cover the tokens in order', () => {
  const tokens = encode('antidisestablishmentarianism is rare');
  const words = groupTokens(tokens);
  assert.equal(words[0]!.from, 0);
  assert.equal(words.at(-1)!.to, tokens.length);
  assert.equal(words[1]!.from, words[0]!.to);
});

test('a character spelled in bytes comes out whole', () => {
  assert.equal(groupTokens(encode('naïve 🦜'))[1]!.text, '🦜');
});

test('marks above the Llama vocabulary have no text', () => {
  assert.deepEqual(groupTokens([32_500]), []);
});

test('okay has one spelling, and words that only begin like it keep theirs', () => {
  const words = groupTokens(encode("Ok, OK. ok Okay OK's Oklahoma OKR"));
  assert.deepEqual(
    words.map(word => word.text),
    ['Okay,', 'Okay.', 'okay', 'Okay', "Okay's", 'Oklahoma', 'OKR'],
  );
});
