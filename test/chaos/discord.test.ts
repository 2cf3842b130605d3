/** Discord: the gateway is cut and the bot killed while recordings come and Discord misbehaves; each has its minutes once. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { loadConfig } from '../../src/config.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { jobRegistry } from '../../src/pipeline/jobs.ts';
import { openSqliteQueue } from '../../src/pipeline/queue/sqlite-queue.ts';
import { createStageHandlers } from '../../src/pipeline/stage-handlers.ts';
import { openStore } from '../../src/pipeline/store/open-store.ts';
import { countPosted } from '../builders/count-posted.ts';
import { fakeOfThisVersion } from '../builders/fake-of-this-version.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';
import { QUICK } from '../builders/test-jobs.ts';
import { until } from '../builders/until.ts';
import { DISCORD, type FakeMessage, type Fault, startFakeDiscord } from '../fakes/discord/start-fake-discord.ts';
import { createRandom, isLong, seed } from './harness.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const CUTS = isLong ? 50 : 8;
/** So many of them each: cuts after which Discord has forgotten the session, and kills of the bot. */
const EACH = isLong ? 6 : 4;
const CHANNELS = [DISCORD.channelId, '1200000000000000301', '1200000000000000302'];
const DIRECT = '1200000000000000401';

test('the gateway is cut at random, and nothing is lost or there twice', async t => {
  const folder = await makeTemporaryFolder(t);
  const discord = await startFakeDiscord(t);
  for (const id of CHANNELS.slice(1)) discord.addChannel(id);
  discord.addChannel(DIRECT, { type: 'dm', recipientId: DISCORD.anna });
  const env = {
    HANSARD_DATA: folder,
    DISCORD_TOKEN: DISCORD.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_CDN_URL: discord.cdnUrl,
    HANSARD_LEASE_SECONDS: '1',
    HANSARD_HTTP: 'off',
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
  };
  let bot: ChildProcess | undefined;
  let died: string | undefined;
  const startBot = () => {
    const started = spawn(process.execPath, [main, 'bot'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    started.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL') died = `the bot ended by itself with ${code ?? signal}`;
    });
    bot = started;
  };
  const killBot = async () => {
    const gone = new Promise(resolve => bot?.once('exit', resolve));
    bot?.kill('SIGKILL');
    await gone;
  };
  const store = openStore(path.join(folder, 'hansard.db'));
  const logger = pino({ level: 'silent' });
  const queue = openSqliteQueue({ file: path.join(folder, 'queue.db'), registry: jobRegistry, logger, timing: QUICK });
  t.after(async () => {
    await killBot();
    await queue.close();
    store.close();
  });
  const handlers = createStageHandlers({
    stages: fakeOfThisVersion(loadConfig(env)),
    blobs: createDiskBlobs(path.join(folder, 'blobs')),
    workDir: path.join(folder, 'work-of-the-test'),
    versions: {},
    describeModels: () => [],
  });
  for (const name of ['media', 'gpu', 'cpu', 'llm'] as const) {
    const own = handlers.filter(({ type }) => type.queue === name);
    await queue.work(name, own, { concurrency: 2 });
  }

  const random = createRandom(seed + 26);
  const posted: FakeMessage[] = [];
  const post = (channelId: string) => {
    const attachments = [{ name: `meeting-${posted.length}.webm`, content: Buffer.from(`recording ${posted.length}`) }];
    posted.push(discord.post(channelId, { attachments, mentionsBot: channelId !== DIRECT }));
  };
  const anywhere = () => [...CHANNELS, DIRECT][Math.floor(random() * (CHANNELS.length + 1))] ?? DIRECT;
  startBot();
  await until('the bot is connected', () => discord.identifies.length > 0, 60_000);
  // somebody of whom the bot knows that there are direct messages
  post(DIRECT);
  await until('the first is accepted', () => store.meetings.list({ limit: 1 }).length === 1, 30_000);

  const happened: Record<string, number> = {};
  discord.duplicateEvents(2);
  discord.misbehave((_method, route) => {
    // a bot that cannot connect rests for ten seconds
    if (!isLong && /^\/(users\/@me$|applications|gateway)/.test(route)) return undefined;
    const fault = chooseFault(random);
    const name = typeof fault === 'string' ? fault : fault && (fault.global ? '429 global' : '429');
    if (name) happened[name] = (happened[name] ?? 0) + 1;
    return fault;
  });
  let [hard, kills] = [0, 0];
  for (let i = 0; i < CUTS; i++) {
    if (i % 2 === 0) post(anywhere());
    await until('there is something to cut', () => discord.socketCount() > 0, 60_000);
    await delay(random() * 1_000);
    const isResumable = i % EACH !== 1;
    hard += isResumable ? 0 : 1;
    discord.cut({ resumable: isResumable });
    post(anywhere());
    if (random() < 0.5) discord.forgetNonces();
    if (i % EACH === 3) {
      await killBot();
      kills += 1;
      post(anywhere());
      startBot();
    }
    if (i % 10 === 5) discord.expireLinks();
  }
  const startedAt = performance.now();
  const limitMs = isLong ? 600_000 : 150_000;
  await until(
    'all are done',
    () => {
      assert.equal(died, undefined);
      const ended = store.meetings.list({ states: ['done', 'failed'], limit: 500 });
      return ended.length === posted.length;
    },
    limitMs,
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const counts = { ...countPosted(discord, posted), impatient: discord.impatient };
  t.diagnostic(
    `Discord: the gateway cut ${CUTS} times, ${hard} of them for good, the bot killed ${kills} times; ${posted.length} recordings, ${discord.requests.length} requests, faults ${JSON.stringify(happened)}, ${discord.invalidRequests()} invalid: ${JSON.stringify(counts)}; all done ${seconds.toFixed(1)} s after the last cut; seed ${seed}`,
  );
  const failed = store.meetings.list({ states: ['failed'], limit: 500 });
  assert.deepEqual(
    failed.map(({ title, errorMessage }) => ({ title, errorMessage })),
    [],
  );
  assert.deepEqual(counts, { lost: 0, duplicated: 0, strays: 0, impatient: [] });
  assert.equal(store.meetings.list({ limit: 500 }).length, posted.length);
  // those that we asked for, and a new bot does not know how far the old one had come
  const ours = (happened['429'] ?? 0) + (happened['429 global'] ?? 0);
  assert.ok(discord.invalidRequests() <= ours + 5 * (kills + 1), `${discord.invalidRequests()} invalid requests`);
});

/** By its share of all requests. */
function chooseFault(random: () => number): (Fault & (string | { global?: boolean })) | undefined {
  const chance = random();
  if (chance < 0.04) return 'lost';
  if (chance < 0.09) return 'error';
  if (chance < 0.11) return { retryAfter: 0.4 + random() };
  if (chance < 0.12) return { retryAfter: 0.4 + random() / 2, global: true };
  return isLong && chance < 0.123 ? 'hang' : undefined;
}
