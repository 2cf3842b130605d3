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
  models: async () => (await import('./cli/models.ts')).modelsCommand(load),
  doctor: async () => (await import('./cli/doctor.ts')).doctorCommand(load),
  bench: async () => (await import('./cli/bench.ts')).benchCommand(load),
};

const descriptions = {
  transcribe: 'turn recordings into transcripts with speakers, minutes and files',
  models: 'the models: list, fetch and check them',
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
