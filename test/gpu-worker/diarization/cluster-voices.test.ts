import assert from 'node:assert/strict';
import test from 'node:test';
import { clusterVoices } from '../../../src/gpu-worker/diarization/cluster-voices.ts';
import type { FrameSpan } from '../../../src/gpu-worker/diarization/cut-pieces.ts';
import { EMBEDDING_SIZE } from '../../../src/gpu-worker/diarization/voice-models.ts';
import { createNoise, stack, voiceEmbedding } from './synthetic-voices.ts';

const never = new AbortController().signal;
const free = { minSpeakers: 1, maxSpeakers: 30 };

/** Pieces of 1.35 s with a pause between them, voices in turn. */
function meeting(pieces: number, voices: number, seed = 1): { spans: FrameSpan[]; embeddings: Float32Array } {
  const noise = createNoise(seed);
  const spans = Array.from({ length: pieces }, (_, i) => ({ from: i * 100, to: i * 100 + 80 }));
  return { spans, embeddings: stack(spans.map((_, i) => voiceEmbedding(i % voices, 0.9, noise))) };
}

function countOf(labels: Int32Array): number {
  return new Set(labels).size;
}

/** True when pieces share a label exactly when they share a voice. */
function matches(labels: Int32Array, voices: number): boolean {
  return labels.every((label, i) => label === labels[i % voices]) && countOf(labels) === voices;
}

test('each voice gets its own number, without gaps', async () => {
  for (const voices of [1, 2, 3, 6]) {
    const { spans, embeddings } = meeting(60, voices);
    const labels = await clusterVoices(spans, embeddings, free, never);
    assert.ok(matches(labels, voices), `${voices} voices`);
    assert.equal(Math.max(...labels), voices - 1);
  }
});

test('limits are kept: fewer voices than there are, and more', async () => {
  const { spans, embeddings } = meeting(60, 4);
  for (const count of [1, 2, 3, 6]) {
    const labels = await clusterVoices(spans, embeddings, { minSpeakers: count, maxSpeakers: count }, never);
    assert.equal(countOf(labels), count);
  }
});

test('a range that the evidence meets changes nothing', async () => {
  const { spans, embeddings } = meeting(60, 3);
  const labels = await clusterVoices(spans, embeddings, { minSpeakers: 2, maxSpeakers: 5 }, never);
  assert.ok(matches(labels, 3));
});

test('more speakers than pieces give at most one each', async () => {
  const { spans, embeddings } = meeting(3, 1);
  const labels = await clusterVoices(spans, embeddings, { minSpeakers: 10, maxSpeakers: 10 }, never);
  assert.equal(labels.length, 3);
  assert.ok(countOf(labels) <= 3);
});

test('pieces too short to be heard still get a voice', async () => {
  const { spans, embeddings } = meeting(20, 2);
  embeddings.fill(0, 5 * EMBEDDING_SIZE, 6 * EMBEDDING_SIZE);
  const labels = await clusterVoices(spans, embeddings, free, never);
  assert.ok(labels[5]! >= 0);
  assert.equal(countOf(labels), 2);
});

test('nothing heard is one voice', async () => {
  const { spans } = meeting(4, 1);
  const labels = await clusterVoices(spans, new Float32Array(4 * EMBEDDING_SIZE), free, never);
  assert.deepEqual([...labels], [0, 0, 0, 0]);
});

test('an aborted signal stops the clustering', async () => {
  const { spans, embeddings } = meeting(20, 2);
  const signal = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(clusterVoices(spans, embeddings, free, signal), /stopped/);
});

test('a recording longer than one block keeps its voices', async () => {
  const { spans, embeddings } = meeting(2600, 5);
  assert.ok(matches(await clusterVoices(spans, embeddings, free, never), 5));
});
