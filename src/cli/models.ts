/** `hansard models list | recommend | pull | check | verify`. */
import { Command } from 'commander';
import type { Config } from '../config.ts';
import { HansardError } from '../errors.ts';
import { catalogue, findModel } from '../gpu-worker/models/catalogue.ts';
import { describeCheck, type ModelCheck } from '../gpu-worker/models/check-model.ts';
import { modelsForTranscription } from '../gpu-worker/models/plan-recognition.ts';
import { createModelStore, type ModelStatus, type ModelStore } from '../gpu-worker/models/store.ts';
import { startStages } from '../gpu-worker/run.ts';
import type { Logger } from '../logger.ts';
import { isLanguageModel, pullLanguageModel } from './pull-language-model.ts';
import { ensureModelsVisibly, megabytes, type ProgressOutput } from './pull-progress.ts';
import { presentRecommendation, recommendModels } from './recommend-models.ts';
import { listenForStop } from './stop-signal.ts';

/** Longer lists of languages would hide the rest of the table; `--json` has them all. */
const MANY = 8;

/** A model is missing or damaged, or does not hear as it should. */
const EXIT_NOT_READY = 3;

/** @param load the settings, read when a command runs; main.ts answers for the HansardErrors that actions throw */
export function modelsCommand(
  load: () => { config: Config; logger: Logger },
  stdout: ProgressOutput = process.stdout,
  stderr: ProgressOutput = process.stderr,
): Command {
  const openStore = () => createModelStore(load().config.modelsDir);
  const json = ['--json', 'print one JSON object'] as const;
  const command = new Command('models').description('the models: list, fetch and check them');

  command
    .command('list')
    .description('list every known model and whether it is here')
    .option(...json)
    .action(async (flags: { json?: true }) => {
      const store = openStore();
      const rows = describeModels(await store.inspect());
      stdout.write(flags.json ? toJson({ modelsDir: store.modelsDir, models: rows }) : presentList(rows));
    });

  command
    .command('recommend')
    .description('say which models this machine should use, and why')
    .option(...json)
    .action(async (flags: { json?: true }) => {
      const recommendation = await recommendModels(load().config);
      stdout.write(flags.json ? toJson(recommendation) : presentRecommendation(recommendation));
    });

  command
    .command('pull [names...]')
    .description(
      'fetch models (default: what transcribing English needs) and replace damaged ones; a name with a tag, such as qwen3:4b-instruct-2507, is fetched by Ollama',
    )
    .action(async (names: string[]) => {
      const { config } = load();
      const store = openStore();
      const own = names.length > 0 ? names.filter(name => !isLanguageModel(name)) : modelsForTranscription();
      const others = names.filter(isLanguageModel);
      const stopCode = await untilStopped(stderr, async signal => {
        if (own.length > 0) {
          await ensureModelsVisibly(store, own, stderr, { signal, replaceDamaged: true });
          stdout.write(`${own.join(', ')}: ready in ${store.modelsDir}\n`);
        }
        for (const name of others) {
          await pullLanguageModel(name, config.languageModel, stderr, signal);
          stdout.write(`${name}: ready in Ollama\n`);
        }
      });
      if (stopCode !== undefined) process.exitCode = stopCode;
    });

  command
    .command('check <name>')
    .description('hear a known recording with a speech recognition model, and compare the words')
    .option(...json)
    .action(async (name: string, flags: { json?: true }) => {
      const { config, logger } = load();
      const store = openStore();
      const ensureModels = (names: readonly string[], signal: AbortSignal) =>
        ensureModelsVisibly(store, names, stderr, { signal });
      const stages = startStages({ config, logger, ensureModels });
      try {
        const stopCode = await untilStopped(stderr, async signal => {
          const check = await stages.check(findModel(name).name, signal);
          process.exitCode = reportCheck(check, stdout, flags);
        });
        if (stopCode !== undefined) process.exitCode = stopCode;
      } finally {
        await stages.close();
      }
    });

  command
    .command('verify [names...]')
    .description('compute the sha256 of every file (default: the models that are here or needed)')
    .option(...json)
    .action(async (names: string[], flags: { json?: true }) => {
      const store = openStore();
      const states = await verify(store, names);
      stdout.write(flags.json ? toJson({ modelsDir: store.modelsDir, models: states }) : presentVerification(states));
      if (states.some(({ state }) => state !== 'ok')) process.exitCode = EXIT_NOT_READY;
    });

  return command;
}

/** @returns the exit status of a stopped program, or undefined when the work was done */
async function untilStopped(
  stderr: ProgressOutput,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<number | undefined> {
  const stop = listenForStop(() => {});
  try {
    await work(stop.signal);
    return undefined;
  } catch (error) {
    const code = stop.exitCode();
    if (code === undefined || !(error instanceof HansardError)) throw error;
    stderr.write(`${error.userMessage}\n`);
    return code;
  } finally {
    stop.dispose();
  }
}

/** @returns the exit status */
export function reportCheck(check: ModelCheck, stdout: ProgressOutput, { json }: { json?: true }): number {
  stdout.write(json ? toJson(check) : `${describeCheck(check)}\n`);
  return check.isGood ? 0 : EXIT_NOT_READY;
}

async function verify(store: ModelStore, names: string[]): Promise<ModelStatus[]> {
  if (names.length > 0) return store.inspect(names);
  const needed = modelsForTranscription();
  const states = await store.inspect();
  return states.filter(({ name, files }) => needed.includes(name) || files.some(file => file.state !== 'missing'));
}

function describeModels(states: readonly ModelStatus[]) {
  const stateOf = new Map(states.map(({ name, state }) => [name, state]));
  return catalogue.map(({ name, task, languages, licence, attribution, goodFor, memoryBytes, files }) => {
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { name, task, languages, licence, attribution, goodFor, memoryBytes, bytes, state: stateOf.get(name) };
  });
}

function presentList(rows: ReturnType<typeof describeModels>): string {
  const table = rows.map(({ name, task, languages, licence, bytes, state }) => [
    name,
    task,
    languages.length > MANY ? `${languages.length} languages` : languages.join(' ') || 'any',
    licence,
    `${megabytes(bytes)} MB`,
    `${state}`,
  ]);
  return alignColumns([['model', 'task', 'language', 'licence', 'size', 'state'], ...table]);
}

function presentVerification(states: readonly ModelStatus[]): string {
  const table = states.flatMap(({ name, files }) => files.map(file => [file.state, `${name}/${file.name}`]));
  const broken = states.filter(({ state }) => state !== 'ok').map(({ name }) => name);
  const advice = broken.length > 0 ? `Type: npx hansard models pull ${broken.join(' ')}\n` : '';
  return alignColumns(table) + advice;
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
