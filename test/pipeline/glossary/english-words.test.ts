import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyEnglish } from '../../../src/pipeline/glossary/english-words.ts';

test('the dictionary knows words with their endings, names, and nothing else', () => {
  const words = [
    'is',
    'into',
    'redesigned',
    'retries',
    'undoing',
    'alive',
    'recognise',
    'colours',
    "they're",
    'uh',
    'a',
  ];
  assert.deepEqual([...new Set(words.map(classifyEnglish))], ['word']);
  assert.deepEqual(['nettie', 'catherine'].map(classifyEnglish), ['name', 'name']);
  assert.deepEqual([...new Set(['kubernetes', 'netties', 'grafana', 'goinging'].map(classifyEnglish))], [undefined]);
});
