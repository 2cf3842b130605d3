/** `hansard bench DIR…`: how accurate, fast and large it is, on recordings whose truth is known. */
import os from 'node:os';
import path from 'node:path';
import { Command, Option } from 'commander';
import { addUp, type Figures, type Result } from '../bench/add-up.ts';
import { type Found, findRecordings } from '../bench/find-recordings.ts';
import { type Measured, measureRecording } from '../bench/measure-recording.ts';
import { presentFigures } from '../bench/present-figures.ts';
import { readTruth } from '../bench/read-truth.ts';
import { scoreRecording } from '../bench/score.ts';
import type { Hear } from '../bench/summary/hear-cases.ts';
import type { Config } from '../config.ts';
import { HansardError } from '../errors.ts';
import { RECOGNIZERS } from '../gpu-worker/models/plan-recognition.ts';
import { createModelStore } from '../gpu-worker/models/store.ts';
import { startStages, type WorkerStages } from '../gpu-worker/run.ts';
import type { Logger } from '../logger.ts';
import { createDiskBlobs } from '../pipeline/blobs/disk-blobs.ts';
import { processRecording } from '../pipeline/process-recording.ts';
import { MOST_SPEAKERS, type RecordingOptions, type SpeakerRange } from '../pipeline/recording-options.ts';
import { createResultStore } from '../pipeline/results/result-store.ts';
import { benchSummary } from './bench-summary.ts';
import { benchVoices } from './bench-voices.ts';
import { createProgress, createSilence } from './progress.ts';
import { ensureModelsVisibly, type ProgressOutput } from './pull-progress.ts';
import { listenForStop } from './stop-signal.ts';
import { parseSpeakers } from './transcribe-options.ts';

interface Loaded {
  config: Config;
  logger: Logger;
}

interface BenchFlags {
  model: string;
  speakers: SpeakerRange;
  voices: boolean;
  det: string;
  json: boolean;
  quiet: boolean;
  summary: boolean;
  summarizer: 'extractive' | 'model';
  recordings: boolean;
}

type Outcome =
  | { status: 'measured'; file: string; result: Result; warnings: string[] }
  | { status: 'failed'; file: string; error: HansardError };

/** What `--json` prints. */
interface BenchReport {
  schemaVersion: 1;
  machine: {
    cpu: string;
    cores: number;
    memoryBytes: number;
    node: string;
    device: string;
    inferenceProcesses: number;
  };
  options: RecordingOptions;
  files: ({ file: string; warnings: string[] } & Figures)[];
  folders: ({ folder: string } & Figures)[];
  total: Figures | null;
  skipped: Found['skipped'];
  failed: { file: string; code: string; message: string; detail: string }[];
}

/** A recording failed, or none could be measured; the others are done. */
const EXIT_FAILED = 3;

/** @param load the settings, read when the command runs; main.ts answers for the HansardErrors that actions throw */
export function benchCommand(
  load: () => Loaded,
  stdout: ProgressOutput = process.stdout,
  stderr: ProgressOutput = process.stderr,
): Command {
  return new Command('bench')
    .description(
      'measure accuracy, speed and memory on recordings with truth beside them (.stm, .truth.json, .rttm, .txt)',
    )
    .argument('<dir...>', 'folders of recordings, or single recordings')
    .addOption(new Option('--model <name>', 'speech recognition model').choices(RECOGNIZERS).default('moonshine-base'))
    .option('--speakers <n|min-max>', 'tell the diarizer how many people speak', parseSpeakers, {
      minSpeakers: 0,
      maxSpeakers: MOST_SPEAKERS,
    })
    .option('--summary', 'measure summaries instead, on facts and transcripts (.facts.json, .abssumm.txt)', false)
    .option('--recordings', 'with --summary: on the words heard in the recordings, not on those of the truth', false)
    .addOption(
      new Option('--summarizer <name>', 'who writes the summaries: rules, or the language model of the settings')
        .choices(['extractive', 'model'])
        .default('extractive'),
    )
    .option(
      '--voices',
      'measure how well people are recognised by voice: folders of voices, or recordings with truth',
      false,
    )
    .option('--det <file>', 'with --voices: gets the curve of errors, as SVG', 'voices-det.svg')
    .option('--json', 'print one JSON object', false)
    .option('--quiet', 'print no progress', false)
    .action(async (places: string[], flags: BenchFlags) => {
      if (flags.summary) {
        await benchSummaries(places, flags, load(), { stdout, stderr: flags.quiet ? { write() {} } : stderr });
        return;
      }
      process.exitCode = await bench(places, flags, load(), { stdout, stderr });
    });
}

