/** The durable write of each message that asks for work; everything else about it comes later. */
import { z } from 'zod';
import type { Inbox } from '../inbox.ts';
import { attachmentSchema } from './discord-source.ts';
import {
  ATTACHMENT_TOPIC,
  GONE_TOPIC,
  isMedia,
  MENTION_TOPIC,
  SAMPLE_TOPIC,
  type SeenAttachment,
  type SeenMention,
} from './intake.ts';
import { DIRECT } from './interaction.ts';

const messageSchema = z.looseObject({
  id: z.string(),
  channel_id: z.string(),
  guild_id: z.string().nullish(),
  author: z.looseObject({ id: z.string() }),
  content: z.string().catch(''),
  attachments: z.array(attachmentSchema).catch([]),
  mentions: z.array(z.looseObject({ id: z.string() })).catch([]),
  message_reference: z.looseObject({ message_id: z.string().optional(), type: z.number().optional() }).nullish(),
});
const deletedSchema = z.looseObject({ id: z.string(), channel_id: z.string() });
const deletedInBulk = z.looseObject({ ids: z.array(z.string()), channel_id: z.string() });

/** Whatever a person may have posted, also a reply; not what Discord says itself. */
const PERSONAL = z.looseObject({ type: z.union([z.literal(0), z.literal(19)]) });

export interface MessageKeeper {
  /** A message as the gateway or REST shows it; once, however often it comes. @param guild where REST leaves it out */
  keepMessage(data: unknown, guild?: string): void;
  keepDeleted(data: unknown): void;
}

/** @param options.awaitsSample whether somebody is to post a sample of their voice */
export function createMessageKeeper({
  inbox,
  botUserId,
  awaitsSample,
}: {
  inbox: Inbox;
  botUserId: string;
  awaitsSample(user: string): boolean;
}): MessageKeeper {
  return {
    keepMessage(data, guild) {
      if (!PERSONAL.safeParse(data).success) return;
      const message = messageSchema.parse(data);
      const { id: messageId, channel_id: channel, author, content, attachments } = message;
      if (author.id === botUserId) return;
      const guildId = message.guild_id ?? guild ?? DIRECT;
      const isMeant = guildId === DIRECT || message.mentions.some(({ id }) => id === botUserId);
      const from = { guild: guildId, channel, user: author.id };
      // a direct message is between them and us
      const isSample = guildId === DIRECT && attachments.length > 0 && awaitsSample(author.id);
      for (const attachment of isSample ? attachments : []) {
        const note: SeenAttachment = { ...from, asked: true, messageId, attachment };
        inbox.put(SAMPLE_TOPIC, note, `${messageId}:${attachment.id}`);
      }
      if (isSample) return;
      // of a message that is for us everything is looked at, so that the person hears what is wrong with it
      const own = isMeant ? attachments : attachments.filter(attachment => isMedia(attachment, false));
      for (const attachment of own) {
        const note: SeenAttachment = { ...from, asked: isMeant, messageId, attachment };
        inbox.put(ATTACHMENT_TOPIC, note, `${messageId}:${attachment.id}`);
      }
      if (!isMeant || attachments.length > 0) return;
      const repliedTo = message.message_reference?.message_id;
      const mention: SeenMention = {
        ...{ ...from, asked: true, messageId },
        text: content.replace(/<@[!&]?\d+>/g, ' ').trim(),
        ...(repliedTo !== undefined && { repliedTo }),
      };
      inbox.put(MENTION_TOPIC, mention, messageId);
    },
    keepDeleted(data) {
      const one = deletedSchema.safeParse(data).data;
      const ids = one ? [one.id] : (deletedInBulk.safeParse(data).data?.ids ?? []);
      const channel = one?.channel_id ?? deletedInBulk.safeParse(data).data?.channel_id ?? '';
      for (const messageId of ids) inbox.put(GONE_TOPIC, { channel, messageId }, `gone:${messageId}`);
    },
  };
}
