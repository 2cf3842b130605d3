/** Posts and edits messages: each once, at Discord's pace. */
import { createHash } from 'node:crypto';
import { type RawFile, Routes } from 'discord.js';
import { z } from 'zod';
import type { Delivery } from '../../pipeline/store/deliveries.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Messenger } from '../chat.ts';
import { chatPlace, type Place, targetOf } from '../chat-place.ts';
import { createPace } from '../pace.ts';
import { persistReading } from '../persist.ts';
import { postOnce } from '../post-once.ts';
import { DISCORD_ERRORS, type Discord, isDiscordError } from './call-discord.ts';
import { asDiscord, type DiscordMessage } from './components.ts';
import { EDITS, LIMITS, POSTS } from './limits.ts';
import { readMessages } from './read-messages.ts';
import { snowflakeAt } from './snowflake.ts';

export interface DiscordMessenger extends Messenger {
  /** What `render` makes with the mark of its delivery, once per kind. */
  postOnce(
    meeting: Meeting,
    kind: string,
    place: Place,
    render: (mark: number) => DiscordMessage & { attachments?: { id: number; filename: string }[] },
    files?: RawFile[],
  ): Promise<string>;
}

/** Clocks differ. */
const BEFORE_MS = 60_000;

const posted = z.looseObject({ id: z.string() });
const marked = z.array(
  z.looseObject({
    id: z.string(),
    components: z.array(z.looseObject({ id: z.number().optional() })).catch([]),
  }),
);

export function createDiscordMessenger(discord: Discord, store: Store): DiscordMessenger {
  const posts = createPace(POSTS);
  const edits = createPace(EDITS);

  /** What our message answers: the recording's, or where there is no thread our placeholder. */
  const referenceOf = (meeting: Meeting, kind: string, place: Place) => {
    const { messageId, threadId } = chatPlace.parse(meeting.source);
    if (kind === 'placeholder') return messageId;
    if (place.threadId !== undefined && place.threadId !== threadId) return undefined;
    return store.deliveries.of(meeting.id).find(one => one.kind === 'placeholder' && one.state === 'delivered')
      ?.externalId;
  };

  const once: DiscordMessenger['postOnce'] = (meeting, kind, place, render, files = []) =>
    postOnce(store, meeting, targetOf(place), {
      kind,
      async send(delivery) {
        const reference = referenceOf(meeting, kind, place);
        const body = {
          ...render(markOf(delivery)),
          ...(reference && { message_reference: { message_id: reference, fail_if_not_exists: false } }),
          // within some minutes Discord itself sees to it that there is one
          ...{ nonce: nonceOf(delivery), enforce_nonce: true },
        };
        const post = (sent: object) =>
          discord.call('post', async rest => {
            await posts.keepApart(addressOf(place));
            return await rest.post(Routes.channelMessages(addressOf(place)), { body: sent, files });
          });
        const answer = await post(body).catch(error => {
          if (!isDiscordError(error, DISCORD_ERRORS.mayNotReply)) throw error;
          // who may not read what was posted before may not answer it either
          return post({ ...body, message_reference: undefined });
        });
        return posted.parse(answer).id;
      },
      find: delivery => persistReading(() => find(place, delivery)),
    });

  /** By the mark: a nonce is forgotten after some minutes. */
  const find = async (place: Place, delivery: Delivery): Promise<string | undefined> => {
    const after = snowflakeAt(Date.parse(delivery.createdAt) - BEFORE_MS);
    for await (const page of readMessages(discord, 'look for a message', addressOf(place), after)) {
      const found = marked.parse(page).find(({ components: [first] }) => first?.id === markOf(delivery));
      if (found) return found.id;
    }
    return undefined;
  };

  /** A thread in which nobody wrote for long is archived: it takes new messages, but no changes. */
  const awake = async (place: Place, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isDiscordError(error, DISCORD_ERRORS.archived)) throw error;
      await discord.call('open a thread again', rest =>
        rest.patch(Routes.channel(addressOf(place)), { body: { archived: false } }),
      );
      await work();
    }
  };

  return {
    posts,
    edits,
    postOnce: once,
    post: (meeting, kind, place, message) => once(meeting, kind, place, mark => asDiscord(message, mark)),
    async update(place, messageId, message) {
      const { components, allowed_mentions } = asDiscord(message);
      await awake(place, () =>
        discord.call('edit', rest =>
          rest.patch(Routes.channelMessage(addressOf(place), messageId), { body: { components, allowed_mentions } }),
        ),
      );
    },
    async delete(place, messageId) {
      await awake(place, () =>
        discord.call('delete', rest => rest.delete(Routes.channelMessage(addressOf(place), messageId))),
      ).catch(error => {
        const isGone = [DISCORD_ERRORS.unknownMessage, DISCORD_ERRORS.unknownChannel].some(code =>
          isDiscordError(error, code),
        );
        if (!isGone) throw error;
      });
    },
  };
}

/** In Discord a thread is a channel of its own. */
export function addressOf({ channel, threadId }: Place): string {
  return threadId ?? channel;
}

/** Of the delivery, so that another try has the same. */
function nonceOf({ id }: Delivery): string {
  return createHash('sha256').update(id).digest('hex').slice(0, LIMITS.nonce);
}

/** Components have ids: a positive number of 31 bits, kept and shown to nobody. */
function markOf({ id }: Delivery): number {
  return (createHash('sha256').update(id).digest().readUInt32BE(0) >>> 1) | 1;
}
