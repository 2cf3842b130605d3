import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOtherLanguages } from '../../../src/gpu-worker/asr/other-languages.ts';
import { splitByLanguage } from '../../../src/gpu-worker/asr/split-by-language.ts';

const options = { language: 'auto', model: 'auto' };

test('a stretch whose language is named is cut out of the rest', () => {
  const spokenLanguages = [{ startMs: 10_000, endMs: 99_000, language: 'de' }];
  assert.deepEqual(splitByLanguage(30_000, { ...options, spokenLanguages }), [
    { startMs: 0, endMs: 10_000, language: 'auto' },
    { startMs: 10_000, endMs: 30_000, language: 'de' },
  ]);
  assert.deepEqual(splitByLanguage(30_000, options), [{ startMs: 0, endMs: 30_000, language: 'auto' }]);
});

test('of stretches that overlap the later one counts, and one beyond the end is nothing', () => {
  const spokenLanguages = [
    { startMs: 0, endMs: 20_000, language: 'de' },
    { startMs: 5_000, endMs: 10_000, language: 'fr' },
    { startMs: 40_000, endMs: 50_000, language: 'it' },
  ];
  assert.deepEqual(
    splitByLanguage(30_000, { ...options, spokenLanguages }).map(({ language, startMs }) => [startMs, language]),
    [
      [0, 'de'],
      [5_000, 'fr'],
      [10_000, 'de'],
      [20_000, 'auto'],
    ],
  );
});

test('people are told where another language was heard, and what to type; not where they said so themselves', () => {
  const spans = [{ startMs: 750_000, endMs: 850_000, language: 'de' }];
  assert.deepEqual(describeOtherLanguages(spans, 'en', options), [
    'From 12:30 to 14:10 German was heard in a meeting in English. ' +
      'If that is wrong, run the same command with --redo 12:30-14:10 --language en.',
  ]);
  assert.deepEqual(describeOtherLanguages(spans, 'en', { ...options, spokenLanguages: spans }), []);
  assert.equal(
    describeOtherLanguages(Array(9).fill(spans[0]), 'en', options).at(-1),
    'The language changed 6 more times.',
  );
});
