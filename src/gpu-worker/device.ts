/** Which device the models can really use here, and why not another. Nothing is swapped in silence. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { HansardError } from '../errors.ts';
import type { Device } from './onnx/session.ts';

export interface DeviceChoice {
  device: Device;
  /** One sentence: why this one. */
  reason: string;
}

/** What is asked of the machine; tests answer for it. */
export interface Machine {
  exists(file: string): boolean;
  /** Shared libraries that the loader does not find for `library`. */
  missingLibraries(library: string): Promise<string[]>;
  /** onnxruntime looks for its provider libraries beside its own binding only. */
  bindingDir: string;
}

const PROVIDERS = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'] as const;

/**
 * `auto` takes the first GPU where everything it needs is there, else the CPU.
 * @param wanted `auto`, `cpu` or `cuda:N`
 * @throws HansardError `device_unavailable` when `cuda:N` was asked for by name and cannot be used
 */
export async function chooseDevice(wanted: string, machine: Machine = thisMachine()): Promise<DeviceChoice> {
  if (wanted === 'cpu') return { device: 'cpu', reason: 'The CPU was asked for.' };
  const device: Device = `cuda:${wanted === 'auto' ? 0 : Number(wanted.slice('cuda:'.length))}`;
  const obstacle = await findObstacle(device, machine);
  if (obstacle === undefined) return { device, reason: 'The GPU and the libraries it needs are here.' };
  if (wanted === 'auto') return { device: 'cpu', reason: `The CPU, as ${obstacle}.` };
  throw new HansardError('device_unavailable', `${device}: ${obstacle}. Set HANSARD_DEVICE=cpu to use the CPU.`);
}

async function findObstacle(device: string, machine: Machine): Promise<string | undefined> {
  for (const file of [`/dev/nvidia${device.slice('cuda:'.length)}`, '/dev/nvidiactl']) {
    if (!machine.exists(file)) return `there is no NVIDIA GPU (${file} is missing)`;
  }
  for (const provider of PROVIDERS) {
    const library = path.join(machine.bindingDir, provider);
    if (!machine.exists(library)) return `onnxruntime's GPU library ${provider} is not installed`;
    const missing = await machine.missingLibraries(library);
    if (missing.length > 0) return `${provider} needs ${missing.join(', ')}, which cannot be found`;
  }
  return undefined;
}

function thisMachine(): Machine {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  const bindingDir = path.join(path.dirname(entry), 'bin', 'napi-v6', process.platform, process.arch);
  return { exists: file => fs.existsSync(file), missingLibraries, bindingDir };
}

/** Asks the dynamic loader: onnxruntime itself says only "failed to load shared library". */
async function missingLibraries(library: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [library]);
  return stdout.split('\n').flatMap(line => /^\s*(\S+) => not found/.exec(line)?.[1] ?? []);
}
