/** Decides how many voices there are and which one speaks in each piece. */
import { agglomerate, joinLeaves, type VoiceCluster } from './agglomerate.ts';
import { chooseCut } from './choose-cut.ts';
import type { FrameSpan } from './cut-pieces.ts';
import { addScaled, dot, embeddingAt, isHeard, toUnitLength } from './embeddings.ts';
import { keepLargest, keepVoices, type VoiceSize } from './keep-voices.ts';
import { EMBEDDING_SIZE, FRAME_SECONDS } from './voice-models.ts';

/** Clusters merge while their debiased cosine is above this (flat between 0.70 and 0.80). */
const MERGE_ABOVE = 0.75;
/** Shorter pieces take no part in the clustering; they only get a voice afterwards. */
const LEAST_TRAINING_SECONDS = 0.5;
/** A piece of d seconds is trusted as sqrt(d / (d + this)). */
const RELIABILITY_SECONDS = 0.4;
/** Same-voice similarity before anything of the recording is known, and the number of pairs that it weighs as much as. */
const PRIOR_SAME_VOICE = 0.5;
const PRIOR_PAIRS = 10;
/** Neighbours sound a little more alike than other pieces of one voice. */
const NEIGHBOUR_DISCOUNT = 0.95;
const LEAST_NEIGHBOUR_SECONDS = 0.8;
const REASSIGNMENT_ROUNDS = 5;
/** A long recording is clustered in blocks; a block keeps more clusters than there can be voices. */
const LEAST_BLOCK_CLUSTERS = 64;

export interface SpeakerLimits {
  minSpeakers: number;
  maxSpeakers: number;
}

/** What is known of one piece. */
interface Piece {
  seconds: number;
  embedding: Float32Array;
  /** False where the piece was too short for an embedding. */
  heard: boolean;
}

/**
 * Clusters the longer pieces on the debiased cosine, whose scale is the recording's own (see `agglomerate`), drops voices
 * that are too small, and gives every piece to the nearest of the voices that are left, a few rounds long.
 * @param embeddings [pieces, EMBEDDING_SIZE], unit length, zeros where a piece was too short
 * @returns per piece its voice, 0 … n-1 without gaps
 */
export async function clusterVoices(
  spans: readonly FrameSpan[],
  embeddings: Float32Array,
  limits: SpeakerLimits,
  signal: AbortSignal,
): Promise<Int32Array> {
  const pieces = spans.map(({ from, to }, i): Piece => {
    const embedding = embeddingAt(embeddings, i);
    return { seconds: (to - from) * FRAME_SECONDS, embedding, heard: isHeard(embedding) };
  });
  const clusters = chooseTraining(pieces).map(i => toCluster(i, pieces[i]!));
  if (clusters.length === 0) return new Int32Array(pieces.length);
  const dendrogram = await agglomerate(
    clusters,
    {
      sameVoice: measureSameVoice(spans, pieces),
      blockThreshold: MERGE_ABOVE,
      leastClusters: LEAST_BLOCK_CLUSTERS + limits.minSpeakers,
    },
    signal,
  );
  const seconds = pieces.map(piece => piece.seconds);
  const cut = chooseCut(dendrogram, seconds, MERGE_ABOVE, limits);
  const labels = new Int32Array(pieces.length).fill(-1);
  joinLeaves(dendrogram.leaves, dendrogram.merges.slice(0, cut)).forEach((cluster, voice) => {
    for (const piece of cluster.members) labels[piece] = voice;
  });
  return reassign(pieces, labels, limits);
}

function chooseTraining(pieces: readonly Piece[]): number[] {
  const heard = pieces.flatMap((piece, i) => (piece.heard ? [i] : []));
  const long = heard.filter(i => pieces[i]!.seconds >= LEAST_TRAINING_SECONDS);
  return long.length >= 2 ? long : heard;
}

function toCluster(index: number, { seconds, embedding }: Piece): VoiceCluster {
  const reliability = Math.sqrt(reliabilitySquared(seconds));
  const sum = Float64Array.from(embedding, value => value * reliability);
  return { members: [index], sum, weight: reliability ** 2, inner: 0, innerWeight: 0 };
}

