import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMainLanguage, joinLanguages, smoothLanguages } from '../../../src/gpu-worker/asr/smooth-languages.ts';

const windows = (...chances: Record<string, number>[]) =>
  chances.map((each, index) => ({ startMs: index * 15_000, endMs: (index + 1) * 15_000, chances: each }));
const en = { en: 0.98, de: 0.02 };
const de = { de: 0.99, en: 0.01 };

test('a doubtful window takes the language around it', () => {
  assert.deepEqual(smoothLanguages(windows(en, { de: 0.6, en: 0.4 }, en)), ['en', 'en', 'en']);
  assert.deepEqual(smoothLanguages(windows(en, { ur: 0.21, en: 0.16 }, en)), ['en', 'en', 'en']);
});

test('a certain window keeps its own, and a change stays where it is', () => {
  assert.deepEqual(smoothLanguages(windows(en, { de: 1 }, en)), ['en', 'de', 'en']);
  assert.deepEqual(smoothLanguages(windows(en, en, de, de)), ['en', 'en', 'de', 'de']);
});

test('a short window says less than a long one', () => {
  const [before, , after] = windows(en, de, en);
  const short = { startMs: 15_000, endMs: 16_000, chances: { de: 1 } };
  assert.deepEqual(smoothLanguages([before!, short, after!]), ['en', 'en', 'en']);
});

test('at its beginning and end a meeting is no easier taken for another language', () => {
  const mumble = { ur: 0.95, en: 0.05 };
  assert.deepEqual(smoothLanguages(windows(mumble, en, en, en, mumble)), ['en', 'en', 'en', 'en', 'en']);
  assert.deepEqual(smoothLanguages(windows(de, en, en)), ['de', 'en', 'en']);
});

test('languages on both sides count', () => {
  const unsure = windows({ de: 0.5, en: 0.5 });
  assert.deepEqual(smoothLanguages(unsure, { before: 'de', after: 'de' }), ['de']);
  assert.deepEqual(smoothLanguages(unsure, { before: 'en', after: 'en' }), ['en']);
});

test('the main language is the one spoken longest', () => {
  const spans = [
    { startMs: 0, endMs: 5_000, language: 'de' },
    { startMs: 5_000, endMs: 14_000, language: 'en' },
    { startMs: 20_000, endMs: 23_000, language: 'de' },
    { startMs: 23_000, endMs: 24_000, language: 'de' },
  ];
  assert.equal(findMainLanguage(spans.slice(0, 3)), 'en');
  assert.equal(findMainLanguage([]), undefined);
  assert.deepEqual(joinLanguages(spans.slice(2)), [{ startMs: 20_000, endMs: 24_000, language: 'de' }]);
});
