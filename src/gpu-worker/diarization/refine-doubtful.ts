/** The fine pass: stretches whose voice is doubtful are heard again in overlapping one-second windows. */
import { type FrameSpan, findRuns } from './cut-pieces.ts';
import { addScaled, dot, embeddingAt, isHeard, toUnitLength } from './embeddings.ts';
import type { VoiceActivity } from './overlay-windows.ts';
import { EMBEDDING_SIZE, FRAME_SECONDS } from './voice-models.ts';

/** A piece is doubtful when its voice leads the next one by less than this, in cosine. More costs time and finds no more. */
const CLEAR_LEAD = 0.15;
/** Shorter stretches are not worth a second look. */
const LEAST_SECONDS = 0.7;
const WINDOW_SECONDS = 1;
const HOP_SECONDS = 0.5;
/** Viterbi: weight of the piece's own cosine, score per second of cosine, price of a change of voice, and how much of
 *  the price a certain change in the segmentation takes away. */
const PIECE_WEIGHT = 0.5;
const SCORE_PER_SECOND = 20;
const SWITCH_PRICE = 3;
const CHANGE_DISCOUNT = 0.8;

export interface LabelledPieces {
  spans: readonly FrameSpan[];
  /** [pieces, EMBEDDING_SIZE] */
  embeddings: Float32Array;
  /** Per piece: its voice, 0 … n-1. */
  labels: Int32Array;
}

/** A stretch to hear again, and the windows to hear it in. */
export interface DoubtfulStretch extends FrameSpan {
  windows: FrameSpan[];
}

/** The voice of each frame where one voice speaks, -1 elsewhere. */
export function frameLabels({ spans, labels }: LabelledPieces, frameCount: number): Int8Array {
  const voices = new Int8Array(frameCount).fill(-1);
  spans.forEach(({ from, to }, i) => {
    voices.fill(labels[i]!, from, to);
  });
  return voices;
}

/** Stretches whose pieces disagree or do not lead clearly. */
export function findDoubtful(pieces: LabelledPieces, voiceCounts: Uint8Array): DoubtfulStretch[] {
  const means = meanVoices(pieces);
  const doubtful: DoubtfulStretch[] = [];
  let piece = 0;
  for (const { from, to } of findRuns(voiceCounts, 1)) {
    const first = piece;
    while (piece < pieces.spans.length && pieces.spans[piece]!.from < to) piece++;
    if ((to - from) * FRAME_SECONDS < LEAST_SECONDS) continue;
    const inside = Array.from({ length: piece - first }, (_, i) => first + i);
    const disagree = inside.some(i => pieces.labels[i] !== pieces.labels[first]);
    if (disagree || inside.some(i => !leadsClearly(pieces, i, means))) {
      doubtful.push({ from, to, windows: placeWindows({ from, to }) });
    }
  }
  return doubtful;
}

/**
 * Finds the best sequence of voices through each doubtful stretch (Viterbi over frames) and writes it into `voices`.
 * @param fine embeddings of the stretches' windows, in order, [windows, EMBEDDING_SIZE]
 */
export function relabelDoubtful(
  voices: Int8Array,
  stretches: readonly DoubtfulStretch[],
  fine: Float32Array,
  pieces: LabelledPieces,
  activity: VoiceActivity,
): void {
  const means = meanVoices(pieces);
  let firstWindow = 0;
  let firstPiece = 0;
  for (const stretch of stretches) {
    const scores = scoreFrames(stretch, fine, firstWindow, means);
    while (pieces.spans[firstPiece]!.to <= stretch.from) firstPiece++;
    addPieceScores(scores, stretch, pieces, firstPiece, means);
    voices.set(bestSequence(scores, means.length, activity.change.subarray(stretch.from, stretch.to)), stretch.from);
    firstWindow += stretch.windows.length;
  }
}

/** Each voice's mean embedding, weighted by seconds, unit length. */
function meanVoices({ spans, embeddings, labels }: LabelledPieces): Float64Array[] {
  const count = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const sums = Array.from({ length: count }, () => new Float64Array(EMBEDDING_SIZE));
  spans.forEach(({ from, to }, i) => {
    addScaled(sums[labels[i]!]!, embeddingAt(embeddings, i), to - from);
  });
  return sums.map(toUnitLength);
}

