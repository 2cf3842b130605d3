/** Runs one stage, or answers from its stored result; keeps the record of what it cost. */
import { z } from 'zod';
import type { StageContext } from './ports.ts';
import { type ResultStore, type StageIdentity, stageKey } from './results/result-store.ts';

/** What a stage cost when it was computed. `cpuSeconds` is the time of the processes that did the work. */
export interface StageCost {
  seconds: number;
  cpuSeconds: number;
  /** Where its models ran; null for a stage without models. */
  device: string | null;
}

export interface StageOutcome<T> extends StageCost {
  key: string;
  result: T;
  /** Answered from the store: nothing was computed in this run. */
  stored: boolean;
}

/** Hears how a run goes. Fractions are 0..1. */
export interface StageObserver {
  onStageStart(stage: string): void;
  onStageProgress(stage: string, fraction: number): void;
  onStageEnd(stage: string, outcome: { seconds: number; stored: boolean }): void;
  /** The recording's length, as soon as it is known. */
  onDuration(durationMs: number): void;
}

export interface StageRunner {
  run<T>(
    identity: StageIdentity,
    schema: z.ZodType<T>,
    compute: (context: StageContext) => Promise<T>,
  ): Promise<StageOutcome<T>>;
}

interface RunnerOptions {
  results: ResultStore;
  observer: StageObserver;
  /** Compute even what is stored. */
  force: boolean;
}

export function createStageRunner({ results, observer, force }: RunnerOptions, signal: AbortSignal): StageRunner {
  return {
    async run<T>(identity: StageIdentity, schema: z.ZodType<T>, compute: (context: StageContext) => Promise<T>) {
      signal.throwIfAborted();
      const key = stageKey(identity);
      const stored = force ? undefined : await findOutcome(results, key, schema);
      if (stored) {
        observer.onStageEnd(identity.stage, { seconds: stored.seconds, stored: true });
        return stored;
      }
      observer.onStageStart(identity.stage);
      const startedAt = performance.now();
      const cpuBefore = process.cpuUsage();
      let countedCpuSeconds = 0;
      let furthest = 0;
      let device: string | null = null;
      const result = await compute({
        signal,
        onProgress: fraction => {
          furthest = Math.max(furthest, Math.min(1, fraction));
          observer.onStageProgress(identity.stage, furthest);
        },
        addCpuSeconds: seconds => {
          countedCpuSeconds += seconds;
        },
        onDevice: name => {
          device = name;
        },
      });
      const own = process.cpuUsage(cpuBefore);
      const seconds = (performance.now() - startedAt) / 1000;
      // a stage that counts does so itself: our own time is shared with the stages beside it
      const cpuSeconds = countedCpuSeconds > 0 ? countedCpuSeconds : (own.user + own.system) / 1e6;
      await results.put(key, { result, seconds, cpuSeconds, device });
      observer.onStageEnd(identity.stage, { seconds, stored: false });
      return { key, result, seconds, cpuSeconds, device, stored: false };
    },
  };
}

/** What a stage gave and cost when it was computed; undefined when nothing (sound) is stored under the key. */
export async function findOutcome<T>(
  results: ResultStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<StageOutcome<T> | undefined> {
  const stored = await results.find(key, storedSchema(schema));
  return stored && { ...stored, key, stored: true };
}

function storedSchema<T>(result: z.ZodType<T>): z.ZodType<StageCost & { result: T }> {
  const cost = z.object({ seconds: z.number(), cpuSeconds: z.number(), device: z.string().nullable() });
  return z.intersection(cost, z.object({ result: z.custom<unknown>() })).transform((stored, context) => {
    const parsed = result.safeParse(stored.result);
    if (parsed.success) return { ...stored, result: parsed.data };
    context.addIssue({ code: 'custom', message: parsed.error.message });
    return z.NEVER;
  });
}
