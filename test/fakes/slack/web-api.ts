/** The Web API: who may call what, and what comes back. */
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';
import { assertScopes } from './scopes.ts';
import { APP, BOT, TEAM, TOKENS, type Workspace } from './workspace.ts';

export type Arguments = Record<string, unknown>;
export type Methods = Record<string, (args: Arguments) => Record<string, unknown>>;

export interface Answer {
  body: Record<string, unknown>;
  headers: Record<string, string>;
}

export interface Access {
  /** What the bot's token may do. */
  granted: Set<string>;
  isRevoked: boolean;
}

export interface WebApi {
  /** @param refuse the code of a refusal that a test wants */
  answer(method: string, request: IncomingMessage, args: Arguments, refuse: string | undefined): Answer;
}

export function createWebApi(workspace: Workspace, access: Access, methods: Methods, socketUrl: () => string): WebApi {
  const all: Methods = {
    'auth.test': () => ({
      ...{ url: 'https://fake.slack.com/', team: 'Fake', team_id: TEAM },
      ...{ user: 'hansard', user_id: BOT, bot_id: 'B1', app_id: APP, is_enterprise_install: false },
    }),
    'apps.connections.open': () => ({ url: socketUrl() }),
    ...methods,
  };

  function run(method: string, request: IncomingMessage, args: Arguments, refuse: string | undefined) {
    const isOfApp = method === 'apps.connections.open';
    const given = request.headers.authorization ?? (args.token === undefined ? undefined : `Bearer ${args.token}`);
    if (given === undefined) throw new Refusal('not_authed');
    if (given !== `Bearer ${isOfApp ? TOKENS.app : TOKENS.bot}`) throw new Refusal('invalid_auth');
    if (access.isRevoked && !isOfApp) throw new Refusal('token_revoked');
    if (refuse) throw new Refusal(refuse);
    const work = all[method];
    if (!work) throw new Refusal('unknown_method');
    assertScopes(method, args, access.granted, workspace);
    return work(args);
  }

  return {
    answer(method, request, args, refuse) {
      const headers = { 'content-type': 'application/json', 'x-oauth-scopes': [...access.granted].join(',') };
      try {
        return { headers, body: { ok: true, ...run(method, request, args, refuse) } };
      } catch (error) {
        if (error instanceof Refusal) return { headers, body: { ok: false, error: error.message, ...error.more } };
        throw error;
      }
    },
  };
}

/** JSON, or a form whose values may be JSON. */
export function parseArguments(request: IncomingMessage, body: Buffer): Arguments {
  if (/json/.test(request.headers['content-type'] ?? '')) return JSON.parse(body.toString());
  const form = new URLSearchParams(body.toString());
  return Object.fromEntries(
    [...form].map(([name, value]) => [name, /^[[{]|^(true|false)$/.test(value) ? JSON.parse(value) : value]),
  );
}

export interface Page<T> {
  page: T[];
  /** Empty after the last page. */
  nextCursor: string;
}

/** @throws Refusal `invalid_cursor`, `invalid_limit` */
export function cutPage<T>(all: readonly T[], { limit, cursor }: Arguments, mostLimit = 1_000): Page<T> {
  const wanted = limit === undefined || limit === '' ? Math.min(mostLimit, 1_000) : Number(limit);
  if (!Number.isInteger(wanted) || wanted < 0) throw new Refusal('invalid_limit');
  const size = Math.min(wanted || mostLimit, mostLimit);
  const from = cursor ? Number(Buffer.from(String(cursor), 'base64').toString().replace('next:', '')) : 0;
  if (!Number.isInteger(from)) throw new Refusal('invalid_cursor');
  const end = from + size;
  const nextCursor = end < all.length ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { page: all.slice(from, end), nextCursor };
}
