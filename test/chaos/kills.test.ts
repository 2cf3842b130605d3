/** Gates 1 to 5, 12 and 13 of reliability: whatever is killed, frozen or emptied, each meeting is done once. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  ADAPTERS,
  createChaos,
  createRandom,
  delay,
  isLong,
  noSmallDisk,
  ROLES,
  report,
  seed,
  skipFor,
  WORKERS,
} from './harness.ts';

const MEETINGS = isLong ? 50 : 12;
const AFTER_MS = 160_000;

for (const adapter of ADAPTERS)
  describe(`chaos on ${adapter}`, { skip: skipFor(adapter) }, () => {
    test('gate 1: workers are killed at random points', async t => {
      const random = createRandom(seed);
      const chaos = await createChaos(t, adapter, { stageMs: isLong ? 800 : 150 });
      await chaos.startAll();
      await chaos.submit(isLong ? 10 : MEETINGS);
      const kills = isLong ? 200 : 8;
      for (let i = 0; i < kills; i++) {
        await delay(random() * 700);
        await chaos.killAndRestart(WORKERS[Math.floor(random() * WORKERS.length)] ?? 'ears');
        if (isLong && i % 5 === 4) await chaos.submit(1);
      }
      report(t, `gate 1 on ${adapter}`, `${kills} kills of workers`, await chaos.assertAllDone(AFTER_MS));
    });

    test('gate 2: the bot is killed at random points', async t => {
      const random = createRandom(seed + 1);
      const chaos = await createChaos(t, adapter);
      await chaos.startAll();
      await chaos.submit(MEETINGS);
      const kills = isLong ? 100 : 6;
      for (let i = 0; i < kills; i++) {
        await delay(random() * 600);
        await chaos.killAndRestart('bot');
        if (isLong && i % 5 === 4) await chaos.submit(1);
      }
      report(t, `gate 2 on ${adapter}`, `${kills} kills of the bot`, await chaos.assertAllDone(AFTER_MS));
    });

    test('gate 5: a worker is frozen for longer than its lease, and goes on', async t => {
      const random = createRandom(seed + 2);
      const chaos = await createChaos(t, adapter, { stageMs: 300 });
      await chaos.startAll();
      await chaos.submit(MEETINGS);
      const freezes = isLong ? 20 : 2;
      for (let i = 0; i < freezes; i++) {
        const role = WORKERS[Math.floor(random() * WORKERS.length)] ?? 'ears';
        await delay(random() * 300);
        chaos.signal(role, 'SIGSTOP');
        await delay(2_000);
        chaos.signal(role, 'SIGCONT');
      }
      report(t, `gate 5 on ${adapter}`, `${freezes} freezes`, await chaos.assertAllDone(AFTER_MS));
    });

    test('gate 12: all are asked to stop in the middle, do so within 25 s, and no attempt is counted', async t => {
      const chaos = await createChaos(t, adapter, { stageMs: 2_000 });
      await chaos.startAll();
      await chaos.submit(6);
      await delay(1_500);
      const startedAt = performance.now();
      const statuses = await Promise.all(ROLES.map(role => chaos.terminate(role)));
      const seconds = (performance.now() - startedAt) / 1000;
      assert.deepEqual(statuses, [0, 0, 0]);
      assert.ok(seconds < 25, `${seconds} s`);
      await chaos.startAll();
      const outcome = await chaos.assertAllDone(AFTER_MS);
      assert.deepEqual(await chaos.failures(), { failedAttempts: 0, crashes: 0 });
      report(t, `gate 12 on ${adapter}`, `all stopped in ${seconds.toFixed(1)} s`, outcome);
    });

    test('gates 11 and 13: accepting stays quick while all work, and neither memory nor files grow', async t => {
      const chaos = await createChaos(t, adapter, { stageMs: 5 });
      await chaos.startAll();
      await chaos.submit(10);
      await chaos.assertAllDone(AFTER_MS);
      const before = ROLES.map(role => ({ rss: chaos.rssBytes(role), files: chaos.openFiles(role) }));
      const rounds = isLong ? 40 : 3;
      const milliseconds: number[] = [];
      let outcome = await chaos.assertAllDone(AFTER_MS);
      for (let round = 0; round < rounds; round++) {
        milliseconds.push(...(await chaos.submit(15)));
        outcome = await chaos.assertAllDone(AFTER_MS);
      }
      const p99 = milliseconds.sort((a, b) => a - b)[Math.ceil(milliseconds.length * 0.99) - 1] ?? 0;
      for (const [i, role] of ROLES.entries()) {
        const grownMb = (chaos.rssBytes(role) - (before[i]?.rss ?? 0)) / 1e6;
        t.diagnostic(`${role}: ${grownMb.toFixed(0)} MB more after ${rounds * 15} meetings`);
        assert.ok(grownMb < 80, `${role} grew by ${grownMb} MB`);
        assert.ok(chaos.openFiles(role) <= (before[i]?.files ?? 0) + 5, `${role} leaks files`);
      }
      assert.ok(p99 < 500, `p99 ${p99} ms`);
      report(t, `gates 11, 13 on ${adapter}`, `accepted in ${p99.toFixed(0)} ms (p99)`, outcome);
    });
  });

describe('chaos on the disk', { skip: noSmallDisk }, () => {
  test('gate 8: the disk is full for a while', async t => {
    const random = createRandom(seed + 5);
    const chaos = await createChaos(t, 'sqlite', { stageMs: 100, diskBytes: 48 << 20 });
    await chaos.startAll();
    await chaos.submit(MEETINGS);
    const times = isLong ? 10 : 2;
    let refused = 0;
    for (let i = 0; i < times; i++) {
      await delay(random() * 800);
      const filler = path.join(chaos.folder, 'filler');
      fillDisk(filler);
      await delay(1_500);
      await chaos.submit(1).catch(error => {
        assert.equal(error.code, 'disk_full');
        refused++;
      });
      fs.rmSync(filler);
    }
    assert.ok(refused > 0, 'a recording that cannot be kept is refused, not lost');
    // what failed for good while there was no space goes on when somebody says so
    await chaos.retryFailed();
    report(t, 'gate 8', `${times} times a full disk`, await chaos.assertAllDone(AFTER_MS));
  });
});

/** To the last byte. */
function fillDisk(file: string): void {
  const descriptor = fs.openSync(file, 'w');
  try {
    for (let size = 1 << 20; size >= 1; size >>= 1)
      try {
        for (;;) fs.writeSync(descriptor, Buffer.alloc(size));
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      }
  } finally {
    fs.closeSync(descriptor);
  }
}

