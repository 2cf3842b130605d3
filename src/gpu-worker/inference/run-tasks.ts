/** Runs several tasks on the pool as one piece of work: one progress, and the others stop when one fails. */
import type { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { StageContext } from '../../pipeline/ports.ts';
import type { InferencePool } from './pool.ts';
import type { Task } from './protocol.ts';

export interface WeightedTask {
  task: Task;
  /** Its share of the work, in any unit. */
  weight: number;
  /** How many values the answer must have. */
  length: number;
}

/**
 * Resolves with the tasks' values in order, each parsed by `schema`.
 * @throws HansardError of the first task that fails; `inference_failed` for a value of another shape or length
 */
export async function runTasks<T extends ArrayLike<unknown>>(
  pool: InferencePool,
  tasks: readonly WeightedTask[],
  schema: z.ZodType<T>,
  context: StageContext,
): Promise<T[]> {
  const others = new AbortController();
  const signal = AbortSignal.any([context.signal, others.signal]);
  const total = tasks.reduce((sum, { weight }) => sum + weight, 0);
  const fractions = new Float64Array(tasks.length);
  let done = 0;
  const runs = tasks.map(async ({ task, weight, length }, index) => {
    const onProgress = (fraction: number) => {
      if (fraction <= fractions[index]!) return; // a second try begins again
      done += (fraction - fractions[index]!) * weight;
      fractions[index] = fraction;
      context.onProgress(done / total);
    };
    const parsed = schema.safeParse(await pool.run(task, { ...context, signal, onProgress }));
    if (!parsed.success) throw new HansardError('inference_failed', `${task.kind}: ${parsed.error.message}`);
    if (parsed.data.length !== length)
      throw new HansardError('inference_failed', `${task.kind}: ${parsed.data.length} values instead of ${length}`);
    onProgress(1);
    return parsed.data;
  });
  try {
    return await Promise.all(runs);
  } catch (error) {
    others.abort();
    await Promise.allSettled(runs);
    throw error;
  }
}

/** Part of a stage's progress, `from` to `to` of 1. */
export function partOf(context: StageContext, from: number, to: number): StageContext {
  return { ...context, onProgress: fraction => context.onProgress(from + (to - from) * fraction) };
}
