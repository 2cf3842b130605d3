import assert from 'node:assert/strict';
import test from 'node:test';
import { overlayWindows } from '../../../src/gpu-worker/diarization/overlay-windows.ts';
import {
  ACTIVITY_CHANNELS,
  frameEdge,
  HOP_FRAMES,
  WINDOW_FRAMES,
} from '../../../src/gpu-worker/diarization/voice-models.ts';
import { perfectActivities } from './synthetic-voices.ts';

const speakersAt = (frame: number) => (frame < 100 ? [] : frame < 300 ? [0] : frame < 350 ? [0, 1] : [1]);

test('frames count the voices, whatever the windows call them', () => {
  const { voiceCounts } = overlayWindows(perfectActivities(3, speakersAt), 1e9);
  assert.equal(voiceCounts.length, 2 * HOP_FRAMES + WINDOW_FRAMES);
  assert.deepEqual(
    [...voiceCounts],
    [...voiceCounts.keys()].map(frame => speakersAt(frame).length),
  );
});

test('the change curve is high only where the voice changes', () => {
  const { change } = overlayWindows(
    perfectActivities(3, frame => [Number(frame >= 300)]),
    1e9,
  );
  assert.ok(change[300]! > 0.9);
  assert.ok(change.every((value, frame) => Math.abs(frame - 300) < 4 || value < 0.01));
});

test('nobody speaks after the end of the recording', () => {
  const { voiceCounts } = overlayWindows(
    perfectActivities(1, () => [0]),
    frameEdge(200),
  );
  assert.equal(
    voiceCounts.findLastIndex(count => count > 0),
    199,
  );
});

test('windows that disagree are settled by their mean', () => {
  const activities = perfectActivities(4, frame => (frame >= 3 * HOP_FRAMES ? [0] : []));
  const silenced = activities.map((value, i) => (i < 2 * WINDOW_FRAMES * ACTIVITY_CHANNELS ? 0 : value));
  const { voiceCounts } = overlayWindows(silenced, 1e9);
  assert.equal(voiceCounts[WINDOW_FRAMES - 1], 0, 'two of four hear a voice');
  assert.equal(voiceCounts[WINDOW_FRAMES], 1, 'two of three hear a voice');
});
