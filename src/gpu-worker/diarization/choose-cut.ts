/** Where to stop merging, so that the number of voices is what the threshold says and the user allows. */
import { applyMerge, type Dendrogram, joinLeaves, type VoiceCluster } from './agglomerate.ts';
import { toUnitLength } from './embeddings.ts';
import { countPossible, keepVoices, type VoiceSize } from './keep-voices.ts';

/** Counts are looked at where at most this many clusters are left: more voices than that are never asked for. */
const MOST_CLUSTERS = 300;

/**
 * How many of the merges to apply: those above the threshold; more of them while more than `maxSpeakers` voices would be
 * kept; fewer of them until there are `minSpeakers` that could be voices.
 */
export function chooseCut(
  { leaves, merges }: Dendrogram,
  seconds: readonly number[],
  mergeAbove: number,
  { minSpeakers, maxSpeakers }: { minSpeakers: number; maxSpeakers: number },
): number {
  const below = merges.findIndex(merge => merge.similarity < mergeAbove);
  const natural = below < 0 ? merges.length : below;
  const sizesAt = (clusters: readonly VoiceCluster[]) => clusters.map(cluster => sizeOf(cluster, seconds));
  const found = sizesAt(joinLeaves(leaves, merges.slice(0, natural)));
  if (keepVoices(found).length > maxSpeakers) {
    const later = scan(leaves, merges, natural);
    return (
      natural +
      Math.max(
        0,
        later.findIndex(clusters => keepVoices(sizesAt(clusters)).length <= maxSpeakers),
      )
    );
  }
  if (keepVoices(found).length >= minSpeakers || countPossible(found) >= minSpeakers) return natural;
  const first = Math.max(0, Math.min(natural, leaves.length - Math.max(MOST_CLUSTERS, minSpeakers)));
  const earlier = scan(leaves, merges.slice(0, natural), first);
  const enough = earlier.findLastIndex(clusters => countPossible(sizesAt(clusters)) >= minSpeakers);
  return enough >= 0 ? first + enough : Math.max(0, Math.min(natural, leaves.length - minSpeakers));
}

/** The clusters after `first` merges, after one more, and so on to the last. */
function scan(leaves: VoiceCluster[], merges: Dendrogram['merges'], first: number): VoiceCluster[][] {
  const clusters: (VoiceCluster | undefined)[] = [...leaves];
  const states: VoiceCluster[][] = [];
  merges.forEach((merge, i) => {
    if (i >= first) states.push(clusters.filter(cluster => cluster !== undefined));
    applyMerge(clusters, merge);
  });
  states.push(clusters.filter(cluster => cluster !== undefined));
  return states;
}

function sizeOf(cluster: VoiceCluster, seconds: readonly number[]): VoiceSize {
  const total = cluster.members.reduce((sum, piece) => sum + seconds[piece]!, 0);
  return { seconds: total, mean: toUnitLength(cluster.sum) };
}
