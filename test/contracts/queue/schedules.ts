import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { handle } from '../../../src/pipeline/queue/run-stored.ts';
import { echoJob } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { type QueueHarness, queueTest } from './harness.ts';

export function describeSchedules(harness: QueueHarness): void {
  queueTest(harness, 'a schedule runs its job again and again, until it is taken away', async bench => {
    const runs: { n: number; at: number; jobId: string }[] = [];
    const echo = handle(echoJob, async ({ n }, { jobId }) => runs.push({ n, at: Date.now(), jobId }));
    await bench.queue.work('cpu', [echo], { concurrency: 1 });
    const schedule = { key: 'tick', payload: { n: 5 }, cron: '* * * * * *', timeZone: 'UTC' };
    const { id, nextAtMs } = await bench.queue.schedule(echoJob, schedule);
    assert.equal(id, 'echo.tick');
    assert.equal(nextAtMs % 1_000, 0);
    await bench.queue.schedule(echoJob, schedule);
    await until('two runs', () => runs.length >= 2);
    assert.deepEqual(
      runs.slice(0, 2).map(({ n }) => n),
      [5, 5],
    );
    assert.ok(runs[1]!.at - runs[0]!.at > 500, 'not twice in one second');
    assert.equal((await bench.queue.status(runs[0]!.jobId))?.state, 'done');
    assert.equal(await bench.queue.unschedule(id), true);
    assert.equal(await bench.queue.unschedule(id), false);
    await delay(50);
    const count = runs.length;
    await delay(1_300);
    assert.ok(runs.length <= count, `${runs.length - count} runs after the end`);
  });

  queueTest(harness, 'a schedule is kept in its time zone, and the same key replaces it', async ({ queue }) => {
    const daily = { key: 'daily', payload: { n: 1 }, cron: '30 3 * * *' };
    const berlin = await queue.schedule(echoJob, { ...daily, timeZone: 'Europe/Berlin' });
    const inZone = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' });
    assert.equal(inZone.format(berlin.nextAtMs), '03:30');
    const tokyo = await queue.schedule(echoJob, { ...daily, timeZone: 'Asia/Tokyo' });
    assert.deepEqual(await queue.schedules(), [tokyo]);
    assert.deepEqual(
      { ...tokyo, nextAtMs: 0 },
      { id: 'echo.daily', type: 'echo', cron: '30 3 * * *', timeZone: 'Asia/Tokyo', nextAtMs: 0 },
    );
    assert.equal(new Date(tokyo.nextAtMs).toISOString().slice(11, 16), '18:30');
  });

  queueTest(harness, 'a schedule that cannot be read is refused', async ({ queue }) => {
    const request = { key: 'a', payload: { n: 1 }, timeZone: 'UTC' };
    for (const cron of ['', 'daily', '* * *', '61 * * * *', '* * * * * * * *'])
      await assert.rejects(queue.schedule(echoJob, { ...request, cron }), { code: 'invalid_setting' }, cron);
    const nowhere = { ...request, cron: '0 0 * * *', timeZone: 'Mars/Olympus' };
    await assert.rejects(queue.schedule(echoJob, nowhere), { code: 'invalid_setting' });
    assert.deepEqual(await queue.schedules(), []);
  });

  queueTest(harness, 'missed times are made up for once', async bench => {
    const schedule = { key: 'tick', payload: { n: 1 }, cron: '* * * * * *', timeZone: 'UTC' };
    await bench.queue.schedule(echoJob, schedule);
    await delay(2_600);
    let runs = 0;
    await bench.queue.work('cpu', [handle(echoJob, async () => ++runs)], { concurrency: 1 });
    await until('a run', () => runs > 0);
    assert.ok(runs <= 2, `${runs} runs`);
    await bench.queue.unschedule('echo.tick');
  });
}
