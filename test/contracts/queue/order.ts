import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { handle } from '../../../src/pipeline/queue/run-stored.ts';
import { echoJob } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { type Bench, type QueueHarness, queueTest } from './harness.ts';

/** Adds jobs one by one; each is `key`, or `key/user/priority`. */
async function addAll({ queue }: Bench, jobs: string[]): Promise<void> {
  for (const job of jobs) {
    const [key = '', user = '', priority = '5'] = job.split('/');
    await queue.add(echoJob, { key, user, priority: Number(priority), payload: { n: 1 } });
  }
}

/** The keys in the order in which one worker takes them. */
async function orderOf({ queue }: Bench, count: number): Promise<string[]> {
  const order: string[] = [];
  const echo = handle(echoJob, async (_payload, { jobId }) => order.push(jobId.slice('echo.'.length)));
  await queue.work('cpu', [echo], { concurrency: 1 });
  await until(`${count} jobs ran`, () => order.length === count);
  return order;
}

export function describeOrder(harness: QueueHarness): void {
  queueTest(harness, 'a lower priority number goes first, and within it the older job', async bench => {
    await addAll(bench, ['m//10', 'a1//5', 'i1//1', 'a2//5', 'i2//1']);
    const waiting = await bench.queue.list('cpu', 'waiting', 10);
    assert.deepEqual(
      waiting.map(({ id }) => id),
      ['echo.i1', 'echo.i2', 'echo.a1', 'echo.a2', 'echo.m'],
    );
    assert.equal((await bench.queue.status('echo.a2'))?.position, 3);
    assert.deepEqual(await orderOf(bench, 5), ['i1', 'i2', 'a1', 'a2', 'm']);
  });

  queueTest(harness, 'users take turns within a priority', async bench => {
    await addAll(bench, ['a1/A', 'a2/A', 'a3/A', 'b1/B', 'b2/B', 'c1/C', 'urgent/A/1']);
    assert.deepEqual(await orderOf(bench, 7), ['urgent', 'a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  queueTest(harness, 'who comes late is next, but a steady guest does not starve the rest', async bench => {
    await addAll(bench, ['a1/A', 'a2/A', 'a3/A', 'a4/A', 'a5/A']);
    const order: string[] = [];
    let guests = 0;
    const echo = handle(echoJob, async (_payload, { jobId }) => {
      order.push(jobId.slice('echo.'.length));
      // B has always exactly one job waiting
      if (guests < 4) await addAll(bench, [`b${++guests}/B`]);
    });
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    await until('all ran', () => order.length === 9);
    const placeOfLastA = order.indexOf('a5');
    assert.deepEqual(order.slice(0, 3), ['a1', 'b1', 'a2'], order.join(' '));
    assert.ok(placeOfLastA >= 7, order.join(' '));
    assert.deepEqual(
      order.filter(key => key.startsWith('a')),
      ['a1', 'a2', 'a3', 'a4', 'a5'],
    );
  });

  queueTest(harness, 'no more jobs run at once than allowed', async bench => {
    let now = 0;
    let most = 0;
    let done = 0;
    const echo = handle(echoJob, async () => {
      most = Math.max(most, ++now);
      await delay(20);
      now--;
      done++;
    });
    await addAll(
      bench,
      Array.from({ length: 12 }, (_, i) => `j${i}`),
    );
    const worker = await bench.queue.work('cpu', [echo], { concurrency: 3 });
    await until('a job runs', () => worker.running().length > 0);
    await until('all ran', () => done === 12);
    assert.equal(most, 3);
  });

  queueTest(harness, 'a delayed job starts at its time and not before', async bench => {
    let startedAt = 0;
    await bench.queue.work('cpu', [handle(echoJob, async () => (startedAt = Date.now()))], { concurrency: 1 });
    const addedAt = Date.now();
    const { state } = await bench.queue.add(echoJob, { key: 'later', payload: { n: 1 }, delayMs: 400 });
    assert.equal(state, 'delayed');
    assert.equal((await bench.queue.status('echo.later'))?.state, 'delayed');
    await bench.reaches('echo.later', 'done');
    assert.ok(startedAt >= addedAt + 395, `${startedAt - addedAt} ms`);
  });

  queueTest(harness, 'a paused queue starts nothing, in no process, until it is resumed', async bench => {
    let runs = 0;
    await bench.queue.pause('cpu');
    await bench.queue.pause('cpu');
    assert.equal((await bench.queue.counts('cpu')).paused, true);
    assert.equal((await bench.queue.counts('gpu')).paused, false);
    const other = await bench.openAgain();
    await other.work('cpu', [handle(echoJob, async () => ++runs)], { concurrency: 1 });
    const { state } = await bench.queue.add(echoJob, { key: 'a', payload: { n: 1 } });
    assert.equal(state, 'waiting');
    await delay(300);
    assert.equal(runs, 0);
    await bench.queue.resume('cpu');
    await bench.reaches('echo.a', 'done');
    assert.equal((await bench.queue.counts('cpu')).paused, false);
  });
}
