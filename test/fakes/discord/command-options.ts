/** What a person types after a slash, as the app gets it. */
import type { FakeCommand } from './command-routes.ts';
import { attached, type PostedFile } from './postings.ts';
import { isThread, type Json, type World } from './server-world.ts';
import type { Show } from './show.ts';
import { type CommandOption, OPTION } from './validate-commands.ts';

export interface Typed {
  /** With its subcommand: `transcribe recording`. */
  name: string;
  options?: Record<string, string | number | boolean>;
  /** By the name of their option. */
  attachments?: Record<string, PostedFile>;
  /** The option that is being typed. */
  focused?: string;
}

/** @throws Error what the client of a person would not let them send */
export function commandData(command: FakeCommand, typed: Typed, { world, show }: { world: World; show: Show }): Json {
  const [, ...path] = typed.name.split(' ');
  const resolved: Record<string, Record<string, Json>> = {};
  const note = (kind: string, id: string, one: Json) => {
    resolved[kind] = { ...resolved[kind], [id]: one };
  };

  function optionFor({ name, type, choices, required, file_types: types }: CommandOption): Json | undefined {
    const file = typed.attachments?.[name];
    const value = file ? keep(file, types) : typed.options?.[name];
    if (value === undefined) {
      if (required && typed.focused === undefined) throw new Error(`the option ${name} has to be filled in`);
      return undefined;
    }
    const isFocused = typed.focused === name;
    if (choices?.length && !choices.some(one => one.value === value)) throw new Error(`${name} has no choice ${value}`);
    resolve(type, String(value));
    return { name, type, value, ...(isFocused && { focused: true }) };
  }
  function keep(file: PostedFile, types: unknown): string {
    if (Array.isArray(types) && !types.some(one => fileFits(file, String(one))))
      throw new Error(`${file.name} is none of ${types}`);
    const own = attached(file, world.newId());
    note('attachments', own.id, show.attachment(own));
    return own.id;
  }
  function resolve(type: number, id: string): void {
    if (type === OPTION.user) note('users', id, show.user(id));
    if (type === OPTION.channel) note('channels', id, partialChannel(world, show, id));
  }
  function level(options: readonly CommandOption[], names: readonly string[]): Json[] {
    const [first, ...rest] = names;
    const hasParts = options.some(({ type }) => type === OPTION.subcommand || type === OPTION.group);
    if (!hasParts && first !== undefined) throw new Error(`there is no /${typed.name}`);
    if (hasParts) {
      const part = options.find(({ name }) => name === first);
      if (!part) throw new Error(`there is no /${typed.name}`);
      return [{ name: part.name, type: part.type, options: level(part.options ?? [], rest) }];
    }
    const given = Object.keys({ ...typed.options, ...typed.attachments });
    const unknown = given.find(name => !options.some(one => one.name === name));
    if (unknown !== undefined) throw new Error(`/${typed.name} has no option ${unknown}`);
    return options.map(optionFor).filter(one => one !== undefined);
  }

  const options = level(command.options, path);
  return {
    ...{ id: command.id, name: command.name, type: command.type, options },
    ...(Object.keys(resolved).length > 0 && { resolved }),
    ...(command.guildId !== undefined && { guild_id: command.guildId }),
  };
}

/** A channel as an interaction shows it. */
export function partialChannel(world: World, show: Show, id: string): Json {
  const channel = world.channelOf(id);
  const { permission_overwrites: _, ...shown } = show.channel(channel);
  return { ...shown, permissions: '2251799813685247', ...(isThread(channel) && { parent_id: channel.parentId }) };
}

/** Discord looks at the extension only. */
function fileFits({ name, contentType = '' }: PostedFile, wanted: string): boolean {
  return wanted.startsWith('.') ? name.toLowerCase().endsWith(wanted) : contentType.startsWith(`${wanted}/`);
}
