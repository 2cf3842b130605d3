import assert from 'node:assert/strict';
import test from 'node:test';
import { agglomerate, joinLeaves, type VoiceCluster } from '../../../src/gpu-worker/diarization/agglomerate.ts';
import { createNoise, voiceEmbedding } from './synthetic-voices.ts';

const never = new AbortController().signal;
const options = { sameVoice: 0.5, blockThreshold: 0.75, leastClusters: 64 };

function pieces(count: number, voices: number): VoiceCluster[] {
  const noise = createNoise(3);
  return Array.from({ length: count }, (_, i) => ({
    members: [i],
    sum: Float64Array.from(voiceEmbedding(i % voices, 0.9, noise)),
    weight: 1,
    inner: 0,
    innerWeight: 0,
  }));
}

test('the merges lead down to one cluster that holds every piece once', async () => {
  const { leaves, merges } = await agglomerate(pieces(30, 3), options, never);
  assert.equal(merges.length, 29);
  const [all, ...others] = joinLeaves(leaves, merges);
  assert.equal(others.length, 0);
  assert.deepEqual(
    all!.members.toSorted((a, b) => a - b),
    [...Array(30).keys()],
  );
});

test('pieces of one voice are joined before voices are', async () => {
  const { leaves, merges } = await agglomerate(pieces(30, 3), options, never);
  const clusters = joinLeaves(leaves, merges.slice(0, 27));
  assert.equal(clusters.length, 3);
  for (const { members } of clusters) assert.equal(new Set(members.map(piece => piece % 3)).size, 1);
  assert.ok(merges[26]!.similarity > 0.75 && merges[27]!.similarity < 0.75);
});

test('a single piece has nothing to merge with', async () => {
  const { leaves, merges } = await agglomerate(pieces(1, 1), options, never);
  assert.equal(leaves.length, 1);
  assert.deepEqual(merges, []);
});

test('clusters compared with each other are capped, however long the recording', async () => {
  const { leaves, merges } = await agglomerate(pieces(5100, 4), options, never);
  assert.ok(leaves.length <= 2500);
  assert.equal(merges.length, leaves.length - 1);
  const seen = leaves.flatMap(leaf => leaf.members);
  assert.equal(new Set(seen).size, 5100);
  assert.equal(seen.length, 5100);
});

test('an aborted signal is heard', async () => {
  await assert.rejects(agglomerate(pieces(10, 2), options, AbortSignal.abort(new Error('stopped'))), /stopped/);
});
