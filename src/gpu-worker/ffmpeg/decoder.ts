/**
 * Decodes any recording to 16 kHz mono PCM with ffmpeg. The only file that knows fluent-ffmpeg, which is archived: it
 * builds the command and runs it; everything it cannot do safely (limits, progress, stopping) is done around it.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import ffmpeg from 'fluent-ffmpeg';
import { HansardError } from '../../errors.ts';
import type { MediaFacts } from '../../pipeline/media-facts.ts';
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';
import type { DecodedAudio } from '../../pipeline/ports.ts';
import { asStorageError } from '../../write-atomically.ts';
import { openWavFile } from '../audio/wav-file.ts';
import { buildCage, ENV_PATH } from './cage.ts';
import type { FfmpegTools } from './check-ffmpeg.ts';
import { assessCompleteness } from './completeness.ts';
import { buildInputOptions, buildOutputOptions } from './decode-arguments.ts';
import { type FfmpegEnd, throwOnFault } from './decode-faults.ts';
import { createFfmpegReport, type FfmpegReport } from './ffmpeg-report.ts';
import { hashSamples } from './hash-samples.ts';
import { type Loudness, measureLoudness } from './loudness.ts';

export interface DecodeRequest {
  sourcePath: string;
  /** Where the result goes. It appears there complete or not at all; its folder must exist. */
  wavPath: string;
  /** The answer of `probe` for this source. */
  facts: MediaFacts;
  /** One channel of the chosen track, from 0; all mixed when left out. */
  channel?: number | undefined;
  /** Only so much of the beginning. */
  seconds?: number | undefined;
  signal: AbortSignal;
  /** Fraction done, 0..1, never falling; it waits at 0 while the length is not known. */
  onProgress(fraction: number): void;
}

/** One track, decoded. */
export interface DecodedTrack extends DecodedAudio {
  declaredDurationMs: number | null;
  /** E.g. "recording looks truncated: 31 of 62 min"; null when all of it seems to be there. */
  truncated: string | null;
  /** Errors that ffmpeg met and went on after. */
  decodeErrors: number;
  /** Sentences for the reader, the one about truncation among them. */
  warnings: string[];
}

export interface DecodeResult extends DecodedTrack {
  /** sha256 of the samples. */
  audioHash: string;
  /** Null when it could not be measured. */
  loudness: Loudness | null;
}

const MAX_DURATION_MS = 12 * 3_600_000;
const MIN_DURATION_MS = 300;
const BYTES_PER_MS = (SAMPLE_RATE_HZ * 2) / 1000;
/** Of a decoded recording, with some room. */
export const MAX_WAV_BYTES = MAX_DURATION_MS * BYTES_PER_MS + 1024 ** 2;
const DISK_RESERVE_BYTES = 64 * 1024 ** 2;
/** Assumed for the time limit where a file does not state its length. */
const UNKNOWN_DURATION_MS = 3_600_000;
const KILL_AFTER_TIMEOUT_MS = 5_000;
/** A cancel is promised within two seconds. */
const KILL_AFTER_ABORT_MS = 1_000;
/** The rest of the progress is hashing and measuring. */
const DECODE_SHARE = 0.8;

/**
 * Decodes the chosen track of a recording. A header that lies about its length costs nothing: the limits on time and
 * size are those of the longest recording allowed.
 * @throws HansardError `too_short`, `too_long`, `damaged_media`, `no_audio`, `not_media`, `file_missing`,
 *   `file_unreadable`, `ffmpeg_missing`, `disk_full`, `data_unwritable`, `out_of_memory`, `decode_failed`, `cancelled`
 */
export async function decode(request: DecodeRequest, tools: FfmpegTools): Promise<DecodeResult> {
  return await decodeThen(request, tools, async (decodedPath, sampleCount) => {
    const [audioHash, loudness] = await Promise.all([
      hashSamples(decodedPath, sampleCount * 2, request.signal),
      measureLoudness(tools.ffmpegPath, path.dirname(decodedPath), path.basename(decodedPath), request.signal),
    ]);
    return { audioHash, loudness };
  });
}

