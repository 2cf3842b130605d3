/** Agglomerative clustering of voice embeddings on the debiased cosine. */
import { setImmediate } from 'node:timers/promises';
import { dot } from './embeddings.ts';

/** How strongly a small cluster takes the recording's own same-voice similarity instead of what it measured itself. */
const PRIOR_WEIGHT = 6;
/** Floor of a cluster's inner similarity: a cluster of noise must not attract everything. */
const LEAST_INNER = 0.15;
/** Clusters compared with each other in one go: bounds the memory (25 MB) and the time of long recordings. */
const LARGEST_BLOCK = 2500;
/** Merges, or rows of the similarity matrix, between two chances for a cancel to be heard (about 20 ms). */
const STEPS_PER_BREATH = 50;

/** The sums that describe a cluster; those of a union are the sums of its parts. */
export interface VoiceCluster {
  members: number[];
  /** Sum of reliability times embedding. */
  sum: Float64Array;
  /** Sum of squared reliabilities. */
  weight: number;
  /** Sum over pairs inside of the similarity times both reliabilities, and of the squares of both reliabilities. */
  inner: number;
  innerWeight: number;
}

/** One step of the clustering: `second` went into `first` when their debiased cosine was `similarity`. */
export interface Merge {
  first: number;
  second: number;
  similarity: number;
}

export interface Dendrogram {
  /** What the merges join; as many as there were pieces, or fewer where a long recording was merged in blocks first. */
  leaves: VoiceCluster[];
  /** In the order in which they happened, down to one cluster; `first` and `second` are indices of leaves. */
  merges: Merge[];
}

/**
 * Joins, again and again, the two clusters of the highest debiased cosine
 *   rho(A, B) = S_AB / sqrt(S_AA S_BB),
 * where S is the reliability-weighted least-squares mean cosine, sum r_i r_j s_ij / sum r_i² r_j², and S_AA is shrunk to
 * `sameVoice`, the recording's own. Noise and short pieces lower S_AB and S_AA together, so one threshold on rho serves
 * clean and noisy recordings. Clusters are kept as sums, so a long recording is first merged block by block, as far as
 * `blockThreshold` but not below `leastClusters`, and then as a whole: time grows linearly, memory does not.
 */
export async function agglomerate(
  pieces: VoiceCluster[],
  options: { sameVoice: number; blockThreshold: number; leastClusters: number },
  signal: AbortSignal,
): Promise<Dendrogram> {
  const { sameVoice, blockThreshold, leastClusters } = options;
  const blocks = Math.ceil(pieces.length / LARGEST_BLOCK);
  const mostPerBlock = Math.floor(LARGEST_BLOCK / blocks);
  const leaves: VoiceCluster[] = [];
  for (let block = 0; blocks > 1 && block < blocks; block++) {
    const part = pieces.slice(block * LARGEST_BLOCK, (block + 1) * LARGEST_BLOCK);
    const merges = await mergeAll(part, sameVoice, signal);
    const below = merges.findIndex(merge => merge.similarity < blockThreshold);
    const wanted = Math.max(below < 0 ? merges.length : below, part.length - mostPerBlock);
    leaves.push(...joinLeaves(part, merges.slice(0, Math.min(wanted, Math.max(0, part.length - leastClusters)))));
  }
  if (blocks <= 1) leaves.push(...pieces);
  return { leaves, merges: await mergeAll(leaves, sameVoice, signal) };
}

/** The clusters that are left after these merges, in the order of their first leaf. */
export function joinLeaves(leaves: readonly VoiceCluster[], merges: readonly Merge[]): VoiceCluster[] {
  const joined: (VoiceCluster | undefined)[] = [...leaves];
  for (const merge of merges) applyMerge(joined, merge);
  return joined.filter(cluster => cluster !== undefined);
}

/** Joins two clusters in place; the second one's slot is empty afterwards. */
export function applyMerge(clusters: (VoiceCluster | undefined)[], { first, second }: Merge): void {
  clusters[first] = unite(clusters[first]!, clusters[second]!);
  clusters[second] = undefined;
}

function unite(a: VoiceCluster, b: VoiceCluster): VoiceCluster {
  return {
    members: [...a.members, ...b.members],
    sum: a.sum.map((value, i) => value + b.sum[i]!),
    weight: a.weight + b.weight,
    inner: a.inner + b.inner + dot(a.sum, b.sum),
    innerWeight: a.innerWeight + b.innerWeight + a.weight * b.weight,
  };
}

async function mergeAll(clusters: readonly VoiceCluster[], sameVoice: number, signal: AbortSignal): Promise<Merge[]> {
  const count = clusters.length;
  const shared = await crossSums(clusters, signal); // [count, count]
  const weight = Float64Array.from(clusters, cluster => cluster.weight);
  const inner = Float64Array.from(clusters, cluster => cluster.inner);
  const innerWeight = Float64Array.from(clusters, cluster => cluster.innerWeight);
  const scale = new Float64Array(count); // rho(a, b) = shared[a, b] * scale[a] * scale[b]
  const nearest = new Int32Array(count).fill(-1);
  const similarity = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const alive = Array.from({ length: count }, (_, i) => i);

  function rescale(i: number): void {
    const own = (inner[i]! + PRIOR_WEIGHT * sameVoice) / (innerWeight[i]! + PRIOR_WEIGHT);
    scale[i] = 1 / (weight[i]! * Math.sqrt(Math.max(own, LEAST_INNER)));
  }
  function findNearest(i: number): void {
    let best = Number.NEGATIVE_INFINITY;
    for (const j of alive) {
      const rho = shared[i * count + j]! * scale[j]!;
      if (j !== i && rho > best) {
        best = rho;
        nearest[i] = j;
      }
    }
    similarity[i] = best * scale[i]!;
  }

  for (const i of alive) rescale(i);
  for (const i of alive) findNearest(i);
  const merges: Merge[] = [];
  while (alive.length > 1) {
    if (merges.length % STEPS_PER_BREATH === 0) await breathe(signal);
    let first = alive[0]!;
    for (const i of alive) if (similarity[i]! > similarity[first]!) first = i;
    const second = nearest[first]!;
    merges.push({ first, second, similarity: similarity[first]! });

    inner[first]! += inner[second]! + shared[first * count + second]!;
    innerWeight[first]! += innerWeight[second]! + weight[first]! * weight[second]!;
    weight[first]! += weight[second]!;
    alive.splice(alive.indexOf(second), 1);
    for (const i of alive) {
      if (i === first) continue;
      shared[first * count + i]! += shared[second * count + i]!;
      shared[i * count + first] = shared[first * count + i]!;
    }
    rescale(first);
    findNearest(first);
    for (const i of alive) {
      if (i === first) continue;
      const rho = shared[i * count + first]! * scale[i]! * scale[first]!;
      if (rho > similarity[i]!) {
        similarity[i] = rho;
        nearest[i] = first;
      } else if (nearest[i] === first || nearest[i] === second) {
        findNearest(i);
      }
    }
  }
  return merges;
}

/** Products of every two clusters' sums: the numerators of S. [count, count] */
async function crossSums(clusters: readonly VoiceCluster[], signal: AbortSignal): Promise<Float32Array> {
  const count = clusters.length;
  const shared = new Float32Array(count * count);
  for (let i = 0; i < count; i++) {
    if (i % STEPS_PER_BREATH === 0) await breathe(signal);
    for (let j = 0; j < i; j++) {
      const product = dot(clusters[i]!.sum, clusters[j]!.sum);
      shared[i * count + j] = product;
      shared[j * count + i] = product;
    }
  }
  return shared;
}

async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
