/** Discord as a place for minutes. */
import { ChannelType, Routes } from 'discord.js';
import { z } from 'zod';
import { DISCORD_PLATFORM } from '../../pipeline/platforms.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Chat } from '../chat.ts';
import { targetOf } from '../chat-place.ts';
import { persistReading } from '../persist.ts';
import { postOnce } from '../post-once.ts';
import { cut, plain } from '../text.ts';
import { DISCORD_ERRORS, type Discord, isDiscordError } from './call-discord.ts';
import { DISCORD_ROOM } from './components.ts';
import { EDIT_INTERVAL_MS, LIMITS } from './limits.ts';
import { addressOf, createDiscordMessenger } from './messenger.ts';
import { createDiscordFiles } from './post-files.ts';
import type { Teller } from './tell.ts';

/** Of the threads that we open: a week. */
const ARCHIVE_MINUTES = 10_080;
/** In the place of a thread's id: our messages are replies. */
const NO_THREAD = 'none';
const THREADABLE: number[] = [ChannelType.GuildText, ChannelType.GuildAnnouncement];

const MAY_NOT = [DISCORD_ERRORS.missingPermissions, DISCORD_ERRORS.missingAccess];

const channelSchema = z.looseObject({ type: z.number() });

export function createDiscordChat(discord: Discord, store: Store, teller: Teller): Chat {
  const messenger = createDiscordMessenger(discord, store);
  const isThreadable = async (channel: string): Promise<boolean> => {
    const answer = await persistReading(() =>
      discord.call('look at a channel', rest => rest.get(Routes.channel(channel))),
    );
    return THREADABLE.includes(channelSchema.parse(answer).type);
  };
  /** To open a thread and to write in it are two permissions. That somebody types is harmless, and needs the second. */
  const mayWriteIn = (thread: string): Promise<boolean> =>
    persistReading(() => discord.call('try a thread', rest => rest.post(Routes.channelTyping(thread)))).then(
      () => true,
      error => {
        if (MAY_NOT.some(code => isDiscordError(error, code))) return false;
        throw error;
      },
    );
  return {
    name: DISCORD_PLATFORM,
    room: DISCORD_ROOM,
    editIntervalMs: EDIT_INTERVAL_MS,
    messenger,
    files: createDiscordFiles(messenger, store, LIMITS.fileBytes),
    paceKey: addressOf,
    write: teller.write,
    async openThread(meeting, place, messageId) {
      const { channel } = place;
      const name = cut(plain(meeting.title) || 'Minutes', LIMITS.threadName);
      const open = async (): Promise<string> => {
        if (!(await isThreadable(channel))) return NO_THREAD;
        try {
          await discord.call('open a thread', rest =>
            rest.post(Routes.threads(channel, messageId), { body: { name, auto_archive_duration: ARCHIVE_MINUTES } }),
          );
        } catch (error) {
          const isThere = isDiscordError(error, DISCORD_ERRORS.threadExists);
          const cannotBe = [...MAY_NOT, DISCORD_ERRORS.tooManyThreads].some(code => isDiscordError(error, code));
          if (!isThere && cannotBe) return NO_THREAD;
          if (!isThere) throw error;
        }
        // a thread of a message has the message's id
        return (await mayWriteIn(messageId)) ? messageId : NO_THREAD;
      };
      // opening it again is no second thread
      const post = { kind: 'thread', send: open, find: async () => undefined };
      const threadId = await postOnce(store, meeting, targetOf(place), post);
      return { channel, threadId: threadId === NO_THREAD ? undefined : threadId };
    },
  };
}
