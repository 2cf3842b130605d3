/** Which pieces are recognised together: a batch shares the reading of the weights, and bounds the memory. */
import type { Span } from '../../pipeline/meeting.ts';

/** Sound in one batch, padding included: cross keys and values take 1.1 MB per second, so a child stays below 600 MB. */
export const MAX_BATCH_MS = 80_000;

/**
 * Batches of similar length, as indexes into `pieces`; the longest piece comes first in its batch. Given as tasks to
 * several children in this order, the long ones start first and the children end together.
 */
export function planBatches(pieces: readonly Span[], maxBatchMs = MAX_BATCH_MS): number[][] {
  const lengthMs = (index: number) => pieces[index]!.endMs - pieces[index]!.startMs;
  const byLength = pieces.map((_, index) => index).sort((a, b) => lengthMs(b) - lengthMs(a));
  const batches: number[][] = [];
  for (const index of byLength) {
    const batch = batches.at(-1);
    const longestMs = lengthMs(batch?.[0] ?? index);
    if (batch && (batch.length + 1) * longestMs <= maxBatchMs) batch.push(index);
    else batches.push([index]);
  }
  return batches;
}
