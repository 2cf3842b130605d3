/** Creates onnxruntime sessions: one thread, weights verified elsewhere, the device that is really used. */
import './no-telemetry.ts';
import fs from 'node:fs/promises';
import ort from 'onnxruntime-node';
import { HansardError } from '../../errors.ts';

/** `cpu` or `cuda:N`: where a session runs. */
export type Device = 'cpu' | `cuda:${number}`;

/** What a recogniser is loaded with. */
export interface LoadOptions {
  weightsDir: string;
  graphsDir: string;
  device: Device;
  /** Sound that is heard together, relative to the usual. */
  batchFactor?: number;
}

/**
 * Loads a graph whose tensors are external data in `weightsDir` (the published file, untouched). One thread: on these
 * models a second one doubles the CPU time and slows the run (measured, docs/models.md); cores are filled with processes.
 * onnxruntime does not check the weights, so the caller has verified their sha256.
 * @throws HansardError `model_missing` (removed since), `device_unavailable`, `inference_failed`
 */
export async function createSession(
  graphPath: string,
  weightsDir: string,
  device: Device,
): Promise<ort.InferenceSession> {
  const graph = await fs.readFile(graphPath).catch(cause => {
    throw new HansardError('model_missing', graphPath, { cause });
  });
  const executionProviders = device === 'cpu' ? ['cpu'] : [{ name: 'cuda', deviceId: Number(device.slice(5)) }, 'cpu'];
  try {
    return await ort.InferenceSession.create(graph, {
      executionProviders,
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      extra: { session: { model_external_initializers_file_folder_path: weightsDir } },
    });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    if (/data path does not exist/.test(detail)) throw new HansardError('model_missing', detail, { cause });
    if (device !== 'cpu') throw new HansardError('device_unavailable', `${device}: ${detail}`, { cause });
    throw new HansardError('inference_failed', `${graphPath}: ${detail}`, { cause });
  }
}
