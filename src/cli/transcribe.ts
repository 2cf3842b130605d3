/** `hansard transcribe FILE…`: the main job, from recordings on disk to folders with minutes. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import type { Config } from '../config.ts';
import { HansardError } from '../errors.ts';
import { checkFfmpeg } from '../gpu-worker/ffmpeg/check-ffmpeg.ts';
import { encodeAudio } from '../gpu-worker/ffmpeg/encode-audio.ts';
import { findModel } from '../gpu-worker/models/catalogue.ts';
import { chooseModel } from '../gpu-worker/models/choose-model.ts';
import { modelsForTranscription, planRecognition } from '../gpu-worker/models/plan-recognition.ts';
import { createModelStore } from '../gpu-worker/models/store.ts';
import { startStages, type WorkerStages } from '../gpu-worker/run.ts';
import type { Logger } from '../logger.ts';
import { createDiskBlobs } from '../pipeline/blobs/disk-blobs.ts';
import { chooseFolder, prepareOutDir, writeFiles } from '../pipeline/output-folder.ts';
import { type ProcessedMeeting, type ProcessRequest, processRecording } from '../pipeline/process-recording.ts';
import type { RecordingOptions } from '../pipeline/recording-options.ts';
import { buildMeta } from '../pipeline/render/build-meta.ts';
import { drawPictures } from '../pipeline/render/draw-pictures.ts';
import { outputName } from '../pipeline/render/output-name.ts';
import type { OwnTemplates } from '../pipeline/render/own-templates.ts';
import { AUDIO_FILE, OPTIONAL_FILES, renderFiles } from '../pipeline/render/render-files.ts';
import { SUMMARY_TEMPLATES } from '../pipeline/render/summary-template.ts';
import { createResultStore } from '../pipeline/results/result-store.ts';
import { areVoicesOn, faultOf, LOCAL_WORKSPACE } from '../pipeline/voices/plan-voices.ts';
import { openWorkFolder } from '../pipeline/work-folder.ts';
import { openMeetingStore } from '../services.ts';
import { programVersions } from '../versions.ts';
import { createProgress, createSilence } from './progress.ts';
import { ensureModelsVisibly } from './pull-progress.ts';
import { buildFailure, buildReport, presentReport, printable, type Report } from './report.ts';
import { listenForStop } from './stop-signal.ts';
import { addRecordingOptions, type RecordingFlags, toRecordingOptions } from './transcribe-options.ts';

interface Loaded {
  config: Config;
  logger: Logger;
}

interface TranscribeFlags extends RecordingFlags {
  out: string;
  json: boolean;
  quiet: boolean;
  force: boolean;
  audio?: AudioPlace;
}

type AudioPlace = 'beside' | 'inside';

interface Run {
  flags: TranscribeFlags;
  options: RecordingOptions;
  config: Config;
  stages: WorkerStages;
}

/** A recording failed; the others are done. */
const EXIT_FAILED = 3;

/** @param load the settings, read when the command runs; main.ts answers for the HansardErrors that actions throw */
export function transcribeCommand(load: () => Loaded): Command {
  const command = new Command('transcribe')
    .description('turn recordings into transcripts with speakers, minutes and files')
    .argument('<file...>', 'audio or video that ffmpeg reads')
    .option('--out <dir>', 'folder that gets one folder per recording', 'hansard-out');
  return addRecordingOptions(command)
    .addOption(
      new Option('--audio <place>', 'put the sound beside minutes.html as a small file, or inside it').choices([
        'beside',
        'inside',
      ]),
    )
    .option('--json', 'print one JSON object per recording', false)
    .option('--quiet', 'print no progress', false)
    .option('--force', 'compute everything again, also what is stored', false)
    .action(async (files: string[], flags: TranscribeFlags) => {
      process.exitCode = await transcribe(files, flags, load());
    });
}

/** Processes the files one after the other. Resolves with the exit status. */
async function transcribe(files: string[], flags: TranscribeFlags, { config, logger }: Loaded): Promise<number> {
  const options = toRecordingOptions(flags, { ...config, model: await chooseModel(config) });
  planRecognition(options); // a language that no model knows is said once, not for each file
  const store = createModelStore(config.modelsDir);
  const stages = startStages({
    config,
    logger,
    ensureModels: (names, signal) => ensureModelsVisibly(store, names, process.stderr, { signal }),
  });
  const stop = listenForStop(() => void stages.close()); // the children end at once
  try {
    assertIsTemplate(options.summaryTemplate, stages.templates);
    let failed = false;
    for (const file of files) {
      const report = await transcribeOne(file, { flags, options, config, stages }, stop.signal);
      const code = stop.exitCode();
      if (code !== undefined) {
        process.stderr.write(`${new HansardError('cancelled', file).userMessage}\n`);
        return code;
      }
      failed ||= report.status !== 'done';
      logger.debug({ file, ...report.error }, 'recording processed');
      if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
      else (report.error ? process.stderr : process.stdout).write(presentReport(report));
    }
    return failed ? EXIT_FAILED : 0;
  } finally {
    await stages.close();
    stop.dispose();
  }
}

