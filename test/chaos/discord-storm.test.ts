/** A crowd in Discord that misbehaves, and its answers while all cores are busy; the long form alone. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import os from 'node:os';
import { test } from 'node:test';
import { countPosted } from '../builders/count-posted.ts';
import { startDiscordWorld } from '../builders/discord-world.ts';
import { until } from '../builders/until.ts';
import { DISCORD } from '../fakes/discord/start-fake-discord.ts';
import { createRandom, isLong, seed } from './harness.ts';

const skip = isLong ? false : 'it takes minutes: CHAOS=long';
const RECORDINGS = 100;
const CHANNELS = 5;
const ANSWERS = 300;
/** So long Discord waits for the first answer. */
const MOST_MS = 3_000;

test('a crowd in Discord, which misbehaves', { skip }, async t => {
  const channels = Array.from({ length: CHANNELS }, (_, n) => `12000000000000009${10 + n}`);
  const { discord, store, work } = await startDiscordWorld(t, {
    prepare: ({ addChannel }) => void channels.map(id => addChannel(id)),
  });
  const random = createRandom(seed + 36);
  const happened: Record<string, number> = {};
  discord.misbehave(() => {
    const chance = random();
    const [name, fault] =
      chance < 0.02
        ? (['429', { retryAfter: 0.5 + 3 * random() }] as const)
        : chance < 0.05
          ? (['5xx', 'error'] as const)
          : chance < 0.08
            ? (['lost', 'lost'] as const)
            : chance < 0.083
              ? (['hanging', 'hang'] as const)
              : [];
    if (name) happened[name] = (happened[name] ?? 0) + 1;
    return fault;
  });
  await work();
  const startedAt = performance.now();
  const posted = Array.from({ length: RECORDINGS }, (_, n) =>
    discord.post(channels[n % CHANNELS] ?? '', {
      attachments: [{ name: `meeting-${n}.webm`, content: Buffer.from(`recording ${n}`) }],
      mentionsBot: true,
    }),
  );
  await until(
    'all are done',
    () => store.meetings.list({ states: ['done'], limit: 500 }).length === RECORDINGS,
    1_800_000,
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const counts = { ...countPosted(discord, posted), impatient: discord.impatient };
  t.diagnostic(
    `Discord: ${RECORDINGS} recordings at once in ${CHANNELS} channels, ${discord.requests.length} requests, ${JSON.stringify(happened)}, ${discord.invalidRequests()} invalid: ${JSON.stringify(counts)}; all done after ${seconds.toFixed(0)} s; seed ${seed}`,
  );
  assert.deepEqual(counts, { lost: 0, duplicated: 0, strays: 0, impatient: [] });
});

test('answers to Discord while all cores are busy', { skip }, async t => {
  const { discord } = await startDiscordWorld(t);
  const burners: ChildProcess[] = os
    .cpus()
    .map(() => spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(Math.random())'], { stdio: 'ignore' }));
  t.after(() => {
    for (const burner of burners) burner.kill('SIGKILL');
  });
  const times: number[] = [];
  for (let i = 0; i < ANSWERS / 3; i++) {
    const answers = await Promise.all(
      ['help', 'status', 'settings'].map(name => discord.command(DISCORD.channelId, { name: `transcribe ${name}` })),
    );
    for (const { respondedInMs } of answers) times.push(respondedInMs ?? Number.POSITIVE_INFINITY);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (fraction: number) => (sorted[Math.floor((sorted.length - 1) * fraction)] ?? 0).toFixed(0);
  t.diagnostic(
    `Discord: ${sorted.length} answers with ${burners.length} busy cores: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms`,
  );
  assert.ok(sorted.every(ms => ms < MOST_MS));
});