describe('chaos in Redis', { skip: skipFor('bullmq') }, () => {
  test('gate 3: Redis is killed and comes back', async t => {
    const random = createRandom(seed + 3);
    const chaos = await createChaos(t, 'bullmq', { stageMs: 200, leaseMs: 3_000 });
    await chaos.startAll();
    await chaos.submit(MEETINGS);
    const outages = isLong ? 50 : 3;
    for (let i = 0; i < outages; i++) {
      await delay(random() * 1_000);
      await chaos.redis?.kill();
      await delay(1_000 + random() * (isLong ? 4_000 : 500));
      if (isLong) await chaos.submit(1);
      await chaos.redis?.start();
    }
    report(t, 'gate 3', `${outages} kills of Redis`, await chaos.assertAllDone(AFTER_MS));
  });

  test('gate 4: Redis forgets everything', async t => {
    const random = createRandom(seed + 4);
    const chaos = await createChaos(t, 'bullmq', { stageMs: 200 });
    await chaos.startAll();
    await chaos.submit(MEETINGS);
    const times = isLong ? 20 : 3;
    for (let i = 0; i < times; i++) {
      await delay(random() * 800);
      await chaos.redis?.command('FLUSHALL');
    }
    report(t, 'gate 4', `${times} times FLUSHALL`, await chaos.assertAllDone(AFTER_MS));
  });
});
