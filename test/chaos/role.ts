/**
 * One process of the pipeline for the chaos tests: `node role.ts OPTIONS`, OPTIONS being the JSON of `RoleOptions`. It is
 * composed as `hansard bot` and `hansard worker` are, with stages that work for some milliseconds instead of models.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { takeBotLock } from '../../src/bot/bot-lock.ts';
import { createFolderPlatform } from '../../src/bot/folder-platform.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { createDeliverHandler, type Platform } from '../../src/pipeline/deliver-handler.ts';
import { createFetchHandler } from '../../src/pipeline/fetch-handler.ts';
import { jobRegistry } from '../../src/pipeline/jobs.ts';
import { createOrchestrator } from '../../src/pipeline/orchestration/orchestrator.ts';
import { sweepOutDir } from '../../src/pipeline/output-folder.ts';
import type { StageContext } from '../../src/pipeline/ports.ts';
import type { Stages } from '../../src/pipeline/process-recording.ts';
import type { JobQueue, QueueTiming } from '../../src/pipeline/queue/job-queue.ts';
import type { QueueName } from '../../src/pipeline/queue/job-type.ts';
import { createStageHandlers } from '../../src/pipeline/stage-handlers.ts';
import { openStore } from '../../src/pipeline/store/open-store.ts';
import { sweepWorkFolders } from '../../src/pipeline/work-folder.ts';
import { decodedRecording } from '../builders/decoded-recording.ts';
import { say, span, transcription } from '../builders/meeting.ts';
import { createFakeStages } from '../fakes/stages.ts';

/** Which queue to open: the file of one adapter, or the address of the other. */
export type QueueAddress = { file: string } | { url: string };

export interface RoleOptions {
  /** Shared by all roles of the test: blobs; and by bots: the database. */
  folder: string;
  address: QueueAddress;
  /** Without queues it is the bot. */
  queues: QueueName[];
  /** Each stage takes so long at most. */
  stageMs: number;
  leaseMs: number;
}

/** One line of `log` per start of a stage and per announcement. */
export interface ChaosEvent {
  what: 'stage' | 'announced' | 'ready' | 'stopped';
  pid: number;
  /** Stage and recording, or the meeting. */
  id: string;
}

export const logOf = (folder: string): string => path.join(folder, 'events.log');

export async function openQueueAt(address: QueueAddress, leaseMs: number): Promise<JobQueue> {
  const timing: QueueTiming = { leaseMs, sweepMs: leaseMs / 4, pollMs: 25, graceMs: 2_000 };
  const options = {
    registry: jobRegistry,
    logger: pino({ level: process.env.TEST_LOG ?? 'silent' }, pino.destination(2)),
    timing,
  };
  if ('file' in address) {
    const { openSqliteQueue } = await import('../../src/pipeline/queue/sqlite-queue.ts');
    return openSqliteQueue({ ...options, file: address.file });
  }
  const { openBullmqQueue } = await import('../../src/pipeline/queue/bullmq-queue.ts');
  return await openBullmqQueue({ ...options, url: address.url });
}

async function main({ folder, address, queues, stageMs, leaseMs }: RoleOptions): Promise<void> {
  const tell = (what: ChaosEvent['what'], id: string) =>
    appendFileSync(logOf(folder), `${JSON.stringify({ what, pid: process.pid, id } satisfies ChaosEvent)}\n`);
  const logger = pino({ level: process.env.TEST_LOG ?? 'silent' }, pino.destination(2));
  const blobs = createDiskBlobs(path.join(folder, 'blobs'));
  const stages = createChaosStages(stageMs, id => tell('stage', id));
  const isBot = queues.length === 0;
  const lock = isBot ? takeBotLock(folder) : undefined;
  const queue = await openQueueAt(address, leaseMs);
  const store = isBot ? openStore(path.join(folder, 'hansard.db')) : undefined;
  const workDir = path.join(folder, 'work', queues.join('-'));
  await sweepWorkFolders(workDir);
  const handlers = createStageHandlers({ stages, blobs, workDir, versions: {}, describeModels: () => [] });
  for (const name of queues)
    await queue.work(
      name,
      handlers.filter(({ type }) => type.queue === name),
      { concurrency: 2 },
    );
  const orchestrator =
    store &&
    createOrchestrator({
      ...{ store, queue, blobs, versions: stages, logger },
      timing: { intakeMs: 50, reconcileMs: 1_000 },
    });
  if (store && orchestrator) {
    await sweepOutDir(path.join(folder, 'minutes'));
    const platform = createFolderPlatform(path.join(folder, 'minutes'));
    const telling: Platform = {
      ...platform,
      async announce(meeting, files, context) {
        await platform.announce(meeting, files, context);
        tell('announced', meeting.id);
      },
    };
    const deliver = createDeliverHandler({ store, blobs, platforms: { folder: telling } });
    await queue.work('intake', [createFetchHandler(blobs, {})], { concurrency: 2 });
    await queue.work('deliver', [deliver], { concurrency: 2 });
    orchestrator.start();
  }
  tell('ready', queues.join());
  process.once('SIGTERM', async () => {
    await orchestrator?.stop();
    await queue.close();
    store?.close();
    lock?.[Symbol.dispose]();
    tell('stopped', queues.join());
    process.exit(0);
  });
}

/** The bytes of a recording are its sound: what is heard depends on them, so that nothing is mistaken for another. */
function createChaosStages(stageMs: number, onStart: (id: string) => void): Stages {
  const { stages } = createFakeStages();
  const work = async (id: string, { signal, onProgress }: StageContext) => {
    onStart(id);
    onProgress(0.5);
    await delay(Math.random() * stageMs, undefined, { signal });
  };
  const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  return {
    ...stages,
    decode: {
      ...stages.decode,
      async run({ sourcePath, workDir }, _options, context) {
        const wavPath = path.join(workDir, 'audio.wav');
        writeFileSync(wavPath, readFileSync(sourcePath));
        await work(`decode ${hashOf(wavPath)}`, context);
        const decoded = { ...decodedRecording({}), audioHash: hashOf(wavPath) };
        return { decoded, audio: { wavPath, sampleCount: 160_000, durationMs: 10_000 } };
      },
    },
    transcribe: {
      ...stages.transcribe,
      async run({ wavPath }, _options, context) {
        await work(`transcribe ${hashOf(wavPath)}`, context);
        return transcription(say(500, `This is recording ${readFileSync(wavPath, 'utf8')}.`));
      },
    },
    diarize: {
      ...stages.diarize,
      async run({ wavPath }, _options, context) {
        await work(`diarize ${hashOf(wavPath)}`, context);
        return { spans: [span(0, 400, 9_000)], speakerCount: 1, warnings: [] };
      },
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(JSON.parse(process.argv[2] ?? '{}'));
