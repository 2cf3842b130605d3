/** What is done where memory runs out: the same work in smaller batches. */

/** What onnxruntime, CUDA and V8 say when an allocation fails; none of them has an error code. */
const FAILED_ALLOCATION = /bad_alloc|failed to allocate|out of memory|array buffer allocation failed/i;

export function isOutOfMemory(error: unknown): boolean {
  return FAILED_ALLOCATION.test(error instanceof Error ? error.message : String(error));
}

export interface ShrinkingBatches {
  /**
   * Works on the items together. Where memory does not suffice they are halved until it does, and later calls begin with
   * as many as fitted.
   * @param work answers for each of its items
   * @param frugal one item at a time
   */
  run<Item, Answer>(
    items: readonly Item[],
    work: (items: readonly Item[], onProgress: (fraction: number) => void) => Promise<Answer[]>,
    options: { frugal: boolean; onProgress(fraction: number): void },
  ): Promise<Answer[]>;
}

export function createShrinkingBatches(): ShrinkingBatches {
  let most = Number.POSITIVE_INFINITY;
  return {
    async run(items, work, { frugal, onProgress }) {
      const answers: Awaited<ReturnType<typeof work>> = [];
      while (answers.length < items.length) {
        const from = answers.length;
        const batch = items.slice(from, from + (frugal ? 1 : most));
        try {
          answers.push(...(await work(batch, fraction => onProgress((from + fraction * batch.length) / items.length))));
        } catch (error) {
          if (batch.length === 1 || !isOutOfMemory(error)) throw error;
          most = Math.ceil(batch.length / 2);
        }
      }
      return answers;
    },
  };
}
