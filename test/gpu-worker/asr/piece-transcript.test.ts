import assert from 'node:assert/strict';
import { test } from 'node:test';
import llamaTokenizer from 'llama-tokenizer-js';
import { buildPieceTranscript, mergePieces } from '../../../src/gpu-worker/asr/piece-transcript.ts';

/** "hello there" in 10 frames of 24 ms: each token attends to three frames of its own, the end to the last ones. */
function decoded() {
  const tokens = llamaTokenizer.encode('hello there', false, true);
  const attention = [...tokens, 0].map((_, index) => {
    const row = new Float32Array(10);
    row.fill(1, index * 3, index * 3 + 3);
    return row;
  });
  return { tokens, probabilities: [1, 0.25], attention };
}

test('words get their times from the attention and their confidence from the tokens', () => {
  const { words, tokenCount, logProbability } = buildPieceTranscript(decoded(), 1000);
  assert.deepEqual(
    words.map(word => word.text),
    ['hello', 'there'],
  );
  assert.equal(words[0]!.confidence, 1);
  assert.ok(Math.abs(words[1]!.confidence - 0.25) < 1e-6);
  assert.equal(tokenCount, 2);
  assert.ok(Math.abs(logProbability - Math.log(0.25)) < 1e-6);
  assert.ok(words[0]!.startMs < words[0]!.endMs);
  assert.ok(words[0]!.endMs <= words[1]!.startMs);
  assert.ok(words[1]!.endMs <= 1000);
});

test('a piece in which nothing was heard has no words', () => {
  assert.deepEqual(buildPieceTranscript({ tokens: [], probabilities: [], attention: [] }, 500).words, []);
});

test('merged words are in recording time and stay inside their piece', () => {
  const pieces = [
    { startMs: 2000, endMs: 3000 },
    { startMs: 5000, endMs: 6000 },
  ];
  const transcript = buildPieceTranscript(decoded(), 1000);
  const words = mergePieces(pieces, [transcript, transcript], new Float32Array(200).fill(1));
  assert.equal(words.length, 4);
  words.forEach((word, index) => {
    const piece = pieces[index < 2 ? 0 : 1]!;
    assert.ok(word.startMs >= piece.startMs && word.endMs <= piece.endMs);
  });
});

test('a pause is no part of the words around it', () => {
  const pieces = [{ startMs: 0, endMs: 240 }];
  const probabilities = new Float32Array(30).fill(1);
  probabilities.fill(0, 3, 5); // 96 to 160 ms; by its attention the second word begins at 112 ms
  const [first, second] = mergePieces(pieces, [buildPieceTranscript(decoded(), 240)], probabilities);
  assert.equal(first!.endMs, 96);
  assert.equal(second!.startMs, 160);
});

test('words that neither speech detection nor the recogniser is sure of are left out', () => {
  const pieces = [{ startMs: 0, endMs: 960 }];
  const sure = { ...buildPieceTranscript(decoded(), 960), logProbability: -0.2 };
  const unsure = { ...sure, logProbability: -4 };
  const speech = new Float32Array(30).fill(0.9);
  const noise = new Float32Array(30).fill(0.5);
  assert.equal(mergePieces(pieces, [unsure], noise).length, 0);
  assert.equal(mergePieces(pieces, [unsure], speech).length, 2);
  assert.equal(mergePieces(pieces, [sure], noise).length, 2);
});
