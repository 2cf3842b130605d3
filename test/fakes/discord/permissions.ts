/** What the bot may do where (docs.discord.com, topics/permissions). */
import { Refusal } from './refusal.ts';
import { type FakeChannel, isThread, type World } from './server-world.ts';

export const PERMISSION = {
  ...{ manageChannels: 1n << 4n, manageGuild: 1n << 5n, addReactions: 1n << 6n, viewChannel: 1n << 10n },
  ...{ sendMessages: 1n << 11n, manageMessages: 1n << 13n, embedLinks: 1n << 14n, attachFiles: 1n << 15n },
  ...{
    readMessageHistory: 1n << 16n,
    mentionEveryone: 1n << 17n,
    useApplicationCommands: 1n << 31n,
    manageThreads: 1n << 34n,
  },
  ...{ createPublicThreads: 1n << 35n, sendMessagesInThreads: 1n << 38n, administrator: 1n << 3n },
} as const;

export const DEFAULT_PERMISSIONS = 309_237_763_136n;
/** Of everybody in a guild: the same, and commands. */
export const EVERYONE_PERMISSIONS = DEFAULT_PERMISSIONS | PERMISSION.useApplicationCommands;

export interface Permissions {
  /** In a direct message everything. */
  of(channel: FakeChannel): bigint;
  has(channel: FakeChannel, right: keyof typeof PERMISSION): boolean;
  /** @throws Refusal 50001, 50013 */
  assert(channel: FakeChannel, ...rights: (keyof typeof PERMISSION)[]): void;
}

export function createPermissions(world: World): Permissions {
  const of: Permissions['of'] = channel => {
    const parent = isThread(channel) ? world.channels.get(channel.parentId ?? '') : undefined;
    if (channel.kind === 'dm') return DEFAULT_PERMISSIONS | PERMISSION.mentionEveryone;
    return (parent ?? channel).permissions;
  };
  const has: Permissions['has'] = (channel, right) => {
    const own = of(channel);
    return (own & PERMISSION.administrator) !== 0n || (own & PERMISSION[right]) !== 0n;
  };
  return {
    of,
    has,
    assert(channel, ...rights) {
      if (!has(channel, 'viewChannel')) throw new Refusal(50001);
      if (rights.some(right => !has(channel, right))) throw new Refusal(50013);
    },
  };
}
