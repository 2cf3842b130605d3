/** Cuts the stretches where one voice speaks into short pieces that hold one speaker each. */
import { CHANGE_REACH, type VoiceActivity } from './overlay-windows.ts';
import { FRAME_SECONDS } from './voice-models.ts';

/** A stretch is cut at the peak of the change curve where the curve is at least this high. */
const CUT_AT = 0.3;
/** Longest piece: shorter ones split voices, longer ones mix them (1.0 and 2.0 s were worse). */
const LONGEST_SECONDS = 1.5;

/** Frames [from, to) in which one voice speaks. */
export interface FrameSpan {
  from: number;
  to: number;
}

/** Pieces in time order; each lies inside one stretch of one voice. */
export function cutPieces({ voiceCounts, change }: VoiceActivity): FrameSpan[] {
  return findRuns(voiceCounts, 1).flatMap(stretch =>
    cutAtChanges(stretch, change).flatMap(({ from, to }) => {
      const parts = Math.max(1, Math.ceil(((to - from) * FRAME_SECONDS) / LONGEST_SECONDS));
      const edge = (part: number) => from + Math.round(((to - from) * part) / parts);
      return Array.from({ length: parts }, (_, part) => ({ from: edge(part), to: edge(part + 1) }));
    }),
  );
}

/** The runs of `value`, in order. */
export function findRuns(values: Uint8Array, value: number): FrameSpan[] {
  const runs: FrameSpan[] = [];
  for (let frame = 0; frame < values.length; frame++) {
    if (values[frame] !== value) continue;
    const from = frame;
    while (frame < values.length && values[frame] === value) frame++;
    runs.push({ from, to: frame });
  }
  return runs;
}

function cutAtChanges({ from, to }: FrameSpan, change: Float32Array): FrameSpan[] {
  const spans: FrameSpan[] = [];
  let start = from;
  for (let frame = from + CHANGE_REACH; frame < to - CHANGE_REACH; ) {
    if (change[frame]! < CUT_AT) {
      frame++;
      continue;
    }
    let peak = frame;
    let end = frame;
    for (; end < to - CHANGE_REACH && change[end]! >= CUT_AT; end++) if (change[end]! > change[peak]!) peak = end;
    spans.push({ from: start, to: peak });
    start = peak;
    frame = end + CHANGE_REACH;
  }
  spans.push({ from: start, to });
  return spans;
}
