/** The contract of the job queue; every adapter runs all of it. */
import { describe } from 'node:test';
import { describeAdding } from './queue/adding.ts';
import { describeCancelling } from './queue/cancelling.ts';
import { describeCrashes } from './queue/crashes.ts';
import { describeFailures } from './queue/failures.ts';
import type { QueueHarness } from './queue/harness.ts';
import { describeOrder } from './queue/order.ts';
import { describeSchedules } from './queue/schedules.ts';
import { describeStopping } from './queue/stopping.ts';
import { describeWatching } from './queue/watching.ts';

export function describeQueue(name: string, harness: QueueHarness): void {
  describe(`${name} keeps the queue contract`, { concurrency: 4 }, () => {
    describeAdding(harness);
    describeOrder(harness);
    describeFailures(harness);
    describeCancelling(harness);
    describeStopping(harness);
    describeSchedules(harness);
    describeCrashes(harness);
    describeWatching(harness);
  });
}
