/**
 * At most one model-heavy task per GPU at a time, across processes: words, voices, and a language model on the same host
 * would not fit into its memory together. A CPU needs no lock: its tasks share the inference processes.
 */
import os from 'node:os';
import path from 'node:path';
import { HansardError } from '../errors.ts';
import { waitForLock } from '../exclusive-lock.ts';
import type { Logger } from '../logger.ts';

/** @throws HansardError `cancelled` while it waits */
export async function withDevice<T>(
  device: string,
  { signal, logger, folder = os.tmpdir() }: { signal: AbortSignal; logger: Logger; folder?: string },
  work: () => Promise<T>,
): Promise<T> {
  if (device === 'cpu') return await work();
  const file = path.join(folder, `hansard-${device.replace(':', '-')}.lock`);
  const onWait = () => logger.info({ device }, 'waiting for the GPU');
  const lock = await waitForLock(file, signal, onWait).catch(cause => {
    if (signal.aborted) throw new HansardError('cancelled', device, { cause });
    throw cause;
  });
  try {
    return await work();
  } finally {
    lock[Symbol.dispose]();
  }
}

/** Whether a server is on this host, thus on this host's GPU. */
export function isLocal(host: string): boolean {
  const name = /^(?:https?:\/\/)?(\[[^\]]+\]|[^:/]+)/.exec(host)?.[1] ?? '';
  return ['localhost', '0.0.0.0', '[::1]', '[::]'].includes(name) || name.startsWith('127.');
}
