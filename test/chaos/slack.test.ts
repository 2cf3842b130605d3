/** Gate 1 on Slack: the bot is killed while it posts, and each recording still has one summary, one set of notes, one set of files. */
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
import { fakeOfThisVersion } from '../builders/fake-of-this-version.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';
import { QUICK } from '../builders/test-jobs.ts';
import { until } from '../builders/until.ts';
import { BOT, startFakeSlack, TOKENS } from '../fakes/slack/start-fake-slack.ts';
import { createRandom, isLong, seed } from './harness.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const CHANNEL = 'C1';

test('gate 1 on Slack: the bot is killed while it posts', async t => {
  const folder = await makeTemporaryFolder(t);
  const slack = await startFakeSlack(t);
  slack.addChannel(CHANNEL);
  slack.slowDown(60);
  const env = {
    HANSARD_DATA: folder,
    SLACK_BOT_TOKEN: TOKENS.bot,
    SLACK_APP_TOKEN: TOKENS.app,
    SLACK_API_URL: slack.apiUrl,
    HANSARD_AUTO_PROCESS: 'all',
    HANSARD_LEASE_SECONDS: '1',
    HANSARD_HTTP: 'off',
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
  };
  let bot: ChildProcess | undefined;
  const startBot = () => {
    bot = spawn(process.execPath, [main, 'bot'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
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
  for (const name of ['media', 'gpu', 'cpu', 'llm'] as const)
    await queue.work(
      name,
      handlers.filter(({ type }) => type.queue === name),
      { concurrency: 2 },
    );

  const random = createRandom(seed + 6);
  startBot();
  await slack.connected();
  const recordings = isLong ? 30 : 5;
  const posted: string[] = [];
  for (let n = 0; n < recordings; n++) {
    const { fileId, ts } = slack.post(CHANNEL, { name: `meeting-${n}.webm`, content: Buffer.from(`recording ${n}`) });
    await slack.fileShared(CHANNEL, fileId);
    posted.push(ts);
  }
  await until('all are accepted', () => store.meetings.list({ limit: 100 }).length === recordings, 30_000);
  const kills = isLong ? 100 : 5;
  for (let i = 0; i < kills; i++) {
    await delay(random() * 2_500);
    await killBot();
    startBot();
  }
  const startedAt = performance.now();
  await until(
    'all are done',
    () => store.meetings.list({ states: ['done'], limit: 100 }).length === recordings,
    150_000,
  );
  const seconds = (performance.now() - startedAt) / 1000;
  let duplicated = 0;
  for (const ts of posted) {
    const own = slack.messages.filter(({ threadTs, user }) => threadTs === ts && user === BOT);
    const withFiles = own.filter(({ files }) => files.length > 0);
    duplicated += Math.max(0, own.length - withFiles.length - 2) + Math.max(0, withFiles.length - 1);
    assert.ok(own.length >= 3, 'a summary, notes and files');
    assert.match(
      JSON.stringify(own[0]?.blocks),
      /Made automatically by Hansard/,
      'the placeholder has become the summary',
    );
  }
  t.diagnostic(
    `gate 1 on Slack: ${kills} kills of the bot; ${recordings} recordings, 0 lost, ${duplicated} duplicated, all done ${seconds.toFixed(1)} s after the last kill; seed ${seed}`,
  );
  assert.equal(duplicated, 0);
});
