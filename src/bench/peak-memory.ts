/** The most memory that a process and all its descendants hold at one time. */
import { measureProcessTree } from './process-tree.ts';

export interface MemoryWatch {
  /** Highest of the samples in bytes, one taken now included; null where it is not known. */
  stop(): Promise<number | null>;
}

const SAMPLE_EVERY_MS = 250;

/** Samples until stopped; a peak between two samples is missed. */
export function watchPeakMemory(rootPid: number): MemoryWatch {
  let peak: number | null = null;
  let sampling: Promise<void> | undefined;
  const sample = async () => {
    const usage = await measureProcessTree(rootPid);
    if (usage) peak = Math.max(peak ?? 0, usage.memoryBytes);
  };
  const timer = setInterval(() => {
    sampling ??= sample().finally(() => {
      sampling = undefined;
    });
  }, SAMPLE_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await sampling;
      await sample();
      return peak;
    },
  };
}
