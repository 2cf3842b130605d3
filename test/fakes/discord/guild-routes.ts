/** Who and what is there: the application, users, guilds, the way to the gateway. */
import { z } from 'zod';
import type { Permissions } from './permissions.ts';
import { Refusal } from './refusal.ts';
import { param, type Route } from './routes.ts';
import { DISCORD, isThread, type World } from './server-world.ts';
import { INTENT, type Show } from './show.ts';

export interface GuildRoutesOptions {
  world: World;
  show: Show;
  permissions: Permissions;
  gatewayUrl: () => string;
  allowedIntents: () => number;
}

/** `flags` of an application (docs.discord.com, resources/application). */
const LIMITED_MESSAGE_CONTENT = 1 << 19;
const LIMITED_MEMBERS = 1 << 15;

export function guildRoutes({ world, show, permissions, gatewayUrl, allowedIntents }: GuildRoutesOptions): Route[] {
  const application = () => ({
    ...{
      id: DISCORD.applicationId,
      name: 'Hansard',
      icon: null,
      description: '',
      bot_public: true,
      bot_require_code_grant: false,
    },
    ...{ verify_key: '0'.repeat(64), owner: show.user(DISCORD.anna), team: null, bot: show.user(DISCORD.botUserId) },
    flags:
      (allowedIntents() & INTENT.messageContent ? LIMITED_MESSAGE_CONTENT : 0) |
      (allowedIntents() & INTENT.guildMembers ? LIMITED_MEMBERS : 0),
    approximate_guild_count: world.guilds.size,
  });
  const guildOf = (id: string) => {
    const guild = world.guilds.get(id);
    if (!guild) throw new Refusal(10004);
    return guild;
  };
  const get = (path: string, handle: Route['handle']): Route => ({ method: 'GET', path, handle });
  return [
    get('/gateway/bot', () => ({
      ...{ url: gatewayUrl(), shards: 1 },
      session_start_limit: { total: 1_000, remaining: 999, reset_after: 86_400_000, max_concurrency: 1 },
    })),
    { ...get('/gateway', () => ({ url: gatewayUrl() })), isOpen: true },
    get('/users/@me', () => show.user(DISCORD.botUserId)),
    get('/users/@me/guilds', () =>
      [...world.guilds.values()].map(({ id, name }) => ({ id, name, icon: null, owner: false })),
    ),
    get('/users/:id', request => show.user(param(request, 0))),
    get('/applications/@me', application),
    get('/oauth2/applications/@me', application),
    get('/guilds/:id', request => show.guild(guildOf(param(request, 0)))),
    get('/guilds/:id/roles', request => show.guild(guildOf(param(request, 0))).roles),
    get('/guilds/:id/channels', request => {
      const { id } = guildOf(param(request, 0));
      const own = [...world.channels.values()].filter(one => one.guildId === id && !isThread(one));
      return own.map(show.channel);
    }),
    get('/guilds/:id/threads/active', request => {
      const { id } = guildOf(param(request, 0));
      const own = [...world.channels.values()].filter(one => one.guildId === id && isThread(one) && !one.isArchived);
      return { threads: own.filter(one => permissions.has(one, 'viewChannel')).map(show.channel), members: [] };
    }),
    get('/guilds/:id/members/:id', request => {
      const { id, members } = guildOf(param(request, 0));
      if (!members.has(param(request, 1))) throw new Refusal(10007);
      return show.member(id, param(request, 1));
    }),
    {
      method: 'POST',
      path: '/users/@me/channels',
      handle(request) {
        const body = z.looseObject({ recipient_id: z.string() }).safeParse(request.body).data;
        if (!body) throw new Refusal(50035);
        if (body.recipient_id === DISCORD.botUserId || !world.users.has(body.recipient_id)) throw new Refusal(50007);
        return show.channel(world.openDirect(body.recipient_id));
      },
    },
  ];
}
