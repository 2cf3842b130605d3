/** A worker: takes jobs of some queues and runs their stages. It never opens the database. */
import os from 'node:os';
import path from 'node:path';
import type { Config } from '../config.ts';
import { HansardError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import type { JobQueue, Worker } from '../pipeline/queue/job-queue.ts';
import type { QueueName } from '../pipeline/queue/job-type.ts';
import { createStageHandlers } from '../pipeline/stage-handlers.ts';
import { createLearnHandler, type VoiceTeacher } from '../pipeline/voices/learn-handler.ts';
import { sweepWorkFolders } from '../pipeline/work-folder.ts';
import { programVersions } from '../versions.ts';
import { checkFfmpeg } from './ffmpeg/check-ffmpeg.ts';
import { findModel } from './models/catalogue.ts';
import { chooseModel } from './models/choose-model.ts';
import { modelsForTranscription } from './models/plan-recognition.ts';
import { createModelStore } from './models/store.ts';
import type { WorkerStages } from './run.ts';
import { learnVoice } from './voices/learn-voice.ts';

/** The queues that workers serve; the others need the database or a platform: the bot serves them. */
export const WORKER_QUEUES = ['media', 'gpu', 'cpu', 'llm'] as const satisfies QueueName[];
export type WorkerQueue = (typeof WORKER_QUEUES)[number];

export interface WorkerRoleOptions {
  config: Config;
  logger: Logger;
  queue: JobQueue;
  blobs: BlobStore;
  stages: WorkerStages;
  queues: readonly WorkerQueue[];
}

export interface WorkerRole {
  /** The queues that it takes jobs from now. */
  serving(): WorkerQueue[];
  /** What keeps it from serving the others, one sentence each. */
  problems(): Promise<string[]>;
  stop(): Promise<void>;
}

/** How soon a worker looks again whether it can do what it could not. */
const LOOK_AGAIN_MS = 30_000;

export async function startWorker(options: WorkerRoleOptions): Promise<WorkerRole> {
  const { config, logger, queue, blobs, stages, queues } = options;
  const workDir = path.join(config.dataDir, 'work');
  await sweepWorkFolders(workDir);
  const teacher: VoiceTeacher = {
    model: stages.voices.model,
    learn: (file, spans, context) => learnVoice(file, spans, { stages, ...context }),
  };
  const stageHandlers = createStageHandlers({
    stages,
    blobs,
    workDir,
    voiceKeyFile: config.voiceKeyFile,
    versions: programVersions(),
    describeModels: shown =>
      modelsForTranscription(shown).map(name => ({
        name,
        files: findModel(name).files.map(file => ({ name: file.name, sha256: file.sha256 })),
      })),
  });
  const handlers = [
    ...stageHandlers,
    createLearnHandler({ teacher, blobs, workDir, voiceKeyFile: config.voiceKeyFile }),
  ];
  const workers = new Map<WorkerQueue, Worker>();
  const obstacles = new Map<WorkerQueue, string>();
  const stopping = new AbortController();

  /** Takes on a queue as soon as what its jobs need is here. */
  const tryToServe = async (name: WorkerQueue) => {
    try {
      await prepare(name, config, logger, stages, stopping.signal);
    } catch (error) {
      if (stopping.signal.aborted) return;
      if (!(error instanceof HansardError)) throw error;
      if (!obstacles.has(name))
        logger.warn({ queue: name, code: error.code, detail: error.detail }, 'queue not served');
      obstacles.set(name, `The queue ${name} is not served here: ${error.userMessage} (${error.detail})`);
      return;
    }
    if (stopping.signal.aborted) return;
    const own = handlers.filter(({ type }) => type.queue === name);
    workers.set(name, await queue.work(name, own, { concurrency: await concurrencyOf(name, stages) }));
    obstacles.delete(name);
    logger.info({ queue: name }, 'queue served');
  };
  let trying: Promise<unknown> = Promise.all(queues.map(tryToServe));
  await trying;
  const timer = setInterval(() => {
    const missing = queues.filter(name => !workers.has(name));
    trying = trying.then(() => Promise.all(missing.map(name => !workers.has(name) && tryToServe(name))));
  }, LOOK_AGAIN_MS);
  return {
    serving: () => [...workers.keys()],
    problems: async () => [...obstacles.values(), ...(await queue.problems()), ...(await blobs.problems())],
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await trying;
      await Promise.all([...workers.values()].map(worker => worker.stop()));
      logger.info('worker stopped');
    },
  };
}

/** @throws HansardError when jobs of that queue cannot be done here */
async function prepare(
  name: WorkerQueue,
  config: Config,
  logger: Logger,
  stages: WorkerStages,
  signal: AbortSignal,
): Promise<void> {
  if (name === 'media') {
    const { version } = await checkFfmpeg();
    logger.info({ ffmpeg: version }, 'ffmpeg found');
  }
  if (name === 'gpu') {
    await stages.device();
    const names = modelsForTranscription({ model: await chooseModel(config), language: 'auto' });
    await createModelStore(config.modelsDir).ensure(names, { signal, replaceDamaged: true });
  }
}

/** Words and voices of one meeting share the inference processes of the CPU; a GPU does one thing at a time. */
async function concurrencyOf(name: WorkerQueue, stages: WorkerStages): Promise<number> {
  const cores = os.availableParallelism();
  switch (name) {
    case 'media':
      return Math.max(1, Math.floor(cores / 2));
    case 'gpu':
      return (await stages.device()).device === 'cpu' ? 2 : 1;
    case 'cpu':
      return cores;
    case 'llm':
      return 1;
  }
}