/** @throws HansardError `invalid_usage` */
function assertIsTemplate(wanted: string | undefined, { summaries }: OwnTemplates): void {
  const names = [...SUMMARY_TEMPLATES, ...summaries.keys()];
  if (wanted !== undefined && !names.includes(wanted))
    throw new HansardError('invalid_usage', `There is no summary template ${wanted}; there are ${names.join(', ')}.`);
}

async function transcribeOne(
  file: string,
  { flags, options, config, stages }: Run,
  signal: AbortSignal,
): Promise<Report> {
  const startedAt = performance.now();
  const wallSeconds = () => Math.round(performance.now() - startedAt) / 1000;
  const progress = flags.quiet ? createSilence() : createProgress(process.stderr);
  if (!flags.quiet) process.stderr.write(`${printable(path.basename(file))}\n`);
  try {
    const outDir = path.resolve(flags.out);
    await prepareOutDir(outDir);
    const meeting = await processRecording(
      {
        sourcePath: file,
        options,
        force: flags.force,
        workDir: path.join(config.dataDir, 'work'),
        results: createResultStore(createDiskBlobs(path.join(config.dataDir, 'blobs'))),
        people: knownPeople(config, stages.voices.model),
        observer: progress,
      },
      stages,
      signal,
    );
    const folder = await chooseFolder(outDir, outputName(file), meeting.meetingId);
    const meta = await describe(file, meeting, options, stages);
    const sound = flags.audio && (await encodeSound(file, meeting, config, signal));
    if (flags.audio && !sound) meta.warnings.push('The sound could not be put beside the minutes.');
    const address = sound && (flags.audio === 'inside' ? asDataUrl(sound) : AUDIO_FILE);
    const rendered = await drawPictures(renderFiles({ ...meeting, meta }, stages.templates, address));
    if (sound && flags.audio === 'beside') rendered.set(AUDIO_FILE, sound);
    signal.throwIfAborted();
    await writeFiles(folder, rendered, [...OPTIONAL_FILES, AUDIO_FILE]);
    return buildReport(file, meeting, { folder, files: [...rendered.keys()] }, wallSeconds());
  } catch (error) {
    if (signal.aborted) return buildFailure(file, new HansardError('cancelled', file), wallSeconds());
    if (!(error instanceof HansardError)) throw error;
    return buildFailure(file, error, wallSeconds());
  } finally {
    progress.clear();
  }
}

async function encodeSound(file: string, { decoded }: ProcessedMeeting, config: Config, signal: AbortSignal) {
  const { ffmpegPath } = await checkFfmpeg();
  const work = await openWorkFolder(path.join(config.dataDir, 'work'));
  try {
    const { durationMs, facts } = decoded;
    return await encodeAudio({
      ...{ sourcePath: file, track: facts.chosenTrack, durationMs, ffmpegPath, signal },
      folder: work.path,
    });
  } finally {
    await work.remove();
  }
}

function asDataUrl(sound: Uint8Array): string {
  return `data:audio/webm;base64,${Buffer.from(sound).toString('base64')}`;
}

/** People who were enrolled on this machine. Where nobody ever was there is no database, and none is made. */
function knownPeople(config: Config, model: string): ProcessRequest['people'] {
  if (!existsSync(config.voiceKeyFile)) return [];
  const store = openMeetingStore(config);
  try {
    if (!areVoicesOn(store)) return [];
    const { references, ...left } = store.voiceprints.references(LOCAL_WORKSPACE, model, new Date());
    const fault = faultOf(left);
    if (fault) process.stderr.write(`${new HansardError(fault, '').userMessage}\n`);
    return references.map(reference => ({ ...reference, name: store.people.get(reference.personId).name }));
  } catch (error) {
    // speakers without names are better than no transcript
    if (!(error instanceof HansardError)) throw error;
    process.stderr.write(`${error.userMessage}\n`);
    return [];
  } finally {
    store.close();
  }
}

async function describe(file: string, meeting: ProcessedMeeting, options: RecordingOptions, stages: WorkerStages) {
  const { device: name, reason } = await stages.device();
  return buildMeta(meeting, {
    fileName: path.basename(file),
    options,
    versions: programVersions(),
    device: { name, reason },
    models: modelsForTranscription(options).map(model => ({
      name: model,
      files: findModel(model).files.map(({ name: fileName, sha256 }) => ({ name: fileName, sha256 })),
    })),
    processedAt: new Date(),
  });
}