function leadsClearly({ embeddings, labels }: LabelledPieces, piece: number, means: readonly Float64Array[]): boolean {
  const embedding = embeddingAt(embeddings, piece);
  if (!isHeard(embedding)) return false;
  const own = dot(embedding, means[labels[piece]!]!);
  return means.every((mean, voice) => voice === labels[piece] || own - dot(embedding, mean) >= CLEAR_LEAD);
}

/** Windows of a second every half second, evenly; one for a stretch that is hardly longer. */
function placeWindows({ from, to }: FrameSpan): FrameSpan[] {
  const width = WINDOW_SECONDS / FRAME_SECONDS;
  if (to - from <= width * 1.25) return [{ from, to }];
  const count = Math.ceil((to - from - width) / (HOP_SECONDS / FRAME_SECONDS)) + 1;
  return Array.from({ length: count }, (_, i) => {
    const start = from + ((to - width - from) * i) / (count - 1);
    return { from: Math.round(start), to: Math.round(start + width) };
  });
}

/** Mean cosine of the windows over each frame, weighted towards their middle. [frames, voices] */
function scoreFrames(
  { from, to, windows }: DoubtfulStretch,
  fine: Float32Array,
  firstWindow: number,
  means: readonly Float64Array[],
): Float64Array {
  const voices = means.length;
  const scores = new Float64Array((to - from) * voices);
  const weights = new Float64Array(to - from).fill(1e-6);
  windows.forEach((window, w) => {
    const embedding = embeddingAt(fine, firstWindow + w);
    if (!isHeard(embedding)) return;
    const cosines = means.map(mean => dot(embedding, mean));
    const width = window.to - window.from;
    for (let i = 0; i < width; i++) {
      const frame = window.from - from + i;
      const weight = 0.55 - 0.5 * Math.cos((2 * Math.PI * (i + 1)) / (width + 1)); // Hann, never zero
      weights[frame]! += weight;
      for (let voice = 0; voice < voices; voice++) scores[frame * voices + voice]! += weight * cosines[voice]!;
    }
  });
  return scores.map((score, i) => score / weights[Math.floor(i / voices)]!);
}

function addPieceScores(
  scores: Float64Array,
  { from, to }: FrameSpan,
  pieces: LabelledPieces,
  firstPiece: number,
  means: readonly Float64Array[],
): void {
  const voices = means.length;
  for (let piece = firstPiece; piece < pieces.spans.length && pieces.spans[piece]!.from < to; piece++) {
    const cosines = means.map(mean => dot(embeddingAt(pieces.embeddings, piece), mean));
    const span = pieces.spans[piece]!;
    for (let frame = span.from - from; frame < span.to - from; frame++) {
      for (let voice = 0; voice < voices; voice++) scores[frame * voices + voice]! += PIECE_WEIGHT * cosines[voice]!;
    }
  }
}

/** Viterbi: a change of voice costs, but less where the segmentation saw a change. */
function bestSequence(scores: Float64Array, voices: number, change: Float32Array): Int8Array {
  const frames = change.length;
  const cameFrom = new Int8Array(frames * voices);
  let totals = new Float64Array(voices);
  for (let frame = 0; frame < frames; frame++) {
    const leader = indexOfLargest(totals);
    const switched = totals[leader]! - SWITCH_PRICE * (1 - CHANGE_DISCOUNT * Math.min(1, 2 * change[frame]!));
    const next = new Float64Array(voices);
    for (let voice = 0; voice < voices; voice++) {
      const stays = frame === 0 || totals[voice]! >= switched;
      cameFrom[frame * voices + voice] = stays ? voice : leader;
      const gain = scores[frame * voices + voice]! * SCORE_PER_SECOND * FRAME_SECONDS;
      next[voice] = (stays ? totals[voice]! : switched) + gain;
    }
    totals = next;
  }
  const sequence = new Int8Array(frames);
  let voice = indexOfLargest(totals);
  for (let frame = frames - 1; frame >= 0; frame--) {
    sequence[frame] = voice;
    voice = cameFrom[frame * voices + voice]!;
  }
  return sequence;
}

function indexOfLargest(values: Float64Array): number {
  let largest = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[largest]!) largest = i;
  return largest;
}
