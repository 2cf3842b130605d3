/** What of this machine decides which models it should use. */
import os from 'node:os';
import type { Config } from '../config.ts';
import { diskSpace } from '../disk-space.ts';
import { HansardError } from '../errors.ts';
import { chooseDevice } from './device.ts';
import { gpuMemoryBytes } from './language-model/default-models.ts';
import { hasVnni } from './onnx/vnni.ts';

export interface MachineFacts {
  cores: number;
  /** Inference processes that would run, each with models of its own. */
  processes: number;
  hasVnni: boolean;
  memoryBytes: number;
  /** `cpu` or `cuda:N`, and one sentence why. */
  device: string;
  deviceReason: string;
  /** Of the GPU that the models would use; 0 on the CPU. */
  gpuBytes: number;
  /** Where the models are kept. */
  freeDiskBytes: number;
}

export async function examineMachine(
  config: Pick<Config, 'device' | 'inferenceProcesses' | 'modelsDir'>,
): Promise<MachineFacts> {
  const { device, reason } = await findDevice(config.device);
  const { freeBytes } = await diskSpace(config.modelsDir);
  return {
    cores: os.availableParallelism(),
    processes: device === 'cpu' ? config.inferenceProcesses : 1,
    hasVnni: hasVnni(),
    memoryBytes: Math.min(process.availableMemory(), os.totalmem()),
    ...{ device, deviceReason: reason },
    gpuBytes: device === 'cpu' ? 0 : await gpuMemoryBytes(),
    freeDiskBytes: freeBytes,
  };
}

/** A GPU that was named and cannot be used fails the work later, with the same sentence; models are chosen for the CPU. */
async function findDevice(wanted: string): Promise<{ device: string; reason: string }> {
  try {
    return await chooseDevice(wanted);
  } catch (error) {
    if (error instanceof HansardError && error.code === 'device_unavailable')
      return { device: 'cpu', reason: error.detail };
    throw error;
  }
}
