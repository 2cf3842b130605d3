import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayNotBeEnglish } from '../../../src/gpu-worker/asr/language-doubt.ts';

const piece = (tokenCount: number, meanLogProbability: number) => ({
  words: [],
  tokenCount,
  logProbability: tokenCount * meanLogProbability,
});

test('sure pieces are English', () => {
  assert.equal(mayNotBeEnglish([piece(100, -0.05), piece(80, -0.3)]), false);
});

test('a recording whose second half is doubtful may not be English', () => {
  assert.equal(mayNotBeEnglish([piece(60, -0.05), piece(60, -1.2)]), true);
});

test('one mumbled piece in a meeting raises nothing', () => {
  assert.equal(mayNotBeEnglish([piece(400, -0.1), piece(40, -0.9)]), false);
});

test('a few doubtful words alone raise nothing', () => {
  assert.equal(mayNotBeEnglish([piece(6, -1.5)]), false);
});

test('silence raises nothing', () => {
  assert.equal(mayNotBeEnglish([]), false);
});
