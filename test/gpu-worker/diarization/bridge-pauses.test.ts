import assert from 'node:assert/strict';
import test from 'node:test';
import { bridgePauses } from '../../../src/gpu-worker/diarization/bridge-pauses.ts';

test('a pause of half a second belongs to the turn, a longer one ends it', () => {
  const runs = [
    { from: 0, to: 100 },
    { from: 129, to: 200 }, // 29 frames: 0.49 s
    { from: 230, to: 300 }, // 30 frames: 0.51 s
  ];
  assert.deepEqual(bridgePauses(runs), [
    { from: 0, to: 200 },
    { from: 230, to: 300 },
  ]);
  assert.equal(runs[0]!.to, 100, 'the runs stay as they are');
});

test('no runs give no turns', () => assert.deepEqual(bridgePauses([]), []));
