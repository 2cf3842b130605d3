/** A bot that is connected to the fake Slack, with workers whose stages do nothing. */
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { startBot } from '../../src/bot/start-bot.ts';
import { loadConfig } from '../../src/config.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { jobRegistry } from '../../src/pipeline/jobs.ts';
import type { Worker } from '../../src/pipeline/queue/job-queue.ts';
import { openSqliteQueue } from '../../src/pipeline/queue/sqlite-queue.ts';
import { createStageHandlers } from '../../src/pipeline/stage-handlers.ts';
import type { Meeting } from '../../src/pipeline/store/meetings.ts';
import { openStore, type Store } from '../../src/pipeline/store/open-store.ts';
import { fakeCutClip } from '../fakes/cut-clip.ts';
import { type FakeSlack, startFakeSlack, TOKENS } from '../fakes/slack/start-fake-slack.ts';
import { createFakeStages, type FakeStages } from '../fakes/stages.ts';
import { createSlackPeople, type SlackPeople } from './slack-people.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { QUICK } from './test-jobs.ts';
import { until } from './until.ts';

export const CHANNEL = 'C1';

export interface SlackWorld extends Pick<FakeStages, 'calls' | 'during' | 'summarized'>, SlackPeople {
  slack: FakeSlack;
  store: Store;
  /** Starts the workers. */
  work(): Promise<void>;
  /** Stops the bot as a crash would leave it, and starts another on the same data. */
  restartBot(): Promise<void>;
  reaches(state: Meeting['state']): Promise<Meeting>;
  problems(): Promise<string[]>;
  /** Our own messages of the thread, without the files. */
  thread(ts: string): FakeSlack['messages'];
}

export async function startSlackWorld(t: TestContext, env: Record<string, string> = {}): Promise<SlackWorld> {
  // hooks run in order: the bot leaves before Slack does, and the folder goes last
  const closing: (() => Promise<void> | void)[] = [];
  const folder = await makeTemporaryFolder({ after: remove => closing.push(remove as () => Promise<void>) });
  t.after(async () => {
    for (const close of closing) await close();
  });
  const slack = await startFakeSlack(t);
  slack.addChannel(CHANNEL);
  const config = loadConfig({
    HANSARD_DATA: folder,
    SLACK_BOT_TOKEN: TOKENS.bot,
    SLACK_APP_TOKEN: TOKENS.app,
    SLACK_API_URL: slack.apiUrl,
    ...env,
  });
  const logger = pino({ level: process.env.TEST_LOG ?? 'silent' }, pino.destination(2));
  const { stages, calls, during, summarized } = createFakeStages();
  const blobs = createDiskBlobs(path.join(folder, 'blobs'));
  const store = openStore(path.join(folder, 'hansard.db'));
  const openQueue = () =>
    openSqliteQueue({ file: path.join(folder, 'queue.db'), registry: jobRegistry, logger, timing: QUICK });
  const workerQueue = openQueue();
  let botQueue = openQueue();
  closing.unshift(
    () => botQueue.close(),
    () => workerQueue.close(),
    () => store.close(),
  );
  let bot = await startBot({ config, logger, store, queue: botQueue, blobs, versions: stages, cutClip: fakeCutClip });
  const workers: Worker[] = [];
  closing.unshift(() => bot.stop());
  return {
    ...{ slack, store, calls, during, summarized, ...createSlackPeople(slack) },
    async work() {
      const workDir = path.join(folder, 'work');
      const handlers = createStageHandlers({
        stages,
        blobs,
        workDir,
        versions: { hansard: '0' },
        describeModels: () => [],
      });
      for (const name of ['media', 'gpu', 'cpu', 'llm'] as const) {
        const own = handlers.filter(({ type }) => type.queue === name);
        workers.push(await workerQueue.work(name, own, { concurrency: 2 }));
      }
    },
    async restartBot() {
      await bot.stop();
      await botQueue.close();
      botQueue = openQueue();
      bot = await startBot({ config, logger, store, queue: botQueue, blobs, versions: stages, cutClip: fakeCutClip });
    },
    reaches: state =>
      until(
        `a meeting is ${state}`,
        () => store.meetings.list({ limit: 1 }).find(meeting => meeting.state === state),
        20_000,
      ),
    problems: () => bot.problems(),
    thread: ts => slack.messages.filter(({ threadTs, files }) => threadTs === ts && files.length === 0),
  };
}
