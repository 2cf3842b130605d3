import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchGreedily } from '../../../src/gpu-worker/asr/greedy-search.ts';
import type { DecoderBatch } from '../../../src/gpu-worker/onnx/moonshine-decoder.ts';

const VOCABULARY = 8;
const END = 2;

/** A decoder whose rows say what a script says; it counts steps and follows `keep`. */
function scriptedBatch(scripts: number[][]) {
  let rows = scripts.map((script, row) => ({ script, row }));
  let position = 0;
  const keeps: number[][] = [];
  const batch: DecoderBatch = {
    async step(tokens) {
      assert.equal(tokens.length, rows.length);
      const logits = new Float32Array(rows.length * VOCABULARY);
      rows.forEach(({ script }, index) => {
        logits[index * VOCABULARY + (script[position] ?? END)] = 10;
      });
      position++;
      return { logits, attention: rows.map(({ row }) => Float32Array.of(row)) };
    },
    keep(kept) {
      keeps.push([...kept]);
      rows = kept.map(index => rows[index]!);
    },
    release() {},
  };
  return { batch, keeps };
}

const search = (batch: DecoderBatch, maxTokens: number[], signal = new AbortController().signal) =>
  searchGreedily(batch, maxTokens, signal, async () => {});

test('each row says its own tokens up to its end', async () => {
  const { batch } = scriptedBatch([
    [5, 6, END],
    [7, END],
  ]);
  const [first, second] = await search(batch, [9, 9]);
  assert.deepEqual(first!.tokens, [5, 6]);
  assert.deepEqual(second!.tokens, [7]);
  assert.ok(first!.probabilities.every(probability => probability > 0.99));
});

test('there is attention for every token and for the end', async () => {
  const { batch } = scriptedBatch([[5, 6, END]]);
  const [row] = await search(batch, [9]);
  assert.equal(row!.attention.length, 3);
});

test('rows that have ended leave the batch, and the others keep their attention', async () => {
  const { batch, keeps } = scriptedBatch([[5, END], [5, 6, 7, 5, END], [END], [END]]);
  const rows = await search(batch, [9, 9, 9, 9]);
  assert.deepEqual(keeps[0], [0, 1]);
  assert.deepEqual(rows[1]!.tokens, [5, 6, 7, 5]);
  assert.ok(rows[1]!.attention.every(([row]) => row === 1));
});

test('a row that says too much is stopped', async () => {
  const { batch } = scriptedBatch([[3, 4, 5, 6, 7, 3, 5, 4]]);
  const [row] = await search(batch, [4]);
  assert.deepEqual(row!.tokens, [3, 4, 5, 6]);
});

test('a row that loops is stopped and cut', async () => {
  const { batch } = scriptedBatch([[3, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5]]);
  const [row] = await search(batch, [100]);
  assert.deepEqual(row!.tokens, [3, 4, 5]);
  assert.equal(row!.attention.length, row!.tokens.length + 1);
});

test('an aborted search stops with the reason', async () => {
  const { batch } = scriptedBatch([[5, 6, END]]);
  await assert.rejects(search(batch, [9], AbortSignal.abort(new Error('enough'))), /enough/);
});
