import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchCtc } from '../../../src/gpu-worker/asr/ctc-search.ts';

/** Frames in which the named token is e^4 times as likely as each of the two others. */
function say(...tokens: number[]): Float32Array {
  return Float32Array.from(tokens.flatMap(token => [0, 1, 2].map(other => (other === token ? 4 : 0))));
}
const search = (...tokens: number[]) => searchCtc(say(...tokens), 3, 0);

test('repetitions are one token, unless a blank stands between them', () => {
  assert.deepEqual(search(0, 1, 1, 2, 2, 0, 2).tokens, [1, 2, 2]);
  assert.deepEqual(search(0, 1, 1, 2, 2, 0, 2).frames, [1, 3, 6]);
  assert.deepEqual(search(0, 0, 0).tokens, []);
  assert.deepEqual(search().tokens, []);
});

test('a token is as likely as in its surest frame', () => {
  const logits = Float32Array.of(0, 1, 0, 0, 4, 0, 0, 2, 0);
  const { probabilities } = searchCtc(logits, 3, 0);
  assert.equal(probabilities.length, 1);
  assert.ok(Math.abs((probabilities[0] ?? 0) - Math.exp(4) / (Math.exp(4) + 2)) < 1e-6);
});

test('what stands before the sound is left out', () => {
  assert.deepEqual(searchCtc(say(1, 2, 1), 3, 0, 2), { ...search(0, 0, 1), frames: [2] });
});
