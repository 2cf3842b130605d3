import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchGreedily } from '../../../src/gpu-worker/asr/greedy-search.ts';
import { createFakeDecoderBatch, END, type Language, scripted } from '../../fakes/decoder-batch.ts';

async function search(language: Language, maxTokens: number[], signal = new AbortController().signal) {
  const { batch, stepSizes } = createFakeDecoderBatch([...maxTokens.keys()], language);
  return { rows: await searchGreedily(batch, maxTokens, signal, async () => {}), stepSizes };
}

test('each row says its own tokens up to its end', async () => {
  const { rows } = await search(scripted([5, 6], [7, END, 5, 5], [5, 6, 7]), [9, 9, 9]);
  assert.deepEqual(
    rows.map(row => row.tokens),
    [[5, 6], [7], [5, 6, 7]],
  );
  assert.ok(rows[0]!.probabilities.every(probability => probability > 0.99));
});

test('the likeliest token is taken with its probability', async () => {
  const { rows } = await search((_, text) => (text.length === 0 ? { 4: 0.25, 5: 0.75 } : { 2: 1 }), [9]);
  assert.deepEqual(rows[0]!.tokens, [5]);
  assert.ok(Math.abs(rows[0]!.probabilities[0]! - 0.75) < 1e-6);
});

test('there is attention for every token and for the end', async () => {
  const { rows } = await search(scripted([5, 6]), [9]);
  assert.equal(rows[0]!.attention.length, 3);
});

test('rows that have ended leave the batch, and the others keep their attention', async () => {
  const { rows, stepSizes } = await search(scripted([5], [5, 6, 7, 5], [], []), [9, 9, 9, 9]);
  assert.deepEqual(stepSizes, [4, 2, 1, 1, 1]);
  assert.deepEqual(rows[1]!.tokens, [5, 6, 7, 5]);
  assert.ok(rows[1]!.attention.every(([piece]) => piece === 1));
});

test('a row that says too much is stopped', async () => {
  const { rows } = await search(scripted([3, 4, 5, 6, 7, 3, 5, 4]), [4]);
  assert.deepEqual(rows[0]!.tokens, [3, 4, 5, 6]);
});

test('a row that loops is stopped and cut', async () => {
  const { rows } = await search(scripted([3, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5]), [100]);
  assert.deepEqual(rows[0]!.tokens, [3, 4, 5]);
  assert.equal(rows[0]!.attention.length, rows[0]!.tokens.length + 1);
});

test('an aborted search stops with the reason', async () => {
  await assert.rejects(search(scripted([5, 6]), [9], AbortSignal.abort(new Error('enough'))), /enough/);
});
