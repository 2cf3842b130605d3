/** BullMQ's worker, with an end that does not need Redis and with manners towards workers that can do more. */
import { Worker } from 'bullmq';
import type { StoredData, StoredResult } from './stored-job.ts';

/** More than the clocks of two hosts and the way to Redis differ by. */
const HEAD_START_S = 0.1;

export class BullWorker extends Worker<StoredData, StoredResult, string> {
  private passedOnUntilMs = 0;

  /** A job that this worker cannot do is due then: other workers that wait for it go first. */
  letOthersTakeAt(dueAtMs: number): void {
    this.passedOnUntilMs = dueAtMs;
  }

  /** Without the head start the worker that passed a job on took it again, up to nine times (measured). */
  protected override getBlockTimeout(blockUntilMs: number): number {
    const seconds = super.getBlockTimeout(blockUntilMs);
    return blockUntilMs > 0 && blockUntilMs <= this.passedOnUntilMs ? seconds + HEAD_START_S : seconds;
  }

  /**
   * For when `close` does not come to an end: it waits for Redis without limit, and meanwhile renews locks and connects
   * again and again, so the process would never end (measured).
   */
  async abandon(): Promise<void> {
    await this.pause(true); // ends the look-out for dead workers
    await this.lockManager.close();
    await this.backend.close(true);
  }
}
