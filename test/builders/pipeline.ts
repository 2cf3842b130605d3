/** A whole pipeline in one process, with fake stages: store, queue, blobs, orchestrator, workers. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { z } from 'zod';
import { type BlobStore, blobKeys } from '../../src/pipeline/blobs/blob-store.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { createDeliverHandler } from '../../src/pipeline/deliver-handler.ts';
import { createFetchHandler } from '../../src/pipeline/fetch-handler.ts';
import { jobRegistry } from '../../src/pipeline/jobs.ts';
import { createOrchestrator, type Orchestrator } from '../../src/pipeline/orchestration/orchestrator.ts';
import type { Quotas } from '../../src/pipeline/orchestration/quota.ts';
import type { JobQueue, Worker } from '../../src/pipeline/queue/job-queue.ts';
import { QUEUES, type QueueName } from '../../src/pipeline/queue/job-type.ts';
import { openSqliteQueue } from '../../src/pipeline/queue/sqlite-queue.ts';
import { createResultStore } from '../../src/pipeline/results/result-store.ts';
import { createStageHandlers } from '../../src/pipeline/stage-handlers.ts';
import type { Versions } from '../../src/pipeline/stage-inputs.ts';
import { renderedSchema } from '../../src/pipeline/stage-results.ts';
import type { Meeting } from '../../src/pipeline/store/meetings.ts';
import { openStore, type Store } from '../../src/pipeline/store/open-store.ts';
import { createFakeStages, type FakeStages } from '../fakes/stages.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { QUICK } from './test-jobs.ts';
import { until } from './until.ts';

export interface Pipeline extends Pick<FakeStages, 'calls' | 'during' | 'voices'> {
  fake: FakeStages;
  folder: string;
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  orchestrator: Orchestrator;
  /** What the platform was given, in order: meeting id and file names. */
  announced: { meetingId: string; files: string[] }[];
  /** Starts workers of these queues; all by default. */
  work(queues?: readonly QueueName[]): Promise<Worker[]>;
  submit(options?: {
    content?: string;
    origin?: string;
    owner?: string;
    options?: Meeting['options'];
  }): Promise<Meeting>;
  reaches(meetingId: string, state: Meeting['state']): Promise<Meeting>;
  /** What was made of a meeting that is done, by file name. */
  filesOf(meetingId: string): Promise<Record<string, string>>;
  /** `fetch done`, `decode running` … of those that do not wait. */
  states(meetingId: string): string[];
}

const recordingDefaults = {
  language: 'en',
  model: 'moonshine-base',
  minSpeakers: 0,
  maxSpeakers: 32,
  summarizer: 'extractive',
  timeZone: 'UTC',
};

export interface PipelineSetup {
  openQueue?: () => Promise<JobQueue>;
  quotas?: Quotas;
  /** What the bot believes of the stages, where it is wrong. */
  versions?: Partial<Versions>;
}

export async function startPipeline(
  t: TestContext,
  { openQueue, quotas, versions = {} }: PipelineSetup = {},
): Promise<Pipeline> {
  const folder = await makeTemporaryFolder(t);
  const logger = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const store = openStore(path.join(folder, 'hansard.db'));
  const options = { registry: jobRegistry, logger, timing: QUICK };
  const queue = openQueue ? await openQueue() : openSqliteQueue({ ...options, file: path.join(folder, 'queue.db') });
  const blobs = createDiskBlobs(path.join(folder, 'blobs'));
  const fake = createFakeStages();
  const { stages, calls, during, voices } = fake;
  const timing = { intakeMs: 20, reconcileMs: 500 };
  const orchestrator = createOrchestrator({
    store,
    queue,
    blobs,
    versions: { ...stages, ...versions },
    logger,
    timing,
    ...(quotas && { quotas }),
  });
  const announced: Pipeline['announced'] = [];
  const handlers = [
    ...createStageHandlers({
      stages,
      blobs,
      workDir: path.join(folder, 'work'),
      voiceKeyFile: path.join(folder, 'voice.key'),
      versions: { hansard: '0' },
      describeModels: () => [],
    }),
    createFetchHandler(blobs, {}),
    createDeliverHandler({
      store,
      blobs,
      platforms: {
        folder: {
          retract: async () => {},
          announce: async (meeting, files) => void announced.push({ meetingId: meeting.id, files: [...files.keys()] }),
        },
      },
    }),
  ];
  orchestrator.start();
  t.after(async () => {
    await orchestrator.stop();
    await queue.close();
    store.close();
  });
  let submitted = 0;
  return {
    folder,
    store,
    queue,
    blobs,
    orchestrator,
    announced,
    fake,
    calls,
    during,
    voices,
    work: (queues = QUEUES) =>
      Promise.all(
        queues.map(name =>
          queue.work(
            name,
            handlers.filter(({ type }) => type.queue === name),
            { concurrency: 2 },
          ),
        ),
      ),
    async submit({ content = 'a recording', origin = `test:${++submitted}`, owner = 'U1', options: chosen } = {}) {
      const fileHash = createHash('sha256').update(content).digest('hex');
      await blobs.put(blobKeys.source(fileHash), content);
      const { meeting } = store.meetings.accept(
        {
          origin,
          title: 'Weekly',
          platform: 'folder',
          channel: 'C1',
          owner,
          source: { kind: 'blob', name: 'weekly.wav' },
          options: { ...recordingDefaults, ...chosen },
          fileHash,
        },
        'terminal:U1',
      );
      return meeting;
    },
    reaches: (meetingId, state) =>
      until(`meeting ${state}, is ${store.meetings.get(meetingId).state}`, () => {
        const meeting = store.meetings.get(meetingId);
        return meeting.state === state && meeting;
      }),
    async filesOf(meetingId) {
      const { resultKey } = store.stages.get(meetingId, 'render');
      const rendered = await createResultStore(blobs).find(resultKey ?? '', z.object({ result: renderedSchema }));
      return rendered?.result.files ?? {};
    },
    states: meetingId =>
      store.stages
        .of(meetingId)
        .filter(({ state }) => state !== 'waiting')
        .map(({ name, state }) => `${name} ${state}`),
  };
}
