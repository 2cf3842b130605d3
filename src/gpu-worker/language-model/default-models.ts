/** Which model is asked where nobody named one: the larger where a GPU can hold it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isLocal } from '../device-lock.ts';

/** Runs on a CPU, or on a GPU of 8 GB. */
export const SMALL_MODEL = 'qwen3:4b-instruct-2507';
/** About 19 GB of weights (models.md §8.4), and its window beside them. */
export const LARGE_MODEL = 'qwen3:30b-a3b-instruct-2507';
/** Decimal, as GPUs are sold; cards of 24 GB report from 24.1e9 bytes. */
const LARGE_FROM_BYTES = 24e9;
const ASK_GPU_MS = 5_000;

/**
 * In order of preference. Of a server elsewhere the GPU is not known: what it has says what it can hold.
 * @param host of Ollama
 * @param gpuBytes memory of this machine's largest GPU, 0 without one
 */
export function defaultModels(host: string, gpuBytes: number): [string, ...string[]] {
  if (!isLocal(host)) return [SMALL_MODEL, LARGE_MODEL];
  return gpuBytes >= LARGE_FROM_BYTES ? [LARGE_MODEL, SMALL_MODEL] : [SMALL_MODEL];
}

/** Memory of the largest NVIDIA GPU; 0 where there is none, or nothing that knows. */
export async function gpuMemoryBytes(): Promise<number> {
  const args = ['--query-gpu=memory.total', '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', args, { timeout: ASK_GPU_MS });
    return parseGpuMemory(stdout);
  } catch {
    return 0;
  }
}

/** @param listed one line per GPU, in MiB */
export function parseGpuMemory(listed: string): number {
  const mebibytes = listed.split('\n').map(line => Number.parseInt(line, 10));
  return Math.max(0, ...mebibytes.filter(Number.isFinite)) * 2 ** 20;
}