function reliabilitySquared(seconds: number): number {
  return seconds / (seconds + RELIABILITY_SECONDS);
}

/** How alike pieces of one voice are in this recording: neighbouring pieces of one stretch, shrunk to the prior. */
function measureSameVoice(spans: readonly FrameSpan[], pieces: readonly Piece[]): number {
  let sum = PRIOR_PAIRS * PRIOR_SAME_VOICE;
  let pairs = PRIOR_PAIRS;
  for (let i = 0; i + 1 < pieces.length; i++) {
    const [one, next] = [pieces[i]!, pieces[i + 1]!];
    if (spans[i]!.to !== spans[i + 1]!.from || !one.heard || !next.heard) continue;
    if (Math.min(one.seconds, next.seconds) <= LEAST_NEIGHBOUR_SECONDS) continue;
    const reliability = Math.sqrt(reliabilitySquared(one.seconds) * reliabilitySquared(next.seconds));
    sum += (NEIGHBOUR_DISCOUNT * dot(one.embedding, next.embedding)) / reliability;
    pairs++;
  }
  return sum / pairs;
}

/** Drops small voices and gives every piece to the nearest mean, again and again, within the limits. */
function reassign(pieces: readonly Piece[], initial: Int32Array, limits: SpeakerLimits): Int32Array {
  let labels = initial;
  for (let round = 0; round < REASSIGNMENT_ROUNDS; round++) {
    const voices = measureVoices(pieces, labels);
    let kept = keepVoices(voices);
    if (kept.length < limits.minSpeakers) kept = keepLargest(voices, limits.minSpeakers);
    if (kept.length > limits.maxSpeakers) kept = keepLargest(voices, limits.maxSpeakers);
    const next = compact(nearestVoices(pieces, labels, voices, kept));
    if (countVoices(next) < Math.min(limits.minSpeakers, voices.length)) break;
    labels = next;
  }
  return labels;
}

interface Voice extends VoiceSize {
  /** Sum of its embeddings times their seconds. */
  sum: Float64Array;
}

function measureVoices(pieces: readonly Piece[], labels: Int32Array): Voice[] {
  const count = countVoices(labels);
  const sums = Array.from({ length: count }, () => new Float64Array(EMBEDDING_SIZE));
  const seconds = new Float64Array(count);
  pieces.forEach((piece, i) => {
    const voice = labels[i]!;
    if (voice < 0) return;
    seconds[voice]! += piece.seconds;
    addScaled(sums[voice]!, piece.embedding, piece.seconds);
  });
  return sums.map((sum, voice) => ({ seconds: seconds[voice]!, sum, mean: toUnitLength(sum) }));
}

/** A piece is not compared with a mean that holds itself; the only piece of a voice stays with it. */
function nearestVoices(
  pieces: readonly Piece[],
  labels: Int32Array,
  voices: readonly Voice[],
  kept: readonly number[],
): Int32Array {
  return Int32Array.from(pieces, (piece, i) => {
    let nearest = kept[0]!;
    let best = Number.NEGATIVE_INFINITY;
    for (const voice of kept) {
      const similarity =
        labels[i] === voice ? cosineWithoutSelf(piece, voices[voice]!) : dot(piece.embedding, voices[voice]!.mean);
      if (similarity > best) {
        best = similarity;
        nearest = voice;
      }
    }
    return nearest;
  });
}

function cosineWithoutSelf({ embedding, seconds }: Piece, { sum }: Voice): number {
  const others = Float64Array.from(sum);
  addScaled(others, embedding, -seconds);
  const length = Math.sqrt(dot(others, others));
  return length > 1e-6 ? dot(embedding, others) / length : Number.POSITIVE_INFINITY;
}

function countVoices(labels: Int32Array): number {
  return labels.reduce((most, label) => Math.max(most, label), -1) + 1;
}

/** Renumbers labels so that there are no gaps. */
function compact(labels: Int32Array): Int32Array {
  const used = [...new Set(labels)].sort((a, b) => a - b);
  const numbers = new Map(used.map((label, number) => [label, number]));
  return labels.map(label => numbers.get(label)!);
}
