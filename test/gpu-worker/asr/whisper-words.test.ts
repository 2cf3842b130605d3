import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWhisperVocabulary } from '../../../src/gpu-worker/asr/whisper-vocabulary.ts';
import { groupWhisperTokens } from '../../../src/gpu-worker/asr/whisper-words.ts';

const encoder = new TextEncoder();
/** A vocabulary whose tokens are these texts. */
const saying = (...texts: (string | number[])[]) => ({
  bytesOf: (token: number) => {
    const text = texts[token] ?? '';
    return typeof text === 'string' ? encoder.encode(text) : Uint8Array.from(text);
  },
});
const all = (count: number) => Array.from({ length: count }, (_, index) => index);

test('words begin at spaces and keep their punctuation', () => {
  const words = groupWhisperTokens(all(5), 'en', saying(' Good', ' mor', 'ning', ',', ' Bob'));
  assert.deepEqual(words, [
    { text: 'Good', from: 0, to: 1 },
    { text: 'morning,', from: 1, to: 4 },
    { text: 'Bob', from: 4, to: 5 },
  ]);
});

test('Chinese is cut by the dictionary, and a comma belongs to the word before it', () => {
  const words = groupWhisperTokens(all(5), 'zh', saying('我们', '喜', '欢', '，', '秋天'));
  assert.deepEqual(
    words.map(({ text }) => text),
    ['我们', '喜欢，', '秋天'],
  );
});

test('a character of several tokens is whole, and bytes that are no text are left out', () => {
  const [first, ...rest] = encoder.encode('秋');
  const words = groupWhisperTokens(all(4), 'zh', saying([first!], rest, [0xff], '天'));
  assert.equal(words.map(({ text }) => text).join(''), '秋天');
});

test('a vocabulary knows its marks, its languages by ISO code and its bytes', () => {
  const marks = ['<|endoftext|>', '<|startoftranscript|>', '<|en|>', '<|jw|>', '<|translate|>', '<|transcribe|>'];
  const rest = ['<|startoflm|>', '<|startofprev|>', '<|nospeech|>', '<|notimestamps|>'];
  const vocabulary = createWhisperVocabulary(['Ġhi', 'Ã¤', ...marks, ...rest]);
  assert.deepEqual(
    [...vocabulary.languages],
    [
      ['en', 4],
      ['jv', 5],
    ],
  );
  assert.equal(new TextDecoder().decode(vocabulary.bytesOf(0)), ' hi');
  assert.equal(new TextDecoder().decode(vocabulary.bytesOf(1)), 'ä');
  assert.equal(vocabulary.bytesOf(vocabulary.transcribe).length, 0);
  assert.throws(() => createWhisperVocabulary(marks), /no <\|/);
});
