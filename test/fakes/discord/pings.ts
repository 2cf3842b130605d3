/** Whom a message rings for. */
import { z } from 'zod';
import type { Json } from './server-world.ts';

export interface Pings {
  users: string[];
  roles: string[];
  /** `@everyone` or `@here`, whether or not the bot may. */
  everyone: boolean;
}

export const NO_PINGS: Pings = { users: [], roles: [], everyone: false };

const allowed = z.looseObject({
  parse: z.array(z.string()).default([]),
  users: z.array(z.string()).nullish(),
  roles: z.array(z.string()).nullish(),
  replied_user: z.boolean().nullish(),
});

/** Everybody whom the text names. */
export function mentionsIn(text: string): Pings {
  const ids = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, id]) => id ?? ''))];
  return { users: ids(/<@!?(\d+)>/g), roles: ids(/<@&(\d+)>/g), everyone: /@(everyone|here)\b/.test(text) };
}

/**
 * @param text the content and all that components display
 * @param mentions `allowed_mentions`: without it everything rings
 * @param repliedTo the author of the message that this one answers
 */
export function pingsOf(text: string, mentions: unknown, repliedTo?: string): Pings {
  const named = mentionsIn(text);
  const own = mentions == null ? undefined : allowed.parse(mentions);
  const rings = (kind: 'users' | 'roles') =>
    named[kind].filter(id => !own || own.parse.includes(kind) || own[kind]?.includes(id));
  const isReplyRinging = repliedTo !== undefined && (own ? own.replied_user === true : true);
  return {
    users: [...new Set([...rings('users'), ...(isReplyRinging ? [repliedTo] : [])])],
    roles: rings('roles'),
    everyone: named.everyone && (!own || own.parse.includes('everyone')),
  };
}

/** All that a message says, for its mentions. */
export function spokenIn(content: string, components: readonly Json[]): string {
  const displayed: string[] = [content];
  JSON.stringify(components, (key, value) => {
    if (key === 'content' && typeof value === 'string') displayed.push(value);
    return value;
  });
  return displayed.join('\n');
}
