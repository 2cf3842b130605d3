/**
 * Every kind of job, declared once: queue, payload, retries, time limits. Bot and workers meet here.
 * A job may run twice (crash, lost lease), so what it does must be safe to repeat.
 */
import { z } from 'zod';
import { createJobRegistry, type JobType } from './queue/job-type.ts';
import { spanSchema } from './stage-results.ts';
import { voiceMatch } from './store/speakers.ts';

const MINUTE_MS = 60_000;
/**
 * ffmpeg and models run in child processes, whose deaths are failures and count as attempts. When a worker itself dies, it
 * was hardly the job: somebody killed it, or the machine went down. Ten such deaths are no accident any more.
 */
const WORKER_DEATHS = { maxCrashes: 10 };

/** What a stage needs to run on a machine that cannot open the database. */
const stagePayload = z.strictObject({
  meetingId: z.uuid(),
  /** Where its result will be: the hash of all that decides it. A worker that comes to another one is of another version. */
  resultKey: z.string(),
  /** What it reads: `file` and `audio` by their hashes, stored results by the name of their stage; '' for none. */
  inputs: z.record(z.string(), z.string()),
  options: z.record(z.string(), z.unknown()),
});
export type StagePayload = z.infer<typeof stagePayload>;

/** What a stage's job gives back: small, since the result itself lies in the blob store. */
export const stageJobResult = z.object({
  /** Usually the one of the payload; another one when the stage had to do it another way. */
  resultKey: z.string(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  device: z.string().nullable(),
  /** It was there already. */
  stored: z.boolean(),
  /** Of `diarize`: which voices are whose, where people agreed to it; it is kept in the database alone. */
  voices: z.array(voiceMatch).optional(),
  /** Code of the fault when they could not be compared. */
  voicesFault: z.string().optional(),
});
export type StageJobResult = z.infer<typeof stageJobResult>;

/** Which sound a voice is learned from; `spans` null: the recording is a sample of one person. */
const learnPayload = z.strictObject({
  lessonId: z.uuid(),
  fileHash: z.string(),
  spans: z.array(spanSchema).nullable(),
});
export type LearnPayload = z.infer<typeof learnPayload>;

/** The voice that was learned, encrypted with the key that lies in no queue. */
export const learnedVoice = z.object({
  /** sha256 of the embedding model's weights. */
  model: z.string(),
  sealed: z.base64(),
  /** Of speech. */
  seconds: z.number(),
});

const maintenancePayload = z.strictObject({ dryRun: z.boolean() });
export type MaintenancePayload = z.infer<typeof maintenancePayload>;

function limits(softMinutes: number): Pick<JobType, 'softLimitMs' | 'hardLimitMs'> {
  // half a minute to leave a checkpoint
  return { softLimitMs: softMinutes * MINUTE_MS, hardLimitMs: softMinutes * MINUTE_MS + 30_000 };
}

/** Downloads: many retries, since links and networks recover. */
export const fetchJob: JobType<StagePayload> = {
  ...WORKER_DEATHS,
  name: 'fetch',
  queue: 'intake',
  payload: stagePayload,
  attempts: 6,
  firstRetryMs: 5_000,
  ...limits(60),
};

export const decodeJob: JobType<StagePayload> = {
  ...WORKER_DEATHS,
  name: 'decode',
  queue: 'media',
  payload: stagePayload,
  attempts: 3,
  firstRetryMs: 5_000,
  ...limits(60),
};

/** Two hours: 12 h of audio at a sixth of real time, the slowest that is still useful. */
export const transcribeJob: JobType<StagePayload> = {
  ...WORKER_DEATHS,
  name: 'transcribe',
  queue: 'gpu',
  payload: stagePayload,
  attempts: 3,
  firstRetryMs: 10_000,
  ...limits(120),
};

export const diarizeJob: JobType<StagePayload> = {
  ...WORKER_DEATHS,
  name: 'diarize',
  queue: 'gpu',
  payload: stagePayload,
  attempts: 3,
  firstRetryMs: 10_000,
  ...limits(120),
};

export const assignJob: JobType<StagePayload> = {
  ...WORKER_DEATHS,
  name: 'assign',
  queue: 'cpu',
  payload: stagePayload,
  attempts: 3,
  firstRetryMs: 2_000,
  ...limits(10),
};

/** Somebody waits for the answer. */
export const learnVoiceJob: JobType<LearnPayload> = {
  ...WORKER_DEATHS,
  name: 'learn-voice',
  queue: 'gpu',
  payload: learnPayload,
  attempts: 3,
  firstRetryMs: 5_000,
  ...limits(20),
};

/** The language model may be restarting or loading: wait longer, try more often. */
export const summarizeJob: JobType<StagePayload> = {
  ...WORKER_DEATHS,
  name: 'summarize',
  queue: 'llm',
  payload: stagePayload,
  attempts: 5,
  firstRetryMs: 15_000,
  ...limits(60),
};

export const renderJob: JobType<StagePayload> = {
  ...WORKER_DEATHS,
  name: 'render',
  queue: 'cpu',
  payload: stagePayload,
  attempts: 3,
  firstRetryMs: 2_000,
  ...limits(10),
};

/** Platforms have outages: twelve tries span most of an hour. */
export const deliverJob: JobType<StagePayload> = {
  ...WORKER_DEATHS,
  name: 'deliver',
  queue: 'deliver',
  payload: stagePayload,
  attempts: 12,
  firstRetryMs: 5_000,
  ...limits(15),
};

export const retentionJob: JobType<MaintenancePayload> = maintenance('retention', 60);
export const cleanUpJob: JobType<MaintenancePayload> = maintenance('clean-up', 30);
export const sweepJob: JobType<MaintenancePayload> = maintenance('sweep', 10);
export const healthJob: JobType<MaintenancePayload> = maintenance('health', 4);
export const backupJob: JobType<MaintenancePayload> = maintenance('backup', 60);

function maintenance(name: string, softMinutes: number): JobType<MaintenancePayload> {
  const payload = maintenancePayload;
  return {
    name,
    queue: 'maintenance',
    payload,
    attempts: 3,
    firstRetryMs: MINUTE_MS,
    ...limits(softMinutes),
  };
}

/** What `hansard jobs types` lists. */
export const jobRegistry = createJobRegistry([
  ...[fetchJob, decodeJob, transcribeJob, diarizeJob, assignJob, summarizeJob, renderJob, deliverJob, learnVoiceJob],
  ...[retentionJob, cleanUpJob, sweepJob, healthJob, backupJob],
]);
