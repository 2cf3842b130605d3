/** `hansard settings list | set | unset`: what people change while the server runs. */
import { Command } from 'commander';
import { HansardError } from '../errors.ts';
import { checkSetting, knownSettings } from '../pipeline/known-settings.ts';
import { type Load, localUser, withServices } from './open-services.ts';

export function settingsCommand(load: Load): Command {
  const command = new Command('settings').description('what can be changed while the server runs');
  command
    .command('list')
    .description('what is set, and what could be')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) =>
      withServices(load, async ({ store }) => {
        const set = store.settings.list();
        if (json) return void process.stdout.write(`${JSON.stringify({ set, known: knownSettings })}\n`);
        for (const { scope, name, value } of set) process.stdout.write(`${scope} ${name} = ${JSON.stringify(value)}\n`);
        if (set.length === 0) process.stdout.write('Nothing is set.\n');
        process.stdout.write('\nThere are:\n');
        for (const { name, scope, does } of knownSettings)
          process.stdout.write(`  ${name.padEnd(18)} ${scope.padEnd(8)} ${does}\n`);
      }),
    );
  command
    .command('set <scope> <name> <value>')
    .description('scope: global, or a channel such as slack:C0123456789; value: as JSON')
    .action((scope: string, name: string, text: string) =>
      withServices(load, async ({ store }) => {
        const value = parseValue(text);
        checkSetting(scope, name, value);
        store.settings.set(scope, name, value, localUser());
        process.stdout.write(`${scope} ${name} = ${JSON.stringify(value)}\n`);
      }),
    );
  command
    .command('unset <scope> <name>')
    .description('back to what holds without it')
    .action((scope: string, name: string) =>
      withServices(load, async ({ store }) => {
        if (!store.settings.unset(scope, name, localUser()))
          throw new HansardError('invalid_setting', `${name} is not set for ${scope}`);
        process.stdout.write(`${scope} ${name} is no longer set\n`);
      }),
    );
  return command;
}

/** JSON; what is none is taken as text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
