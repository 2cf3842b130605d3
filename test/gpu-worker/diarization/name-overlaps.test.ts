import assert from 'node:assert/strict';
import test from 'node:test';
import { nameOverlaps } from '../../../src/gpu-worker/diarization/name-overlaps.ts';
import { overlayWindows } from '../../../src/gpu-worker/diarization/overlay-windows.ts';
import { perfectActivities } from './synthetic-voices.ts';

/** Voice 0, both, voice 1: frames of one recording of three windows. */
const speakersAt = (frame: number) => (frame < 300 ? [0] : frame < 360 ? [0, 1] : [1]);
const activities = perfectActivities(3, speakersAt);
const { voiceCounts } = overlayWindows(activities, 1e9);

test('in an overlap both voices speak that the local speakers have alone', () => {
  const solo = Int8Array.from(voiceCounts, (count, frame) => (count === 1 ? Number(frame >= 360) + 1 : -1));
  const speaks = nameOverlaps(activities, voiceCounts, solo, 3);
  assert.ok(
    speaks[0]!.every(value => value === 0),
    'the voice that is nowhere alone stays silent',
  );
  assert.deepEqual(
    [...speaks[1]!],
    [...voiceCounts.keys()].map(frame => Number(frame < 360)),
  );
  assert.deepEqual(
    [...speaks[2]!],
    [...voiceCounts.keys()].map(frame => Number(frame >= 300)),
  );
});

test('an overlap with a voice that is never heard alone has one name', () => {
  const solo = Int8Array.from(voiceCounts, (count, frame) => (count === 1 && frame < 300 ? 0 : -1));
  const [only] = nameOverlaps(activities, voiceCounts, solo, 1);
  assert.ok(only!.subarray(0, 360).every(value => value === 1));
  assert.ok(only!.subarray(360).every(value => value === 0));
});