/** Measures the recordings one after the other. Resolves with the exit status. */
async function bench(
  places: string[],
  flags: BenchFlags,
  { config, logger }: Loaded,
  { stdout, stderr }: { stdout: ProgressOutput; stderr: ProgressOutput },
): Promise<number> {
  if (flags.voices) return await benchVoicesOnly(places, flags, { config, logger }, { stdout, stderr });
  const found = await findAll(places);
  for (const { file, reason } of found.skipped) stderr.write(`${file}: left out, ${reason}\n`);
  if (found.recordings.length === 0) {
    throw new HansardError('invalid_usage', `No recording with truth in ${places.join(', ')}.`);
  }
  const stages = openStages({ config, logger }, stderr);
  const stop = listenForStop(() => void stages.close()); // the children end at once
  try {
    const outcomes: Outcome[] = [];
    for (const recording of found.recordings) {
      outcomes.push(await measureOne(recording, flags, stages, stderr, stop.signal));
      const code = stop.exitCode();
      if (code !== undefined) {
        stderr.write(`${new HansardError('cancelled', recording.file).userMessage}\n`);
        return code;
      }
    }
    const { device } = await stages.device();
    const report = buildReport(outcomes, found.skipped, toOptions(flags), describeMachine(config, device));
    stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : presentReport(report));
    return report.failed.length > 0 ? EXIT_FAILED : 0;
  } finally {
    await stages.close();
    stop.dispose();
  }
}

async function findAll(places: readonly string[]): Promise<Found> {
  const found = await Promise.all(places.map(findRecordings));
  return { recordings: found.flatMap(one => one.recordings), skipped: found.flatMap(one => one.skipped) };
}

async function measureOne(
  { file, truthBase }: Found['recordings'][number],
  flags: BenchFlags,
  stages: WorkerStages,
  stderr: ProgressOutput,
  signal: AbortSignal,
): Promise<Outcome> {
  const observer = flags.quiet ? createSilence() : createProgress(stderr);
  if (!flags.quiet) stderr.write(`${file}\n`);
  try {
    const truth = await readTruth(truthBase);
    if (!truth) throw new HansardError('file_missing', `the truth of ${file}`);
    const measured: Measured = await measureRecording({ file, options: toOptions(flags), stages, observer, signal });
    const { hypothesis, cost, warnings } = measured;
    const score = await scoreRecording(truth, hypothesis);
    return { status: 'measured', file, result: { durationMs: hypothesis.durationMs, score, cost }, warnings };
  } catch (error) {
    if (signal.aborted) return { status: 'failed', file, error: new HansardError('cancelled', file) };
    if (!(error instanceof HansardError)) throw error;
    stderr.write(`${file}: ${error.userMessage} (${error.detail})\n`);
    return { status: 'failed', file, error };
  } finally {
    observer.clear();
  }
}

async function benchSummaries(
  places: string[],
  flags: BenchFlags,
  { config, logger }: Loaded,
  output: { stdout: ProgressOutput; stderr: ProgressOutput },
): Promise<void> {
  const stages = flags.recordings ? openStages({ config, logger }, output.stderr) : undefined;
  const stop = listenForStop(() => void stages?.close());
  const hear = stages && createHearing(stages, { config, flags, stderr: output.stderr, signal: stop.signal });
  try {
    await benchSummary(places, { ...flags, hear }, config, { ...output, signal: stop.signal });
  } finally {
    await stages?.close();
    stop.dispose();
  }
}

