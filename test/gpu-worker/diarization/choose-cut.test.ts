import assert from 'node:assert/strict';
import test from 'node:test';
import { type Dendrogram, joinLeaves } from '../../../src/gpu-worker/diarization/agglomerate.ts';
import { chooseCut } from '../../../src/gpu-worker/diarization/choose-cut.ts';
import { voiceEmbedding } from './synthetic-voices.ts';

/** Four voices of three seconds each, in the order in which they are alike: 0 and 1, 2 and 3, then both pairs. */
const dendrogram: Dendrogram = {
  leaves: [0, 1, 2, 3].map(voice => ({
    members: [voice],
    sum: Float64Array.from(voiceEmbedding(voice, 0, () => 0)),
    weight: 1,
    inner: 0,
    innerWeight: 0,
  })),
  merges: [
    { first: 0, second: 1, similarity: 0.9 },
    { first: 2, second: 3, similarity: 0.6 },
    { first: 0, second: 2, similarity: 0.3 },
  ],
};

function clustersFor(minSpeakers: number, maxSpeakers: number, seconds = [3, 3, 3, 3]): number {
  const cut = chooseCut(dendrogram, seconds, 0.75, { minSpeakers, maxSpeakers });
  return joinLeaves(dendrogram.leaves, dendrogram.merges.slice(0, cut)).length;
}

test('without a wish the threshold decides', () => assert.equal(clustersFor(1, 30), 3));

test('fewer voices are made by merging on', () => {
  assert.equal(clustersFor(1, 2), 2);
  assert.equal(clustersFor(1, 1), 1);
});

test('more voices are made by merging less', () => assert.equal(clustersFor(4, 4), 4));

test('more voices than there are clusters leave every cluster alone', () => assert.equal(clustersFor(9, 9), 4));

test('scraps that are too short do not count as voices', () => {
  assert.equal(clustersFor(3, 30, [3, 3, 3, 0.5]), 4, 'three possible voices need the first merge undone');
});
