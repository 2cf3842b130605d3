/** The inference pool, started with the first model work on the device that is there then. */
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { DeviceChoice } from '../device.ts';
import type { InferencePool } from './pool.ts';

export interface OpenPool {
  pool: InferencePool;
  device: string;
}

export interface PoolOnDemand {
  /** Where the models run, or would run. @throws HansardError `device_unavailable` */
  device(): Promise<DeviceChoice>;
  /** The same pool every time, until it is replaced. */
  open(): Promise<OpenPool>;
  /**
   * The pool to try again with after `error`: a GPU that turns out not to work after all, or that ran out of memory on
   * one piece, means the CPU, unless it was asked for by name. Undefined when there is no other pool than the one that failed.
   */
  replace(failed: InferencePool, error: unknown): Promise<OpenPool | undefined>;
  close(): Promise<void>;
}

export interface PoolMakers {
  chooseDevice(wanted: string): Promise<DeviceChoice>;
  createPool(device: DeviceChoice['device']): Promise<InferencePool>;
}

/** @param wanted `auto`, `cpu` or `cuda:N` */
export function createPoolOnDemand(wanted: string, logger: Logger, makers: PoolMakers): PoolOnDemand {
  let choice: Promise<DeviceChoice> | undefined;
  let opened: Promise<OpenPool> | undefined;

  const device = () => {
    choice ??= makers.chooseDevice(wanted);
    return choice;
  };

  async function start(): Promise<OpenPool> {
    const { device: name, reason } = await device();
    logger.info({ device: name, reason }, 'inference device');
    return { pool: await makers.createPool(name), device: name };
  }

  const open = () => {
    opened ??= start();
    return opened;
  };

  return {
    device,
    open,
    async replace(failed, error) {
      const before = opened;
      const isGone =
        error instanceof HansardError && (error.code === 'device_unavailable' || error.code === 'out_of_memory');
      // both stages may fail on the same GPU: the second one finds the pool replaced
      const current = await before;
      const wasGpu = current?.pool === failed && current.device !== 'cpu';
      if (isGone && wanted === 'auto' && wasGpu && opened === before) {
        logger.warn({ why: error.detail }, 'the GPU cannot be used, going on with the CPU');
        choice = Promise.resolve({ device: 'cpu', reason: `The CPU, as the GPU failed: ${error.detail}` });
        opened = start();
        await failed.close();
      }
      const now = await open();
      return now.pool === failed ? undefined : now;
    },
    async close() {
      await (await opened?.catch(() => undefined))?.pool.close();
    },
  };
}
