import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { handle } from '../../../src/pipeline/queue/run-stored.ts';
import { echoJob } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { type QueueHarness, queueTest } from './harness.ts';

export function describeWatching(harness: QueueHarness): void {
  queueTest(
    harness,
    'whoever watches hears of a start, of progress and of the end, also from elsewhere',
    async bench => {
      const heard: (string | undefined)[] = [];
      const states: string[] = [];
      const stop = bench.queue.watch(id => {
        heard.push(id);
        if (id === undefined) return;
        void bench.queue.status(id).then(status => states.push(`${status?.state} ${status?.progress}`));
      });
      await delay(200); // a subscription takes a moment
      const elsewhere = await bench.openAgain();
      const slow = handle(echoJob, async (_payload, { onProgress }) => {
        await delay(300);
        onProgress(0.5);
        await delay(300);
      });
      await elsewhere.work('cpu', [slow], { concurrency: 1 });
      await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
      await until('all three are heard', () =>
        ['running 0', 'running 0.5', 'done 1'].every(state => states.includes(state)),
      );
      assert.deepEqual([...new Set(heard)], ['echo.a']);
      stop();
      const before = heard.length;
      await bench.queue.add(echoJob, { key: 'b', payload: { n: 1 } });
      await bench.reaches('echo.b', 'done');
      await delay(100);
      assert.equal(heard.length, before);
    },
  );

  queueTest(harness, 'whoever watches hears that a waiting job was cancelled, and that one failed', async bench => {
    const heard: (string | undefined)[] = [];
    bench.queue.watch(id => heard.push(id));
    await delay(200);
    await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    await bench.queue.cancel('echo.a', 'not wanted');
    await until('the cancel is heard', () => heard.includes('echo.a'));
    await bench.queue.add(echoJob, { key: 'b', payload: { n: 1 } });
    const failing = handle(echoJob, async () => {
      throw new Error('no');
    });
    await bench.queue.work('cpu', [failing], { concurrency: 1 });
    await bench.reaches('echo.b', 'failed');
    await until('the failure is heard', () => heard.includes('echo.b'));
  });
}
