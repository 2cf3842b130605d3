/** BullMQ's worker, with an end that does not need Redis. */
import { Worker } from 'bullmq';
import type { StoredData, StoredResult } from './stored-job.ts';

export class BullWorker extends Worker<StoredData, StoredResult, string> {
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
