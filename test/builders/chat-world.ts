/** A bot on a fake chat platform, with workers whose stages do nothing. */
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { startBot } from '../../src/bot/start-bot.ts';
import { loadConfig } from '../../src/config.ts';
import type { BlobStore } from '../../src/pipeline/blobs/blob-store.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { jobRegistry } from '../../src/pipeline/jobs.ts';
import { openSqliteQueue } from '../../src/pipeline/queue/sqlite-queue.ts';
import { createStageHandlers } from '../../src/pipeline/stage-handlers.ts';
import type { Meeting } from '../../src/pipeline/store/meetings.ts';
import { openStore, type Store } from '../../src/pipeline/store/open-store.ts';
import { createLearnHandler } from '../../src/pipeline/voices/learn-handler.ts';
import { fakeCutClip } from '../fakes/cut-clip.ts';
import { createFakeStages, type FakeStages } from '../fakes/stages.ts';
import { createFakeTeacher, type FakeTeacher } from '../fakes/voice-teacher.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { QUICK } from './test-jobs.ts';
import { until } from './until.ts';

export interface ChatWorld extends Pick<FakeStages, 'calls' | 'during' | 'summarized' | 'voices' | 'spans'> {
  store: Store;
  blobs: BlobStore;
  teacher: FakeTeacher;
  folder: string;
  /** Starts the workers. */
  work(): Promise<void>;
  /** Stops the bot as a crash would leave it, and starts another on the same data. */
  restartBot(meanwhile?: () => unknown): Promise<void>;
  reaches(state: Meeting['state']): Promise<Meeting>;
  problems(): Promise<string[]>;
}

export interface ChatWorldOptions<Fake> {
  /** Starts the fake platform. */
  open(after: Pick<TestContext, 'after'>): Promise<Fake>;
  /** How the bot finds it, and whatever else is set. */
  env(fake: Fake): Record<string, string>;
  /** How long it takes to read a file. */
  slowMs?: () => number;
}

export async function startChatWorld<Fake>(
  t: TestContext,
  { open, env, slowMs = () => 0 }: ChatWorldOptions<Fake>,
): Promise<{ fake: Fake; world: ChatWorld }> {
  // hooks run in order: the bot leaves before the platform does, and the folder goes last
  const closing: (() => Promise<void> | void)[] = [];
  const folder = await makeTemporaryFolder({ after: remove => closing.push(remove as () => Promise<void>) });
  t.after(async () => {
    for (const close of closing) await close();
  });
  const fake = await open({ after: stop => closing.push(stop as () => void) });
  const config = loadConfig({ HANSARD_DATA: folder, ...env(fake) });
  const logger = pino({ level: process.env.TEST_LOG ?? 'silent' }, pino.destination(2));
  const { stages, calls, during, summarized, voices, spans } = createFakeStages();
  const teacher = createFakeTeacher(stages.voices.model);
  const disk = createDiskBlobs(path.join(folder, 'blobs'));
  const blobs: BlobStore = {
    ...disk,
    async open(key, signal) {
      await delay(slowMs());
      return await disk.open(key, signal);
    },
  };
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
  const start = () =>
    startBot({
      config,
      logger,
      store,
      queue: botQueue,
      blobs,
      versions: stages,
      cutClip: fakeCutClip,
      model: 'moonshine-base',
    });
  let bot = await start();
  closing.unshift(() => bot.stop());
  const world: ChatWorld = {
    ...{ store, blobs, folder, calls, during, summarized, voices, spans, teacher },
    async work() {
      const workDir = path.join(folder, 'work');
      const versions = { hansard: '0' };
      const { voiceKeyFile } = config;
      const handlers = [
        ...createStageHandlers({ stages, blobs, workDir, versions, voiceKeyFile, describeModels: () => [] }),
        createLearnHandler({ teacher, blobs, workDir, voiceKeyFile }),
      ];
      for (const name of ['media', 'gpu', 'cpu', 'llm'] as const) {
        const own = handlers.filter(({ type }) => type.queue === name);
        await workerQueue.work(name, own, { concurrency: 2 });
      }
    },
    async restartBot(meanwhile) {
      await bot.stop();
      await botQueue.close();
      meanwhile?.();
      botQueue = openQueue();
      bot = await start();
    },
    reaches: state =>
      until(
        `a meeting is ${state}`,
        () => store.meetings.list({ limit: 1 }).find(meeting => meeting.state === state),
        20_000,
      ),
    problems: () => bot.problems(),
  };
  return { fake, world };
}
