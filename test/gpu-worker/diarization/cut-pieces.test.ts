import assert from 'node:assert/strict';
import test from 'node:test';
import { cutPieces, findRuns } from '../../../src/gpu-worker/diarization/cut-pieces.ts';
import { FRAME_SECONDS } from '../../../src/gpu-worker/diarization/voice-models.ts';

test('runs are found up to the last frame', () => {
  assert.deepEqual(findRuns(Uint8Array.of(1, 0, 1, 1, 2, 1), 1), [
    { from: 0, to: 1 },
    { from: 2, to: 4 },
    { from: 5, to: 6 },
  ]);
});

test('a stretch is cut where the voice changes and overlaps are left out', () => {
  const voiceCounts = new Uint8Array(100).fill(1).fill(2, 60, 70);
  const change = new Float32Array(100);
  change.set([0.4, 0.9, 0.4], 29);
  assert.deepEqual(cutPieces({ voiceCounts, change }), [
    { from: 0, to: 30 },
    { from: 30, to: 60 },
    { from: 70, to: 100 },
  ]);
});

test('a small change does not cut', () => {
  const change = new Float32Array(60).fill(0.29);
  assert.deepEqual(cutPieces({ voiceCounts: new Uint8Array(60).fill(1), change }), [{ from: 0, to: 60 }]);
});

test('long stretches become equal pieces of at most a second and a half without gaps', () => {
  const pieces = cutPieces({ voiceCounts: new Uint8Array(1000).fill(1), change: new Float32Array(1000) });
  assert.ok(pieces.every(({ from, to }) => (to - from) * FRAME_SECONDS <= 1.52));
  assert.ok(pieces.every(({ from }, i) => from === (pieces[i - 1]?.to ?? 0)));
  assert.equal(pieces.at(-1)!.to, 1000);
});
