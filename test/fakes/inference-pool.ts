/** A pool without processes: a test answers the tasks. */
import type { InferencePool } from '../../src/gpu-worker/inference/pool.ts';
import type { Task } from '../../src/gpu-worker/inference/protocol.ts';
import type { StageContext } from '../../src/pipeline/ports.ts';

export interface FakePool extends InferencePool {
  /** In the order in which they were given to the pool. */
  tasks: Task[];
}

export function createFakePool(
  size: number,
  answer: (task: Task, context: StageContext) => unknown,
  batchFactor = 1,
): FakePool {
  const tasks: Task[] = [];
  return {
    size,
    batchFactor,
    tasks,
    async run(task, context) {
      tasks.push(task);
      return answer(task, context);
    },
    async close() {},
  };
}

/** What a stage says while it runs. */
export function createStageContext(signal = new AbortController().signal) {
  const said = { fractions: [] as number[], cpuSeconds: 0, devices: [] as string[] };
  const context: StageContext = {
    signal,
    onProgress: fraction => said.fractions.push(fraction),
    addCpuSeconds: seconds => {
      said.cpuSeconds += seconds;
    },
    onDevice: device => said.devices.push(device),
  };
  return { context, said };
}
