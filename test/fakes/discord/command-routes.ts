/** Registered application commands. */
import { z } from 'zod';
import { Refusal, refuse } from './refusal.ts';
import { type ApiRequest, param, type Route } from './routes.ts';
import { DISCORD, type Json, type World } from './server-world.ts';
import { type CommandOption, validateCommands } from './validate-commands.ts';

export interface FakeCommand {
  id: string;
  type: number;
  name: string;
  options: CommandOption[];
  /** Undefined: everywhere. */
  guildId: string | undefined;
  /** As it was sent. */
  sent: Json;
}

export interface Commands {
  all: FakeCommand[];
  /** Bulk overwrites so far. */
  puts: number;
}

const sentCommand = z.looseObject({
  name: z.string(),
  type: z.number().default(1),
  options: z.array(z.custom<CommandOption>(one => typeof one === 'object')).nullish(),
});

export function commandRoutes(world: World, commands: Commands): Route[] {
  const shown = ({ id, type, guildId, sent }: FakeCommand) => ({
    ...{
      description: '',
      options: [],
      default_member_permissions: null,
      nsfw: false,
      contexts: null,
      integration_types: [0],
    },
    ...{
      ...sent,
      id,
      type,
      application_id: DISCORD.applicationId,
      version: id,
      ...(guildId !== undefined && { guild_id: guildId }),
    },
  });
  const assertOwn = (request: ApiRequest, guildId: string | undefined) => {
    if (param(request, 0) !== DISCORD.applicationId) throw new Refusal(20012);
    if (guildId !== undefined && !world.guilds.has(guildId)) throw new Refusal(50001);
  };
  const of = (guildId: string | undefined) => commands.all.filter(one => one.guildId === guildId);

  const routesFor = (path: string, guildOf: (request: ApiRequest) => string | undefined): Route[] => [
    {
      method: 'GET',
      path,
      handle(request) {
        assertOwn(request, guildOf(request));
        return of(guildOf(request)).map(shown);
      },
    },
    {
      method: 'PUT',
      path,
      handle(request) {
        const guildId = guildOf(request);
        assertOwn(request, guildId);
        refuse(validateCommands(request.body));
        const before = of(guildId);
        const next = z
          .array(sentCommand)
          .parse(request.body)
          .map((sent): FakeCommand => {
            const known = before.find(({ name, type }) => name === sent.name && type === sent.type);
            const id = known?.id ?? world.newId();
            return { id, type: sent.type, name: sent.name, options: sent.options ?? [], guildId, sent };
          });
        commands.all = [...commands.all.filter(one => one.guildId !== guildId), ...next];
        commands.puts += 1;
        return next.map(shown);
      },
    },
  ];
  return [
    ...routesFor('/applications/:id/commands', () => undefined),
    ...routesFor('/applications/:id/guilds/:id/commands', request => param(request, 1)),
  ];
}
