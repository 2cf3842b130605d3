/** `hansard doctor`: looks at everything once; each line is ok or says what to type. */
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import type { Finding } from '../bot/finding.ts';
import type { Config } from '../config.ts';
import { diskSpace, nearestFolder } from '../disk-space.ts';
import { HansardError } from '../errors.ts';
import { chooseDevice, type DeviceChoice } from '../gpu-worker/device.ts';
import { checkFfmpeg } from '../gpu-worker/ffmpeg/check-ffmpeg.ts';
import type { ModelFinding } from '../gpu-worker/language-model/language-model.ts';
import { openModel } from '../gpu-worker/language-model/open-model.ts';
import { modelsForTranscription } from '../gpu-worker/models/plan-recognition.ts';
import { createModelStore, type ModelStatus } from '../gpu-worker/models/store.ts';
import { createLogger } from '../logger.ts';
import { readGlossary } from '../pipeline/glossary/read-glossary.ts';
import { openBlobs, openQueue } from '../services.ts';
import type { ProgressOutput } from './pull-progress.ts';

/** What the doctor asks of the machine; tests answer for it. Methods reject where there is no answer. */
export interface Patient {
  nodeVersion: string;
  ffmpegVersion(): Promise<string>;
  /** Resolves where the program runs. */
  runs(program: string): Promise<void>;
  models(): Promise<ModelStatus[]>;
  device(): Promise<DeviceChoice>;
  assertWritable(folder: string): Promise<void>;
  disk(folder: string): Promise<{ freeBytes: number; totalBytes: number }>;
  availableMemoryBytes: number;
  /** What is wrong with Redis, one sentence each; asked where one is set. */
  redis(): Promise<string[]>;
  /** What is wrong with the S3 store; asked where one is set. */
  s3(): Promise<string[]>;
  /** What there is to say of Slack and of Discord; asked where tokens are set. */
  slack(): Promise<Finding[]>;
  discord(): Promise<Finding[]>;
  /** Whether the server of the language model answers and has it. */
  languageModel(): Promise<ModelFinding>;
}

/** Something is broken. */
const EXIT_BROKEN = 3;

const OLDEST_NODE_MAJOR = 24;
/** The whole `transcribe` of an hour peaks below this (bench/RESULTS.md). */
const NEEDED_MEMORY_BYTES = 1.5e9;
const NEEDED_DISK_BYTES = 2e9;
const NEEDED_DISK_FRACTION = 0.1;

export function doctorCommand(load: () => { config: Config }, stdout: ProgressOutput = process.stdout): Command {
  return new Command('doctor')
    .description('check everything that Hansard needs, and say what to type')
    .option('--json', 'print one JSON object')
    .option('--slack-channel <id>', 'also post a test message and a test file there, and take them away again')
    .option('--discord-channel <id>', 'the same in a channel or thread of Discord')
    .action(async (flags: { json?: true } & Channels) => {
      const { config } = load();
      assertChannels(flags, config);
      const findings = await examine(config, thisMachine(config, flags));
      stdout.write(flags.json ? `${JSON.stringify({ findings }, null, 2)}\n` : presentFindings(findings));
      if (findings.some(({ state }) => state === 'broken')) process.exitCode = EXIT_BROKEN;
    });
}

/** Where to post something; undefined: nowhere. */
interface Channels {
  slackChannel?: string;
  discordChannel?: string;
}

function assertChannels({ slackChannel, discordChannel }: Channels, { slack, discord }: Config): void {
  if (slackChannel !== undefined) {
    if (!slack) throw new HansardError('invalid_usage', '--slack-channel needs SLACK_BOT_TOKEN');
    if (!/^[CDG][A-Z0-9]+$/.test(slackChannel))
      throw new HansardError('invalid_usage', `--slack-channel ${slackChannel}: expected an id such as C0123456789`);
  }
  if (discordChannel === undefined) return;
  if (!discord) throw new HansardError('invalid_usage', '--discord-channel needs DISCORD_TOKEN');
  if (!/^\d{17,20}$/.test(discordChannel))
    throw new HansardError('invalid_usage', `--discord-channel ${discordChannel}: expected an id of 17 to 20 digits`);
}

