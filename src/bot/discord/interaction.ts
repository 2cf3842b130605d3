/** What Discord sends when somebody types a command, presses something or fills in a dialog. */
import { InteractionType, PermissionFlagsBits } from 'discord.js';
import { z } from 'zod';
import { channelSchema, placeOfChannel } from './channels.ts';
import { attachmentSchema } from './discord-source.ts';

const snowflake = z.string().regex(/^\d{1,20}$/);
const bits = z.string().regex(/^\d{1,40}$/);

const userSchema = z.looseObject({ id: z.string(), username: z.string(), global_name: z.string().nullish() });
const memberSchema = z.looseObject({
  nick: z.string().nullish(),
  user: userSchema.optional(),
  permissions: bits,
});
const optionSchema = z.looseObject({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
});
const targetMessage = z.looseObject({
  id: z.string(),
  channel_id: z.string(),
  author: userSchema.optional(),
  attachments: z.array(attachmentSchema).catch([]),
});
const filledIn = z.looseObject({
  custom_id: z.string(),
  value: z.string().optional(),
  values: z.array(z.string()).optional(),
});

/** Enough to say something. */
export const answerableSchema = z.looseObject({ id: snowflake, token: z.string().regex(/^[\w-]+$/), type: z.number() });

export const interactionSchema = answerableSchema.extend({
  guild_id: z.string().nullish(),
  channel: channelSchema,
  member: memberSchema.nullish(),
  user: userSchema.nullish(),
  app_permissions: bits.catch('0'),
  /** Key `0`: installed in that guild; `1`: by that person, wherever they are. */
  authorizing_integration_owners: z.record(z.string(), z.string()).catch({ 0: '' }),
  attachment_size_limit: z.number().optional(),
  message: z.looseObject({ id: z.string(), components: z.array(z.unknown()).catch([]) }).nullish(),
  data: z
    .looseObject({
      name: z.string().optional(),
      target_id: z.string().optional(),
      options: z
        .array(optionSchema.extend({ options: z.array(optionSchema).optional() }))
        .optional()
        .catch([]),
      custom_id: z.string().optional(),
      values: z.array(z.string()).optional(),
      components: z.array(z.looseObject({ component: filledIn.optional().catch(undefined) })).optional(),
      resolved: z
        .looseObject({
          attachments: z.record(z.string(), attachmentSchema).optional(),
          messages: z.record(z.string(), targetMessage).optional(),
          users: z.record(z.string(), userSchema).optional(),
          members: z.record(z.string(), memberSchema.omit({ user: true }).partial()).optional(),
        })
        .optional(),
    })
    .optional(),
});
export type DiscordInteraction = z.infer<typeof interactionSchema>;

/** Who does it, and where. */
export interface Caller {
  user: string;
  /** `@me` for direct messages. */
  guild: string;
  /** The channel, or the one above the thread. */
  channel: string;
  threadId: string | undefined;
  /** Whether the person manages the channel or the server; everybody does in direct messages. */
  isManager: boolean;
}

export const DIRECT = '@me';
const MANAGES =
  PermissionFlagsBits.Administrator | PermissionFlagsBits.ManageGuild | PermissionFlagsBits.ManageChannels;

export function callerOf({ guild_id: guild, channel, member, user }: DiscordInteraction): Caller {
  const place = placeOfChannel(channel);
  return {
    user: member?.user?.id ?? user?.id ?? '',
    guild: guild ?? DIRECT,
    ...place,
    isManager: member ? (BigInt(member.permissions) & MANAGES) !== 0n : true,
  };
}

/** Which of these the bot lacks there. */
export function missingPermissions(
  { app_permissions: granted, guild_id: guild }: DiscordInteraction,
  needed: bigint,
): bigint {
  const permissions = BigInt(granted);
  const isAll = !guild || (permissions & PermissionFlagsBits.Administrator) !== 0n;
  return isAll ? 0n : needed & ~permissions;
}

/** Of a dialog: what was filled in, by field; several values with commas. */
export function answersOf({ type, data }: DiscordInteraction): Map<string, string> {
  if (type !== InteractionType.ModalSubmit) return new Map();
  const fields = (data?.components ?? []).flatMap(({ component }) => component ?? []);
  return new Map(fields.map(({ custom_id: id, value, values }) => [id, (value ?? values?.join(',') ?? '').trim()]));
}

/** As whoever does it is called there. */
export function nameOfCaller({ member, user }: DiscordInteraction): string {
  const account = member?.user ?? user;
  return member?.nick || account?.global_name || account?.username || '';
}

/** As the person is called there. */
export function nameOfResolved({ data }: DiscordInteraction, id: string): string {
  const user = data?.resolved?.users?.[id];
  return data?.resolved?.members?.[id]?.nick || user?.global_name || user?.username || id;
}
