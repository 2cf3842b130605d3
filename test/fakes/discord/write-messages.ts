/** Writes, changes and deletes messages, whoever does it, and checks what Discord checks of them. */
import { z } from 'zod';
import type { Announcements } from './announcements.ts';
import { mentionsIn, NO_PINGS, pingsOf, spokenIn } from './pings.ts';
import { problem } from './problems.ts';
import { Refusal, refuse } from './refusal.ts';
import type { UploadedFile } from './request-body.ts';
import { DISCORD, type FakeAttachment, type FakeChannel, type FakeMessage, type World } from './server-world.ts';
import { type AnyComponent, FLAG, nested, validateMessage } from './validate-components.ts';

/** What a body may hold that the validators have seen. */
const fields = z.looseObject({
  content: z.string().nullish(),
  flags: z.number().nullish(),
  embeds: z.array(z.record(z.string(), z.unknown())).nullish(),
  components: z.array(z.custom<AnyComponent>(one => nested(one).length > 0)).nullish(),
  allowed_mentions: z.unknown().optional(),
  nonce: z.union([z.string(), z.number()]).nullish(),
  attachments: z
    .array(z.looseObject({ id: z.coerce.string(), filename: z.string().nullish(), description: z.string().nullish() }))
    .nullish(),
  message_reference: z.looseObject({ message_id: z.string(), fail_if_not_exists: z.boolean().nullish() }).nullish(),
});

/** Set by a bot (docs.discord.com, resources/message#create-message). */
const SETTABLE = FLAG.suppressEmbeds | FLAG.silent | FLAG.componentsV2;

export interface NewMessage {
  authorId: string;
  body: unknown;
  files?: readonly UploadedFile[];
  interaction?: FakeMessage['interaction'];
  /** Only this person sees it. */
  whisperedTo?: string | undefined;
  /** Of a forum post: the id of its thread. */
  id?: string;
}

export interface MessageWriter {
  /** @throws Refusal */
  write(channel: FakeChannel, message: NewMessage): FakeMessage;
  /** Puts it there, and tells. */
  add(message: FakeMessage): void;
  /** @throws Refusal */
  edit(message: FakeMessage, body: unknown, files: readonly UploadedFile[]): void;
  remove(message: FakeMessage): void;
}

export function createMessageWriter(world: World, announcements: Announcements): MessageWriter {
  const attach = (
    channel: FakeChannel,
    files: readonly UploadedFile[],
    described: z.output<typeof fields>['attachments'],
  ) =>
    files.map(({ index, name, contentType, content }): FakeAttachment => {
      const own = described?.find(({ id }) => id === index);
      const filename = (own?.filename ?? name).replace(/[^\p{L}\p{N}._-]+/gu, '_');
      const description = own?.description;
      return {
        ...{ id: world.newId(), name: filename, contentType, content, channelId: channel.id },
        ...(description != null && { description }),
      };
    });

  const add: MessageWriter['add'] = message => {
    if (message.whisperedTo !== undefined) return void world.whispers.push(message);
    world.messages.push(message);
    announcements.message('MESSAGE_CREATE', message);
  };

  return {
    add,
    write(channel, { authorId, body, files = [], interaction, whisperedTo, id = world.newId() }) {
      const names = files.map(({ index, name }) => filenameOf(body, index) ?? name);
      refuse(validateMessage(body, { files: names }));
      const parsed = fields.parse(body);
      const content = (parsed.content ?? '').trim();
      const components = parsed.components ?? [];
      const replied = parsed.message_reference?.message_id;
      const repliedTo = world.messages.find(one => one.id === replied && one.channelId === channel.id);
      if (replied !== undefined && !repliedTo && parsed.message_reference?.fail_if_not_exists !== false)
        throw new Refusal(50035, [problem(['message_reference'], 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message')]);
      const spoken = spokenIn(content, components);
      const message: FakeMessage = {
        ...{ id, channelId: channel.id, authorId, content, components, embeds: parsed.embeds ?? [] },
        flags: (parsed.flags ?? 0) & SETTABLE,
        attachments: attach(channel, files, parsed.attachments),
        nonce: parsed.nonce == null ? undefined : String(parsed.nonce),
        messageReference: repliedTo && { messageId: repliedTo.id, channelId: channel.id },
        pings: pingsOf(spoken, parsed.allowed_mentions, repliedTo?.authorId),
        mentions: mentionsIn(spoken).users,
        ...{
          threadId: undefined,
          edits: 0,
          atMs: Date.now(),
          editedAtMs: undefined,
          reactions: [],
          interaction,
          whisperedTo,
        },
      };
      if (whisperedTo !== undefined) message.flags |= FLAG.ephemeral;
      add(message);
      return message;
    },
    edit(message, body, files) {
      const parsed = fields.safeParse(body).data;
      const kept = parsed?.attachments
        ? message.attachments.filter(({ id }) => parsed.attachments?.some(one => one.id === id))
        : message.attachments;
      const added = files.map(({ index, name }) => filenameOf(body, index) ?? name);
      const names = [...kept.map(({ name }) => name), ...added];
      refuse(validateMessage(body, { flags: message.flags, files: names, isEdit: true }));
      const { content, embeds, components, flags, attachments } = fields.parse(body);
      const next = {
        content: content === undefined ? message.content : (content ?? '').trim(),
        embeds: embeds === undefined ? message.embeds : (embeds ?? []),
        components: components === undefined ? message.components : (components ?? []),
      };
      const isNew = ((flags ?? message.flags) & FLAG.componentsV2) !== 0;
      if (isNew && (next.content || next.embeds.length > 0))
        throw new Refusal(50035, [
          problem(['content'], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', 'Clear it first'),
        ]);
      const isBare = !next.content && next.embeds.length === 0 && next.components.length === 0;
      if (isBare && names.length === 0) throw new Refusal(50006);
      Object.assign(message, next);
      const channel = world.channelOf(message.channelId);
      message.attachments = [...kept, ...attach(channel, files, attachments)];
      if (flags != null) message.flags = (message.flags & ~SETTABLE) | (flags & SETTABLE);
      message.mentions = mentionsIn(spokenIn(message.content, message.components)).users;
      // a reply that was put off: now it is there
      if ((message.flags & FLAG.loading) === 0) message.edits += 1;
      message.flags &= ~FLAG.loading;
      message.editedAtMs = Date.now();
      if (message.whisperedTo === undefined) announcements.message('MESSAGE_UPDATE', message);
    },
    remove(message) {
      for (const list of [world.messages, world.whispers]) {
        const index = list.indexOf(message);
        if (index >= 0) list.splice(index, 1);
      }
      if (message.whisperedTo === undefined) announcements.messageGone(message);
    },
  };
}

/** What a reply that is deferred looks like until it comes. */
export function pendingMessage(
  id: string,
  channelId: string,
  more: Pick<FakeMessage, 'interaction' | 'whisperedTo'>,
): FakeMessage {
  return {
    ...{ id, channelId, authorId: DISCORD.botUserId, content: '', components: [], embeds: [], attachments: [] },
    flags: FLAG.loading | (more.whisperedTo === undefined ? 0 : FLAG.ephemeral),
    ...{ nonce: undefined, messageReference: undefined, pings: NO_PINGS, mentions: [], threadId: undefined, edits: 0 },
    ...{ atMs: Date.now(), editedAtMs: undefined, reactions: [], ...more },
  };
}

function filenameOf(body: unknown, index: string): string | undefined {
  return fields.safeParse(body).data?.attachments?.find(({ id }) => id === index)?.filename ?? undefined;
}