export async function examine(config: Config, patient: Patient): Promise<Finding[]> {
  const checks: Promise<Finding | Finding[]>[] = [
    checkNode(patient),
    checkFfmpegVersion(patient),
    checkCage(patient),
    checkModels(patient),
    checkDevice(patient),
    checkDataFolder(config.dataDir, patient),
    checkDisk(config.dataDir, patient),
    checkMemory(patient),
    checkLanguageModel(patient),
    ...(config.glossaryFile === undefined ? [] : [checkGlossary(config.glossaryFile)]),
    ...(config.queue.kind === 'bullmq' ? [checkServer('Redis', () => patient.redis())] : []),
    ...(config.blobs.kind === 's3' ? [checkServer('S3', () => patient.s3())] : []),
    ...(config.slack ? [checkChat('Slack', () => patient.slack())] : []),
    ...(config.discord ? [checkChat('Discord', () => patient.discord())] : []),
  ];
  return (await Promise.all(checks)).flat();
}

/** One line per finding, with the advice under it. */
export function presentFindings(findings: readonly Finding[]): string {
  const marks = { ok: 'ok     ', limited: 'limited', broken: 'BROKEN ' } as const;
  const lines = findings.flatMap(({ name, state, detail, advice }) => [
    `${marks[state]}  ${name}: ${detail}`,
    ...(advice ? [`         ${advice}`] : []),
  ]);
  return `${lines.join('\n')}\n`;
}

async function checkNode({ nodeVersion }: Patient): Promise<Finding> {
  if (Number(nodeVersion.split('.')[0]) >= OLDEST_NODE_MAJOR) return ok('Node', nodeVersion);
  return broken('Node', nodeVersion, `Needs ${OLDEST_NODE_MAJOR} or newer. Type: npm ci, which brings one on Linux.`);
}

async function checkFfmpegVersion(patient: Patient): Promise<Finding> {
  try {
    return ok('ffmpeg', await patient.ffmpegVersion());
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    return broken('ffmpeg', error.detail, error.userMessage);
  }
}

/** Without these ffmpeg still runs, only less guarded. */
async function checkCage(patient: Patient): Promise<Finding> {
  const name = 'limits on ffmpeg';
  const programs = ['prlimit', 'setpriv'];
  const answers = await Promise.allSettled(programs.map(program => patient.runs(program)));
  const missing = programs.filter((_, index) => answers[index]?.status === 'rejected');
  if (missing.length === 0) return ok(name, programs.join(', '));
  return limited(name, `without ${missing.join(', ')}`, 'Type: sudo apt-get install -y util-linux');
}

async function checkModels(patient: Patient): Promise<Finding> {
  const states = await patient.models().catch((error: unknown) => messageOf(error));
  if (typeof states === 'string')
    return broken('models', states, 'Make the model folder readable, or set HANSARD_MODELS.');
  const bad = states.filter(({ state }) => state !== 'ok');
  if (bad.length === 0) return ok('models', `${states.map(({ name }) => name).join(', ')}, every sha256 right`);
  const detail = bad.map(({ name, state }) => `${name} is ${state}`).join(', ');
  return broken('models', detail, `Type: npx hansard models pull ${bad.map(({ name }) => name).join(' ')}`);
}

async function checkDevice(patient: Patient): Promise<Finding> {
  try {
    const { device, reason } = await patient.device();
    return ok('device', `${device}. ${reason}`);
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    return broken('device', error.detail, 'Set HANSARD_DEVICE=auto to take what is there.');
  }
}

async function checkDataFolder(folder: string, patient: Patient): Promise<Finding> {
  try {
    await patient.assertWritable(folder);
    return ok('data folder', folder);
  } catch (error) {
    return broken('data folder', messageOf(error), `Make ${folder} writable, or set HANSARD_DATA to a folder that is.`);
  }
}

