/** How much sound a GPU hears together: as much as its free memory holds. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const ASK_GPU_MS = 5_000;
/** What the usual batch takes with its model, about (80 s of sound, Moonshine and Whisper base on a CPU; not measured on a GPU). */
const USUAL_BYTES = 600e6;
/** The rest is for the model, for cuDNN, and for a language model that waits for its turn. */
const SHARE = 0.25;
const LEAST = 1 / 8;
const MOST = 8;

/**
 * Size of a batch, relative to the usual one. On a CPU it is 1: larger batches gain nothing there, and the words would
 * depend on what else the machine does.
 * @param freeBytes of the GPU; 0 where nobody knows
 */
export function batchFactor(device: string, freeBytes: number): number {
  if (device === 'cpu' || freeBytes === 0) return 1;
  return Math.min(MOST, Math.max(LEAST, (freeBytes * SHARE) / USUAL_BYTES));
}

/** Free memory of a GPU; 0 where nothing knows. @param device `cuda:N`, or `cpu` */
export async function freeGpuBytes(device: string): Promise<number> {
  if (device === 'cpu') return 0;
  const args = ['-i', device.slice('cuda:'.length), '--query-gpu=memory.free', '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', args, { timeout: ASK_GPU_MS });
    const mebibytes = Number.parseInt(stdout, 10);
    return Number.isFinite(mebibytes) ? mebibytes * 2 ** 20 : 0;
  } catch {
    return 0;
  }
}
