/** `hansard models list | pull | verify`. */
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { catalogue, modelsForTranscription } from '../gpu-worker/models/catalogue.ts';
import { createModelStore, type ModelStatus, type ModelStore } from '../gpu-worker/models/store.ts';
import { ensureModelsVisibly, megabytes, type ProgressOutput } from './pull-progress.ts';

export interface ModelsCommandOptions {
  signal: AbortSignal;
  /** By default where the settings say. */
  store?: ModelStore;
  stdout?: ProgressOutput;
  stderr?: ProgressOutput;
}

/** Failures are thrown as HansardError; what `verify` finds wrong sets the exit status 3. */
export function modelsCommand(options: ModelsCommandOptions): Command {
  const { signal, stdout = process.stdout, stderr = process.stderr } = options;
  const openStore = () => options.store ?? createModelStore(loadConfig().modelsDir);
  const json = ['--json', 'print one JSON object'] as const;
  const command = new Command('models').description('The models: what there is, fetch, check.');

  command
    .command('list')
    .description('list every known model and whether it is here')
    .option(...json)
    .action(async (flags: { json?: true }) => {
      const store = openStore();
      const rows = describeModels(await store.inspect(undefined, signal));
      stdout.write(flags.json ? toJson({ modelsDir: store.modelsDir, models: rows }) : presentList(rows));
    });

  command
    .command('pull [names...]')
    .description('fetch models (default: what transcribing English needs) and replace damaged ones')
    .action(async (names: string[]) => {
      const store = openStore();
      const wanted = names.length > 0 ? names : modelsForTranscription();
      await ensureModelsVisibly(store, wanted, stderr, { signal, replaceDamaged: true });
      stdout.write(`${wanted.join(', ')}: ready in ${store.modelsDir}\n`);
    });

  command
    .command('verify [names...]')
    .description('compute the sha256 of every file (default: the models that are here or needed)')
    .option(...json)
    .action(async (names: string[], flags: { json?: true }) => {
      const store = openStore();
      const states = await verify(store, names, signal);
      stdout.write(flags.json ? toJson({ modelsDir: store.modelsDir, models: states }) : presentVerification(states));
      if (states.some(({ state }) => state !== 'ok')) process.exitCode = 3;
    });

  return command;
}

async function verify(store: ModelStore, names: string[], signal: AbortSignal): Promise<ModelStatus[]> {
  if (names.length > 0) return store.inspect(names, signal);
  const needed = modelsForTranscription();
  const states = await store.inspect(undefined, signal);
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
    languages.join(' ') || 'any',
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