async function checkDisk(folder: string, patient: Patient): Promise<Finding> {
  const { freeBytes, totalBytes } = await patient.disk(folder);
  const fraction = totalBytes > 0 ? freeBytes / totalBytes : 0;
  const detail = `${gigabytes(freeBytes)} GB free, ${Math.round(fraction * 100)} %`;
  if (freeBytes >= NEEDED_DISK_BYTES && fraction >= NEEDED_DISK_FRACTION) return ok('disk', detail);
  const need = `${gigabytes(NEEDED_DISK_BYTES)} GB and ${NEEDED_DISK_FRACTION * 100} %`;
  return broken('disk', detail, `Needs ${need}: free some space, or set HANSARD_DATA to a larger disk.`);
}

async function checkMemory({ availableMemoryBytes }: Patient): Promise<Finding> {
  const detail = `${gigabytes(availableMemoryBytes)} GB available`;
  if (availableMemoryBytes >= NEEDED_MEMORY_BYTES) return ok('memory', detail);
  return limited('memory', detail, 'Close other programs, or set HANSARD_PROCESSES=1.');
}

async function checkGlossary(file: string): Promise<Finding> {
  try {
    return ok('glossary', `${file}, terms and spellings: ${readGlossary(file, 'invalid_setting').length}`);
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    return broken(
      'glossary',
      error.detail,
      'Put it right, or unset HANSARD_GLOSSARY: nothing is transcribed until then.',
    );
  }
}

/** Optional: without it summaries are extractive. */
async function checkLanguageModel(patient: Patient): Promise<Finding> {
  const found = await patient.languageModel();
  const name = 'language model';
  if (!found.isReady)
    return limited(name, found.reason, 'Without it summaries are extractive; recordings are transcribed all the same.');
  const detail = `${found.model}, reads ${found.contextTokens} tokens at once`;
  return found.warnings.length === 0 ? ok(name, detail) : limited(name, detail, found.warnings.join(' '));
}

async function checkServer(name: string, ask: () => Promise<string[]>): Promise<Finding> {
  try {
    const problems = await ask();
    return problems.length === 0 ? ok(name, 'answers, and is set up well') : broken(name, problems.join(' '), '');
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    return broken(name, error.detail, error.userMessage);
  }
}

async function checkChat(name: string, ask: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    return [broken(name, error.detail, error.userMessage)];
  }
}

function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail, advice: '' };
}

function limited(name: string, detail: string, advice: string): Finding {
  return { name, state: 'limited', detail, advice };
}

function broken(name: string, detail: string, advice: string): Finding {
  return { name, state: 'broken', detail, advice };
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function thisMachine(config: Config, { slackChannel, discordChannel }: Channels): Patient {
  return {
    nodeVersion: process.versions.node,
    ffmpegVersion: async () => (await checkFfmpeg()).version,
    runs: async program => void (await promisify(execFile)(program, ['--version'])),
    models: () => createModelStore(config.modelsDir).inspect(modelsForTranscription()),
    device: () => chooseDevice(config.device),
    assertWritable: async folder => fs.rmdir(await fs.mkdtemp(path.join(await nearestFolder(folder), '.doctor-'))),
    disk: diskSpace,
    availableMemoryBytes: Math.min(process.availableMemory(), os.totalmem()),
    async redis() {
      const queue = await openQueue(config, createLogger('silent'));
      try {
        return await queue.problems();
      } finally {
        await queue.close();
      }
    },
    s3: async () => await (await openBlobs(config)).problems(),
    async slack() {
      const { examineSlack } = await import('../bot/slack/examine-slack.ts');
      return config.slack ? await examineSlack(config.slack, slackChannel) : [];
    },
    async discord() {
      const { examineDiscord } = await import('../bot/discord/examine-discord.ts');
      const { discord, autoProcess } = config;
      return discord ? await examineDiscord(discord, { autoProcess, channel: discordChannel }) : [];
    },
    languageModel: async () => (await openModel(config.languageModel)).find(),
  };
}
