import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLikeliest, takeLogs } from '../../../src/gpu-worker/asr/likeliest-tokens.ts';

const probabilities = [0.1, 0.3, 0.05, 0.35, 0.2];
/** Scores of any height: only their differences count. */
const logits = Float32Array.from(probabilities, probability => Math.log(probability) + 40);

test('the likeliest tokens come in falling order, with their probabilities', () => {
  const found = findLikeliest(logits, 3);
  assert.deepEqual(
    found.map(({ token }) => token),
    [3, 1, 4],
  );
  for (const { token, probability } of found) assert.ok(Math.abs(probability - probabilities[token]!) < 1e-5);
});

test('where only the first tokens may come, the others still count', () => {
  const found = findLikeliest(logits, 4, 3);
  assert.deepEqual(
    found.map(({ token }) => token),
    [1, 0, 2],
  );
  assert.ok(Math.abs(found[0]!.probability - 0.3) < 1e-5);
});

test('of equally likely tokens the first comes first, and one that must not come never does', () => {
  const found = findLikeliest(Float32Array.of(1, Number.NEGATIVE_INFINITY, 2, 2), 4);
  assert.deepEqual(
    found.map(({ token }) => token),
    [2, 3, 0],
  );
  assert.ok(Math.abs(found.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-6);
});

test('logs of the last tokens are those of their probabilities among all', () => {
  const logs = takeLogs(logits, 3);
  assert.equal(logs.length, 2);
  assert.ok(Math.abs(Math.exp(logs[0]!) - 0.35) < 1e-5 && Math.abs(Math.exp(logs[1]!) - 0.2) < 1e-5);
  assert.equal(takeLogs(Float32Array.of(0, Number.NEGATIVE_INFINITY), 1)[0], Number.NEGATIVE_INFINITY);
});
