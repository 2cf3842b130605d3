/** Lays the overlapping windows of the segmentation model over each other: how many voices, and where they change. */
import { ACTIVITY_CHANNELS, frameEdge, HOP_FRAMES, WINDOW_FRAMES } from './voice-models.ts';

/**
 * A frame is speech when the windows' mean probability is above the first, and overlapped when that of two voices is above
 * the second. Lower ones find more quiet speech in far-field meetings, but add false alarms at the ends of turns.
 */
const SPEECH_ON = 0.55;
const OVERLAP_ON = 0.4;
/** The change curve compares the frame three before with the frame three after. */
export const CHANGE_REACH = 3;

export interface VoiceActivity {
  /** Per frame of the recording: 0 nobody, 1 one voice, 2 two voices (never more). */
  voiceCounts: Uint8Array;
  /** Per frame: how much the share of the local speakers changes around it, 0..1. */
  change: Float32Array;
}

/**
 * Means over all windows that see a frame, which misses less in noise than votes of each window's best class.
 * A window is only compared with itself, so the order of its local speakers does not matter.
 * @param activities [windows, WINDOW_FRAMES, ACTIVITY_CHANNELS] times 255
 */
export function overlayWindows(activities: Uint8Array, sampleCount: number): VoiceActivity {
  const perWindow = WINDOW_FRAMES * ACTIVITY_CHANNELS;
  const windows = activities.length / perWindow;
  const frames = (windows - 1) * HOP_FRAMES + WINDOW_FRAMES;
  const speech = new Float32Array(frames);
  const overlap = new Float32Array(frames);
  const change = new Float32Array(frames);
  for (let window = 0; window < windows; window++) {
    const local = activities.subarray(window * perWindow, (window + 1) * perWindow);
    const offset = window * HOP_FRAMES;
    for (let frame = 0; frame < WINDOW_FRAMES; frame++) {
      const at = frame * ACTIVITY_CHANNELS;
      const two = local[at + 3]! / 255;
      // one voice counts once in the three activities, two voices twice
      speech[offset + frame]! += (local[at]! + local[at + 1]! + local[at + 2]!) / 255 - two;
      overlap[offset + frame]! += two;
      if (frame >= CHANGE_REACH && frame < WINDOW_FRAMES - CHANGE_REACH) {
        change[offset + frame]! += changeAround(local, frame);
      }
    }
  }
  const voiceCounts = new Uint8Array(frames);
  for (let frame = 0; frame < frames && frameEdge(frame) < sampleCount; frame++) {
    const seen = windowsThatSee(frame, windows, 0);
    if (speech[frame]! / seen > SPEECH_ON) voiceCounts[frame] = overlap[frame]! / seen > OVERLAP_ON ? 2 : 1;
  }
  for (let frame = 0; frame < frames; frame++) {
    change[frame]! /= Math.max(1, windowsThatSee(frame, windows, CHANGE_REACH));
  }
  return { voiceCounts, change };
}

/** 1 minus what the normalised activities before and after the frame have in common. */
function changeAround(local: Uint8Array, frame: number): number {
  const before = (frame - CHANGE_REACH) * ACTIVITY_CHANNELS;
  const after = (frame + CHANGE_REACH) * ACTIVITY_CHANNELS;
  const sumBefore = Math.max(0.255, local[before]! + local[before + 1]! + local[before + 2]!);
  const sumAfter = Math.max(0.255, local[after]! + local[after + 1]! + local[after + 2]!);
  let common = 0;
  for (let speaker = 0; speaker < 3; speaker++) {
    common += Math.min(local[before + speaker]! / sumBefore, local[after + speaker]! / sumAfter);
  }
  return 1 - common;
}

/** How many windows hold the frame at least `margin` frames inside their ends. */
function windowsThatSee(frame: number, windows: number, margin: number): number {
  const last = Math.min(windows - 1, Math.floor((frame - margin) / HOP_FRAMES));
  const first = Math.max(0, Math.ceil((frame - WINDOW_FRAMES + 1 + margin) / HOP_FRAMES));
  return Math.max(0, last - first + 1);
}
