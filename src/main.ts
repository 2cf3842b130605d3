/** The program: one subcommand per role. A role's modules load when it runs, so that each starts fast and needs no other's. */
import { Command, CommanderError } from 'commander';
import { type Config, loadConfig } from './config.ts';
import { HansardError } from './errors.ts';
import { createLogger, type Logger } from './logger.ts';
import { programVersions } from './versions.ts';

/** Usage errors; a recording that failed is 3, anything unexpected 1. */
const EXIT_USAGE = 2;
const EXIT_FAILED = 3;
const EXIT_ORPHANED = 1;

/** @param quiet level of the log when no setting says */
function load(quiet = 'warn'): { config: Config; logger: Logger } {
  const config = loadConfig();
  return { config, logger: createLogger(config.logLevel ?? quiet) };
}

const roles: Record<string, () => Promise<Command>> = {
  transcribe: async () => (await import('./cli/transcribe.ts')).transcribeCommand(load),
  start: async () => (await import('./cli/serve.ts')).startCommand(load),
  bot: async () => (await import('./cli/serve.ts')).botCommand(load),
  worker: async () => (await import('./cli/serve.ts')).workerCommand(load),
  submit: async () => (await import('./cli/meetings.ts')).submitCommand(load),
  status: async () => (await import('./cli/meetings.ts')).statusCommand(load),
  cancel: async () => (await import('./cli/meetings.ts')).cancelCommand(load),
  retry: async () => (await import('./cli/meetings.ts')).retryCommand(load),
  search: async () => (await import('./cli/meetings.ts')).searchCommand(load),
  jobs: async () => (await import('./cli/jobs.ts')).jobsCommand(load),
  maintain: async () => (await import('./cli/maintain.ts')).maintainCommand(load),
  speakers: async () => (await import('./cli/speakers.ts')).speakersCommand(load),
  people: async () => (await import('./cli/people.ts')).peopleCommand(load),
  settings: async () => (await import('./cli/settings.ts')).settingsCommand(load),
  recover: async () => (await import('./cli/maintain.ts')).recoverCommand(load),
  forget: async () => (await import('./cli/maintain.ts')).forgetCommand(load),
  models: async () => (await import('./cli/models.ts')).modelsCommand(load),
  templates: async () => (await import('./cli/templates.ts')).templatesCommand(load),
  doctor: async () => (await import('./cli/doctor.ts')).doctorCommand(load),
  bench: async () => (await import('./cli/bench.ts')).benchCommand(load),
};

const descriptions = {
  transcribe: 'turn recordings into transcripts with speakers, minutes and files',
  start: 'run the server on one machine: the bot and a worker',
  bot: 'run the bot alone; workers elsewhere do the work',
  worker: 'run a worker: it takes jobs from some queues',
  submit: 'hand recordings to the server on this machine',
  status: 'where meetings are, how far, and when they will be done',
  cancel: 'stop the work on a meeting',
  retry: 'go on with a meeting that failed or was cancelled',
  search: 'find words in all meetings',
  jobs: 'the jobs in the queues, dead letters among them',
  maintain: 'do a task of maintenance now, which the bot also does by itself',
  speakers: 'who is who in a meeting: list, name, merge, split, play',
  people: 'whom this workspace knows by voice, by their own consent',
  settings: 'what can be changed while the server runs',
  recover: 'bring back work that got lost',
  forget: 'erase meetings wherever they lie, and prove it',
  models: 'the models: list, fetch and check them',
  templates: 'your own templates and prompts: list, check and preview them',
  doctor: 'check everything that Hansard needs, and say what to type',
  bench: 'measure accuracy and speed on recordings with truth',
} satisfies Record<keyof typeof roles, string>;

async function buildProgram(wanted: string | undefined): Promise<Command> {
  const program = new Command('hansard')
    .description("The record of a team's meetings, on the team's own machines")
    .version(programVersions().hansard ?? '');
  for (const [name, description] of Object.entries(descriptions)) {
    const build = roles[name];
    program.addCommand(build && name === wanted ? await build() : new Command(name).description(description));
  }
  for (const command of [program, ...program.commands.flatMap(one => [one, ...one.commands])]) command.exitOverride();
  return program;
}

/** The one sentence for the user, and what exactly was wrong. */
function presentError(error: HansardError): string {
  return `${error.userMessage}\n${error.detail}\n`;
}

// bin/hansard.cjs holds the other end of this channel, where there is one: when it is killed we go too
process.on('disconnect', () => process.exit(EXIT_ORPHANED));
process.channel?.unref(); // the listener alone would keep this process running after its work

try {
  const wanted = process.argv[2] === 'help' ? process.argv[3] : process.argv[2];
  await (await buildProgram(wanted)).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else if (error instanceof HansardError) {
    process.stderr.write(presentError(error));
    const isUsage = error.code === 'invalid_usage' || error.code === 'invalid_setting';
    process.exitCode = isUsage ? EXIT_USAGE : EXIT_FAILED;
  } else {
    throw error; // a bug keeps its stack
  }
}
