import assert from 'node:assert/strict';
import test from 'node:test';
import { addScaled, dot, embeddingAt, isHeard, toUnitLength } from '../../../src/gpu-worker/diarization/embeddings.ts';
import { EMBEDDING_SIZE } from '../../../src/gpu-worker/diarization/voice-models.ts';
import { createNoise, stack, voiceEmbedding } from './synthetic-voices.ts';

test('rows of the flat array are embeddings', () => {
  const noise = createNoise(1);
  const rows = [0, 1].map(voice => voiceEmbedding(voice, 0.5, noise));
  assert.deepEqual(embeddingAt(stack(rows), 1), rows[1]);
  assert.ok(Math.abs(dot(rows[0]!, rows[0]!) - 1) < 1e-6);
});

test('zero stays zero and is not heard', () => {
  const zero = toUnitLength(new Float64Array(EMBEDDING_SIZE));
  assert.ok(zero.every(value => value === 0));
  assert.equal(isHeard(zero), false);
  assert.equal(isHeard(voiceEmbedding(0, 0.5, createNoise(1))), true);
});

test('what is added can be taken away', () => {
  const sum = new Float64Array(EMBEDDING_SIZE);
  const voice = voiceEmbedding(2, 0.5, createNoise(1));
  addScaled(sum, voice, 2);
  assert.ok(Math.abs(dot(toUnitLength(sum), voice) - 1) < 1e-6);
  addScaled(sum, voice, -2);
  assert.equal(dot(sum, sum), 0);
});
