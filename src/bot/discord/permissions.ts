/** What the bot has to be allowed to do in Discord, and the address by which an administrator invites it so. */
import { PermissionFlagsBits } from 'discord.js';

/** Without one of these there are no minutes in a channel. */
export const NEEDED = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Attach Files': PermissionFlagsBits.AttachFiles,
} as const;

/** Without these something is missing, and what that is. */
export const WANTED = {
  'Embed Links': PermissionFlagsBits.EmbedLinks,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
  'Add Reactions': PermissionFlagsBits.AddReactions,
  'Create Public Threads': PermissionFlagsBits.CreatePublicThreads,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
} as const;

const sumOf = (bits: Readonly<Record<string, bigint>>): bigint =>
  Object.values(bits).reduce((sum, bit) => sum | bit, 0n);

export const NEEDED_PERMISSIONS = sumOf(NEEDED);
/** There Send Messages has no effect. */
export const NEEDED_IN_THREADS =
  (NEEDED_PERMISSIONS & ~PermissionFlagsBits.SendMessages) | PermissionFlagsBits.SendMessagesInThreads;
/** 309237763136 */
export const INVITED_PERMISSIONS = NEEDED_PERMISSIONS | sumOf(WANTED);

/** Names of those of `missing`. */
export function namesOf(missing: bigint): string[] {
  return Object.entries({ ...NEEDED, ...WANTED })
    .filter(([, bit]) => (missing & bit) !== 0n)
    .map(([name]) => name);
}

/** docs.discord.com, topics/oauth2; the one of discord.js leads there only by a redirect. */
const AUTHORIZE = 'https://discord.com/oauth2/authorize';

export function inviteUrl(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    permissions: String(INVITED_PERMISSIONS),
    scope: 'bot applications.commands',
  });
  return `${AUTHORIZE}?${query}`;
}
