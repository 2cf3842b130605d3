/** Says what Discord would say of application commands (docs.discord.com, interactions/application-commands). */
import { z } from 'zod';
import { list, number, type Problem, problem, problemsOf, text } from './problems.ts';

export const COMMAND_TYPE = { chatInput: 1, user: 2, message: 3 } as const;
/** `type` of an option. */
export const OPTION = {
  ...{ subcommand: 1, group: 2, string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8 },
  ...{ mentionable: 9, number: 10, attachment: 11 },
} as const;

const MOST_CHARACTERS = 8_000;
const MOST = { 1: 100, 2: 15, 3: 15 };

const failed = (code: string, message: string) => ({ params: { code }, message });
const chatName = z
  .string()
  .refine(value => /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u.test(value) && value === value.toLowerCase(), {
    ...failed('APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid'),
  });
const localised = (schema: z.ZodType) => z.record(z.string(), schema).nullish();
const choice = z.looseObject({
  ...{ name: text(1, 100), name_localizations: localised(text(1, 100)) },
  value: z.union([text(1, 100), z.number()]),
});
const described = {
  ...{ name: chatName, description: text(1, 100), name_localizations: localised(chatName) },
  description_localizations: localised(text(1, 100)),
};
const leaf = z.looseObject({
  ...{ ...described, type: number(3, 11), required: z.boolean().nullish(), autocomplete: z.boolean().nullish() },
  ...{ choices: list(choice, 0, 25).nullish(), file_types: list(z.string(), 1, 10).nullish() },
  ...{ min_length: number(0, 6_000).nullish(), max_length: number(1, 6_000).nullish() },
});
const subcommand = z.looseObject({ ...described, type: z.literal(1), options: list(leaf, 0, 25).nullish() });
const group = z.looseObject({ ...described, type: z.literal(2), options: list(subcommand, 1, 25) });
const option = z.union([subcommand, group, leaf]);
const common = {
  ...{ default_member_permissions: z.string().regex(/^\d+$/).nullish(), nsfw: z.boolean().nullish() },
  contexts: list(number(0, 2), 1, 3).nullish(),
  integration_types: list(number(0, 1), 1, 2).nullish(),
};
const command = z.union([
  z.looseObject({ ...described, ...common, type: z.literal(1).optional(), options: list(option, 0, 25).nullish() }),
  z.looseObject({
    ...{
      ...common,
      type: z.union([z.literal(2), z.literal(3)]),
      name: text(1, 32),
      name_localizations: localised(text(1, 32)),
    },
    description: z.literal('').optional(),
  }),
]);

export interface CommandOption {
  name: string;
  type: number;
  required?: boolean;
  autocomplete?: boolean;
  choices?: { name: string; value: string | number }[];
  options?: CommandOption[];
  [key: string]: unknown;
}

const children = z.array(
  z.custom<CommandOption>(one => z.looseObject({ name: z.string(), type: z.number() }).safeParse(one).success),
);

/** @returns nothing when Discord takes them */
export function validateCommands(commands: unknown): Problem[] {
  if (!Array.isArray(commands)) return [problem([], 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType.')];
  const mistakes = commands.flatMap((one, index) => validateCommand(one, [index]));
  for (const [type, most] of Object.entries(MOST)) {
    const own = commands.filter(one => String(one.type ?? 1) === type);
    if (own.length > most)
      mistakes.push(problem([], 'APPLICATION_COMMAND_TOO_MANY', `at most ${most} of type ${type}`));
    const names = own.map(({ name }) => name);
    if (new Set(names).size < names.length)
      mistakes.push(problem([], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique'));
  }
  return mistakes;
}

function validateCommand(given: unknown, path: PropertyKey[]): Problem[] {
  const isChat = !z.looseObject({ type: z.union([z.literal(2), z.literal(3)]) }).safeParse(given).success;
  const schema = command.options[isChat ? 0 : 1];
  const mistakes = problemsOf(schema, given, path);
  if (mistakes.length > 0 || !isChat) return mistakes;
  const { options } = z.looseObject({ options: children.nullish() }).parse(given);
  const written = lengthOf(given);
  if (written > MOST_CHARACTERS)
    mistakes.push(problem(path, 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${MOST_CHARACTERS})`));
  return [...mistakes, ...validateOptions(options ?? [], [...path, 'options'])];
}

function validateOptions(options: readonly CommandOption[], path: PropertyKey[]): Problem[] {
  const mistakes = options.flatMap((one, index) => validateOptions(one.options ?? [], [...path, index, 'options']));
  const isGrouping = ({ type }: CommandOption) => type === OPTION.subcommand || type === OPTION.group;
  if (options.some(isGrouping) && !options.every(isGrouping))
    mistakes.push(
      problem(
        path,
        'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
        'Sub-command and sub-command group option types are mutually exclusive to all other types',
      ),
    );
  const late = options.findIndex(
    ({ required }, index) => required && options.slice(0, index).some(one => !one.required),
  );
  if (late >= 0)
    mistakes.push(
      problem(
        [...path, late],
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      ),
    );
  const names = options.map(({ name }) => name);
  if (new Set(names).size < names.length)
    mistakes.push(problem(path, 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists'));
  for (const [index, { autocomplete, choices }] of options.entries())
    if (autocomplete && choices?.length)
      mistakes.push(
        problem(
          [...path, index],
          'APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES',
          'Autocomplete and choices are mutually exclusive',
        ),
      );
  return mistakes;
}

/** Names, descriptions and values; of each name the longest of its translations. */
function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + lengthOf(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const own: Record<string, unknown> = { ...value };
  const longest = (key: string) => {
    const translated = own[`${key}_localizations`] ?? {};
    return Math.max(
      0,
      ...[own[key], ...Object.values(translated)].map(one => (typeof one === 'string' ? one.length : 0)),
    );
  };
  const itself = longest('name') + longest('description') + longest('value');
  return itself + lengthOf(own.options) + lengthOf(own.choices);
}
