/** What somebody may do in a channel, from what Discord tells of the guild (docs.discord.com, topics/permissions). */
import { OverwriteType, PermissionFlagsBits } from 'discord.js';
import { z } from 'zod';

export const rolesSchema = z.array(z.looseObject({ id: z.string(), permissions: z.string() }));
export const overwritesSchema = z.array(
  z.looseObject({ id: z.string(), type: z.number(), allow: z.string(), deny: z.string() }),
);

export interface Member {
  guildId: string;
  userId: string;
  /** Ids, without the one of everybody. */
  roles: readonly string[];
}

const EVERYTHING = Object.values(PermissionFlagsBits).reduce((sum, bit) => sum | bit, 0n);

/** In the guild as a whole. An administrator may do everything. */
export function guildPermissions({ guildId, roles }: Member, all: z.infer<typeof rolesSchema>): bigint {
  const granted = all
    // the role of everybody has the id of the guild
    .filter(({ id }) => id === guildId || roles.includes(id))
    .reduce((sum, { permissions }) => sum | BigInt(permissions), 0n);
  return (granted & PermissionFlagsBits.Administrator) === 0n ? granted : EVERYTHING;
}

/** @param granted in the guild as a whole */
export function channelPermissions(
  { guildId, userId, roles }: Member,
  granted: bigint,
  overwrites: z.infer<typeof overwritesSchema>,
): bigint {
  if ((granted & PermissionFlagsBits.Administrator) !== 0n) return granted;
  const own = (type: OverwriteType, ids: readonly string[]) =>
    overwrites.filter(one => one.type === type && ids.includes(one.id));
  // the later ones win; of roles, what any of them allows
  const steps = [
    own(OverwriteType.Role, [guildId]),
    own(OverwriteType.Role, roles),
    own(OverwriteType.Member, [userId]),
  ];
  return steps.reduce((sum, step) => {
    const denied = step.reduce((bits, { deny }) => bits | BigInt(deny), 0n);
    const allowed = step.reduce((bits, { allow }) => bits | BigInt(allow), 0n);
    return (sum & ~denied) | allowed;
  }, granted);
}