/** As `transcribe` does it, with its stored results: what was heard once is not computed again. */
function createHearing(
  stages: WorkerStages,
  { config, flags, stderr, signal }: { config: Config; flags: BenchFlags; stderr: ProgressOutput; signal: AbortSignal },
): Hear {
  const results = createResultStore(createDiskBlobs(path.join(config.dataDir, 'blobs')));
  const workDir = path.join(config.dataDir, 'work');
  const observer = flags.quiet ? createSilence() : createProgress(stderr);
  return async (sourcePath, meetingDate) => {
    stderr.write(`${sourcePath}\n`);
    const options = { ...toOptions(flags), meetingDate };
    const request = { sourcePath, options, force: false, workDir, results, observer, people: [] };
    const { transcript } = await processRecording(request, stages, signal).finally(() => observer.clear());
    return transcript;
  };
}

function openStages({ config, logger }: Loaded, stderr: ProgressOutput): WorkerStages {
  const models = createModelStore(config.modelsDir);
  return startStages({
    config,
    logger,
    ensureModels: (names, signal) => ensureModelsVisibly(models, names, stderr, { signal }),
  });
}

async function benchVoicesOnly(
  places: string[],
  flags: BenchFlags,
  { config, logger }: Loaded,
  { stdout, stderr }: { stdout: ProgressOutput; stderr: ProgressOutput },
): Promise<number> {
  const stages = openStages({ config, logger }, stderr);
  const stop = listenForStop(() => void stages.close());
  try {
    const { json, det: detFile } = flags;
    stdout.write(
      await benchVoices({ places, config, stages, options: toOptions(flags), json, detFile, signal: stop.signal }),
    );
    return 0;
  } finally {
    await stages.close();
    stop.dispose();
  }
}

/** As `transcribe` does it by default, but that no server takes part and the machine's clock and zone do not matter. */
function toOptions({ model, speakers }: BenchFlags): RecordingOptions {
  return { language: 'auto', model, ...speakers, summarizer: 'extractive', meetingDate: '2026-01-05', timeZone: 'UTC' };
}

function describeMachine(config: Config, device: string): BenchReport['machine'] {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    node: process.versions.node,
    device,
    inferenceProcesses: config.inferenceProcesses,
  };
}

function buildReport(
  outcomes: readonly Outcome[],
  skipped: Found['skipped'],
  options: RecordingOptions,
  machine: BenchReport['machine'],
): BenchReport {
  const measured = outcomes.filter(outcome => outcome.status === 'measured');
  const folders = Map.groupBy(measured, ({ file }) => path.dirname(file));
  return {
    schemaVersion: 1,
    machine,
    options,
    files: measured.map(({ file, warnings, result }) => ({ file, warnings, ...addUp([result]) })),
    folders: [...folders].map(([folder, inside]) => ({ folder, ...addUp(inside.map(({ result }) => result)) })),
    total: measured.length > 0 ? addUp(measured.map(({ result }) => result)) : null,
    skipped,
    failed: outcomes
      .filter(outcome => outcome.status === 'failed')
      .map(({ file, error }) => ({ file, code: error.code, message: error.userMessage, detail: error.detail })),
  };
}

function presentReport({ machine, files, folders, total, failed }: BenchReport): string {
  const rows = [
    ...files.map(figures => ({ name: path.basename(figures.file), figures })),
    ...folders.map(figures => ({ name: `${path.basename(figures.folder)}/`, figures })),
    ...(total ? [{ name: 'total', figures: total }] : []),
  ];
  const { cpu, cores, device, inferenceProcesses } = machine;
  return [
    `${cpu}, ${cores} cores, device ${device}, ${inferenceProcesses} inference processes\n`,
    presentFigures(rows),
    ...failed.map(({ file, message }) => `${file}: ${message}\n`),
  ].join('\n');
}
