/** Gates 6, 7 and 11 on Slack: a platform that misbehaves, events that come often and in any order, all cores busy. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import os from 'node:os';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startSlackWorld } from '../builders/slack-world.ts';
import { until } from '../builders/until.ts';
import { BOT, type FakeSlack } from '../fakes/slack/start-fake-slack.ts';
import { createRandom, isLong, seed } from './harness.ts';

const MINUTES_MS = 60_000;

/** Gate 6 of platform faults: how often each happens, and for how long Slack wants to be left alone. */
const storms = {
  'a storm': {
    recordings: isLong ? 4 : 1,
    channels: 4,
    faults: { 429: 0.3, '5xx': 0.2, lost: 0.1, hang: isLong ? 0.05 : 0 },
    patienceSeconds: isLong ? 2 : 1,
  },
  // with the faults of the storm the waits alone would take hours: 30 % of 6,000 calls
  'a crowd': {
    recordings: isLong ? 200 : 6,
    channels: isLong ? 10 : 3,
    faults: { 429: 0.02, '5xx': 0.03, lost: 0.03, hang: isLong ? 0.005 : 0 },
    patienceSeconds: isLong ? 5 : 1,
  },
};

for (const [name, { recordings, channels, faults, patienceSeconds }] of Object.entries(storms))
  test(`gate 6 on Slack: ${name}`, async t => {
    const { slack, store, work } = await startSlackWorld(t, { HANSARD_AUTO_PROCESS: 'all' });
    const random = createRandom(seed + 16);
    const happened: Record<string, number> = {};
    slack.misbehave(method => {
      if (method === 'auth.test') return undefined;
      const fault = choose(faults, random());
      if (fault === undefined) return undefined;
      happened[fault] = (happened[fault] ?? 0) + 1;
      if (fault === '429') return { retryAfter: 1 + Math.floor(random() * patienceSeconds) };
      return fault === '5xx' ? 'error' : (fault as 'lost' | 'hang');
    });
    await work();
    const posted = Array.from({ length: recordings }, (_, n) => {
      const channel = `C${1 + (n % channels)}`;
      slack.addChannel(channel);
      return { channel, ...slack.post(channel, { name: `meeting-${n}.webm`, content: Buffer.from(`recording ${n}`) }) };
    });
    const watch = watchMessages(slack);
    t.after(() => watch.stop());
    const startedAt = performance.now();
    await Promise.all(posted.map(({ channel, fileId }) => slack.fileShared(channel, fileId)));
    await until(
      'all are done',
      () => store.meetings.list({ states: ['done'], limit: 1_000 }).length === recordings,
      (isLong ? 60 : 5) * MINUTES_MS,
    );
    const seconds = (performance.now() - startedAt) / 1000;
    let [duplicated, lost] = [0, 0];
    for (const { ts } of posted) {
      const own = slack.messages.filter(({ threadTs, user }) => threadTs === ts && user === BOT);
      const withFiles = own.filter(({ files }) => files.length > 0).length;
      duplicated += Math.max(0, own.length - withFiles - 2) + Math.max(0, withFiles - 1);
      lost += own.length < 3 ? 1 : 0;
    }
    const counts = { lost, duplicated, impatient: slack.impatient.length, mostWithinASecond: watch.most() };
    t.diagnostic(
      `gate 6 on Slack, ${name}: ${recordings} recordings at once in ${channels} channels, ${slack.calls.length} calls, faults ${JSON.stringify(happened)}: ${JSON.stringify(counts)}; all done after ${seconds.toFixed(0)} s; seed ${seed}`,
    );
    assert.deepEqual(counts, { lost: 0, duplicated: 0, impatient: 0, mostWithinASecond: 1 });
    assert.equal(store.meetings.list({ limit: 1_000 }).length, recordings);
  });

/** By their shares of all calls. */
function choose(faults: Record<string, number>, chance: number): string | undefined {
  let sum = 0;
  for (const [fault, share] of Object.entries(faults)) {
    sum += share;
    if (chance < sum) return fault;
  }
  return undefined;
}

/** A second that is a little short: messages are seen up to two looks late. */
const SECOND_MS = 900;
const LOOK_MS = 20;

/** When each of our messages came, by channel. */
function watchMessages(slack: FakeSlack): { most(): number; stop(): void } {
  const seen = new Set<FakeSlack['messages'][number]>();
  const times = new Map<string, number[]>();
  const timer = setInterval(() => {
    for (const message of slack.messages)
      if (message.user === BOT && !seen.has(message)) {
        seen.add(message);
        times.set(message.channel, [...(times.get(message.channel) ?? []), performance.now()]);
      }
  }, LOOK_MS);
  const mostWithin = (own: readonly number[]) =>
    Math.max(...own.map(from => own.filter(at => at >= from && at < from + SECOND_MS).length));
  return { stop: () => clearInterval(timer), most: () => Math.max(...[...times.values()].map(mostWithin)) };
}

test('gate 7 on Slack: each event one to four times, in any order', async t => {
  const { slack, store } = await startSlackWorld(t, { HANSARD_AUTO_PROCESS: 'all' });
  const random = createRandom(seed + 17);
  const uploads = isLong ? 1_000 : 100;
  const events = Array.from({ length: uploads }, (_, n) => {
    const channel = `C${1 + (n % 20)}`;
    slack.addChannel(channel);
    const { fileId } = slack.post(channel, { name: `${n}.webm`, content: Buffer.from(`${n}`) });
    const times = 1 + Math.floor(random() * 4);
    return Array.from({ length: times }, () => ({ channel, fileId }));
  }).flat();
  const shuffled = events.map(event => ({ event, at: random() })).toSorted((a, b) => a.at - b.at);
  await Promise.all(shuffled.map(({ event: { channel, fileId } }) => slack.fileShared(channel, fileId)));
  await until('all are taken', () => store.outbox.count() === 0, 2 * MINUTES_MS);
  const meetings = store.meetings.list({ limit: 5_000 }).length;
  t.diagnostic(`gate 7 on Slack: ${uploads} uploads, ${events.length} events: ${meetings} meetings; seed ${seed}`);
  assert.equal(meetings, uploads);
});

test('gate 11 on Slack: answers to Slack while all cores are busy', async t => {
  const { slack, command } = await startSlackWorld(t);
  const burners: ChildProcess[] = os
    .cpus()
    .map(() => spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(Math.random())'], { stdio: 'ignore' }));
  t.after(() => {
    for (const burner of burners) burner.kill('SIGKILL');
  });
  slack.ackMs.length = 0;
  for (let i = 0; i < (isLong ? 500 : 60); i++) {
    const { fileId, ts } = slack.post('C1', { name: `${i}.webm`, content: Buffer.from(`${i}`) });
    await Promise.all([
      slack.emit({
        type: 'app_mention',
        channel: 'C1',
        user: 'U1',
        ts,
        text: '<@UBOT>',
        event_ts: ts,
        files: [{ id: fileId }],
      }),
      command('status', 'C1'),
    ]);
    await delay(20);
  }
  const sorted = slack.ackMs.toSorted((a, b) => a - b);
  const at = (fraction: number) => (sorted[Math.floor(sorted.length * fraction)] ?? 0).toFixed(0);
  t.diagnostic(
    `gate 11 on Slack: ${sorted.length} answers with ${burners.length} busy cores: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(0.9999)} ms`,
  );
  assert.ok(sorted.length >= 120);
});