/** The same for one track of several, which are measured together. */
export async function decodeTrack(request: DecodeRequest, tools: FfmpegTools): Promise<DecodedTrack> {
  return await decodeThen(request, tools, async () => ({}));
}

type Measure<Figures> = (decodedPath: string, sampleCount: number) => Promise<Figures>;

async function decodeThen<Figures>(
  request: DecodeRequest,
  tools: FfmpegTools,
  measure: Measure<Figures>,
): Promise<DecodedTrack & Figures> {
  const folder = path.join(path.dirname(request.wavPath), randomUUID());
  try {
    await onDisk(fs.mkdir(folder, { mode: 0o700 }), request.wavPath);
    await refuseFullDisk(folder, request.facts);
    return await decodeIn({ ...request, folder }, tools, measure);
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

async function decodeIn<Figures>(
  request: DecodeRequest & { folder: string },
  tools: FfmpegTools,
  measure: Measure<Figures>,
): Promise<DecodedTrack & Figures> {
  const { folder, sourcePath, wavPath, facts, signal, onProgress } = request;
  const wavName = `${randomUUID()}.wav`;
  const decodedPath = path.join(folder, wavName);
  const declaredMs = facts.audioTracks[facts.chosenTrack]?.durationMs ?? facts.durationMs;
  const run = await runFfmpeg({ ...request, wavName, ffmpegPath: tools.ffmpegPath, declaredMs });
  throwOnFault(run, sourcePath);
  const sampleCount = countSamples(decodedPath);
  const durationMs = (sampleCount / SAMPLE_RATE_HZ) * 1000;
  if (durationMs < MIN_DURATION_MS) throw nearlyNothing(sourcePath, durationMs, declaredMs, run.errorCount);
  const figures = await measure(decodedPath, sampleCount).catch(cause => {
    throw signal.aborted ? new HansardError('cancelled', sourcePath, { cause }) : asStorageError(cause, decodedPath);
  });
  if (signal.aborted) throw new HansardError('cancelled', `${sourcePath}: after decoding`);
  await onDisk(fs.rename(decodedPath, wavPath), wavPath);
  onProgress(1);
  const { declaredDurationMs, truncated, isLongerThanDeclared } = assessCompleteness(facts, durationMs, run.errors);
  const warnings = [
    truncated && `The ${truncated}.`,
    isLongerThanDeclared && 'The recording is longer than its header says.',
    !truncated && run.errorCount > 0 && `Parts of the sound may be missing (decoding errors: ${run.errorCount}).`,
  ].filter(warning => typeof warning === 'string');
  const decoded = { wavPath, sampleCount, durationMs, ...figures };
  return { ...decoded, declaredDurationMs, truncated, decodeErrors: run.errorCount, warnings };
}

interface FfmpegRun extends DecodeRequest {
  folder: string;
  wavName: string;
  ffmpegPath: string;
  declaredMs: number | null;
}

/** The source is linked under a name of ours, so that no name of a user's becomes an argument. */
async function runFfmpeg(run: FfmpegRun): Promise<FfmpegEnd & { errorCount: number }> {
  const { folder, facts, declaredMs, onProgress, signal } = run;
  if (signal.aborted) throw new HansardError('cancelled', `${run.sourcePath}: before decoding`);
  const sourceName = `${randomUUID()}.bin`;
  await onDisk(fs.symlink(path.resolve(run.sourcePath), path.join(folder, sourceName)), folder);
  const timeoutMs = Math.max(120_000, 0.5 * (declaredMs ?? UNKNOWN_DURATION_MS));
  const cage = await buildCage({
    cpuSeconds: (timeoutMs / 1000) * 2, // two threads
    maxFileBytes: MAX_WAV_BYTES,
  });
  const command = createCommand(folder)
    .input(`file:${sourceName}`)
    .inputOptions(...cage, run.ffmpegPath, ...buildInputOptions())
    .outputOptions(...buildOutputOptions({ track: facts.chosenTrack, channel: run.channel, seconds: run.seconds }))
    .output(`file:${run.wavName}`);
  let latest = 0;
  const stopper = createStopper(command);
  const report = createFfmpegReport(timeMs => {
    if (timeMs > MAX_DURATION_MS) stopper.stop('too_long', KILL_AFTER_ABORT_MS);
    if (declaredMs === null) return;
    latest = Math.max(latest, Math.min(1, timeMs / declaredMs));
    onProgress(latest * DECODE_SHARE);
  });
  const onAbort = () => stopper.stop('aborted', KILL_AFTER_ABORT_MS);
  const timer = setTimeout(() => stopper.stop('timeout', KILL_AFTER_TIMEOUT_MS), timeoutMs);
  signal.addEventListener('abort', onAbort);
  try {
    const failure = await runToEnd(command, report, stopper);
    return { failure, stopped: stopper.reason(), errors: report.lastErrors(), errorCount: report.errorCount() };
  } finally {
    clearTimeout(timer);
    stopper.clear();
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * The program that the library starts is `env`; the cage and ffmpeg's own path are its first arguments. The library
 * would first run it with `-formats` and `-encoders`, in processes that cannot be stopped, so these are answered here.
 */
function createCommand(folder: string): ffmpeg.FfmpegCommand {
  const command = ffmpeg({ cwd: folder }).setFfmpegPath(ENV_PATH);
  return Object.assign(command, {
    availableFormats: (answer: (error: null, formats: object) => void) => answer(null, { wav: { canMux: true } }),
    availableEncoders: (answer: (error: null, encoders: object) => void) => answer(null, {}),
  });
}

/**
 * Resolves when the process has gone: with null, or with what was wrong. Never listen to `progress` here: the library
 * would then start an ffprobe of its own, outside the cage.
 */
function runToEnd(command: ffmpeg.FfmpegCommand, report: FfmpegReport, stopper: Stopper): Promise<string | null> {
  return new Promise(resolve => {
    command
      .on('start', stopper.onStart)
      .on('stderr', report.addLine)
      .on('end', () => resolve(null))
      .on('error', error => resolve(error.message.split(': ', 1)[0] ?? '')) // the rest is progress, by the page
      .run();
  });
}

type Stopper = ReturnType<typeof createStopper>;

/** Asks ffmpeg to end, and kills it when it does not. The first reason counts. */
function createStopper(command: ffmpeg.FfmpegCommand) {
  let reason: FfmpegEnd['stopped'] = null;
  let killTimer: NodeJS.Timeout | undefined;
  return {
    stop: (why: NonNullable<FfmpegEnd['stopped']>, killAfterMs: number) => {
      if (reason) return;
      reason = why;
      command.kill('SIGTERM');
      killTimer = setTimeout(() => command.kill('SIGKILL'), killAfterMs);
    },
    /** A stop that came before the process existed has not reached it. */
    onStart: () => {
      if (reason) command.kill('SIGTERM');
    },
    reason: () => reason,
    clear: () => clearTimeout(killTimer),
  };
}

async function refuseFullDisk(folder: string, facts: MediaFacts): Promise<void> {
  const { bavail, bsize } = await onDisk(fs.statfs(folder), folder);
  const neededBytes = Math.min(facts.durationMs ?? 0, MAX_DURATION_MS) * BYTES_PER_MS + DISK_RESERVE_BYTES;
  if (bavail * bsize < neededBytes) {
    throw new HansardError('disk_full', `${folder} has ${bavail * bsize} bytes free, ${neededBytes} are needed`);
  }
}

function countSamples(wavPath: string): number {
  const wav = openWavFile(wavPath);
  wav.close();
  return wav.sampleCount;
}

function nearlyNothing(sourcePath: string, durationMs: number, declaredMs: number | null, errorCount: number) {
  const isDamaged = errorCount > 0 || (declaredMs ?? 0) > 2 * MIN_DURATION_MS;
  return new HansardError(isDamaged ? 'damaged_media' : 'too_short', `${sourcePath}: ${durationMs} ms of sound`);
}

async function onDisk<T>(work: Promise<T>, where: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw asStorageError(cause, where);
  }
}
