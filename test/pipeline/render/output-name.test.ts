import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { outputName } from '../../../src/pipeline/render/output-name.ts';
import { hostile } from '../../builders/hostile-text.ts';

const names = {
  '/recordings/weekly.2026.mp4': 'weekly.2026',
  'no extension': 'no extension',
  '/x/-rf.wav': 'rf',
  '/x/...hidden.mp3': 'hidden',
  '/x/..': 'recording',
  '/x/.mp3': 'mp3',
  '/x/a\nb\u202ec.wav': 'a b c',
  '/x/cafe\u0301.m4a': 'café',
  '/x/what? "this": <it>.ogg': 'what this it',
  '/x/🎙️ Team.webm': '🎙️ Team',
  '': 'recording',
};

for (const [recordingPath, expected] of Object.entries(names)) {
  test(`${JSON.stringify(recordingPath)} is named ${expected}`, () =>
    assert.equal(outputName(recordingPath), expected));
}

test('a long name is cut between characters', () => {
  assert.equal(outputName(`${'ab'.repeat(80)}.wav`).length, 100);
  const family = '👩‍👩‍👧';
  assert.match(outputName(`${family.repeat(40)}.wav`), new RegExp(`^(?:${family})+$`, 'u'));
});

test('every name is one safe folder name, and is its own name', () => {
  fc.assert(
    fc.property(hostile, text => {
      const name = outputName(text);
      assert.match(name, /^[^\p{Cc}/\\\s.-][^\p{Cc}\p{Bidi_Control}/\\]*$/u);
      assert.ok(name.length <= 100 && Buffer.byteLength(name) <= 200);
      assert.equal(outputName(`${name}.wav`), name);
    }),
  );
});
