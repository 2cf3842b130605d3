/** From attachments, links and mentions in Discord to meetings. */
import { Routes } from 'discord.js';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Fetcher } from '../../pipeline/fetch-handler.ts';
import type { Transcript } from '../../pipeline/meeting.ts';
import { DISCORD_PLATFORM } from '../../pipeline/platforms.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { createAcceptance } from '../accept-recording.ts';
import { answerMention } from '../answer-mention.ts';
import { readChannelSettings } from '../channel-settings.ts';
import type { ChatPlatform } from '../chat-platform.ts';
import { meetingsOfPost, meetingsOfThread } from '../find-meetings.ts';
import type { Handle } from '../inbox.ts';
import { MOST_SAMPLE_BYTES, type VoiceDesk } from '../voice-desk.ts';
import type { Discord } from './call-discord.ts';
import type { Channels } from './channels.ts';
import { type Attachment, attachmentSchema } from './discord-source.ts';

export const ATTACHMENT_TOPIC = 'discord.attachment';
export const LINK_TOPIC = 'discord.link';
/** Of a voice. */
export const SAMPLE_TOPIC = 'discord.sample';
export const MENTION_TOPIC = 'discord.mention';
export const GONE_TOPIC = 'discord.message-gone';

const seen = z.object({
  /** `@me` in direct messages. */
  guild: z.string(),
  /** As the event names it: a thread is a channel of its own. */
  channel: z.string(),
  user: z.string(),
  /** Asked for: taken whatever the channel's setting is. */
  asked: z.boolean(),
});

const seenAttachment = seen.extend({
  /** None of what came with a command. */
  messageId: z.string().optional(),
  /** Who posted it, where somebody else asked. */
  uploader: z.string().optional(),
  attachment: attachmentSchema,
});
export type SeenAttachment = z.infer<typeof seenAttachment>;

const seenLink = seen.extend({ link: z.string() });
export type SeenLink = z.infer<typeof seenLink>;

const seenMention = seen.extend({
  messageId: z.string(),
  text: z.string(),
  /** Of the message that it answers. */
  repliedTo: z.string().optional(),
});
export type SeenMention = z.infer<typeof seenMention>;

const goneMessage = z.object({ channel: z.string(), messageId: z.string() });

export interface DiscordIntakeOptions {
  discord: Discord;
  store: Store;
  logger: Logger;
  channels: Channels;
  platform: ChatPlatform;
  teller: { whisper(to: { user: string }, text: string): Promise<void> };
  readTranscript(meetingId: string): Promise<Transcript>;
  /** What becomes of the meetings of a file that is gone. */
  fileGone: Handle;
  autoProcess: 'off' | 'opt-in' | 'all';
  maxBytes: number;
  options: RecordingOptions;
  voices: VoiceDesk;
  fetcher: Fetcher;
}

const messageSchema = z.looseObject({
  id: z.string(),
  author: z.looseObject({ id: z.string() }),
  attachments: z.array(attachmentSchema).catch([]),
});

export function createDiscordIntake(options: DiscordIntakeOptions): Record<string, Handle> {
  const { discord, store, logger, channels, platform, teller, autoProcess, maxBytes } = options;
  const acceptance = createAcceptance({ platform: DISCORD_PLATFORM, store, logger, defaults: options.options });
  const isWanted = (channel: string, asked: boolean): boolean =>
    asked ||
    (autoProcess !== 'off' &&
      (readChannelSettings(store.settings, `${DISCORD_PLATFORM}:${channel}`).auto ?? autoProcess === 'all'));

  const takeAttachment = async (given: SeenAttachment): Promise<void> => {
    const { guild, user, asked, messageId, uploader, attachment } = given;
    const place = await channels.placeOf(given.channel);
    if (!isWanted(place.channel, asked)) return;
    const refusal = refuseAttachment(attachment, maxBytes, asked);
    if (refusal) {
      if (asked) await teller.whisper({ user }, refusal);
      return;
    }
    const name = nameOf(attachment);
    const { meeting, created } = acceptance.accept({
      ...{ team: guild, file: attachment.id, channel: place.channel, user, name, asked },
      source: {
        ...{ kind: 'discord', fileId: attachment.id, url: attachment.url, sizeBytes: attachment.size, name },
        channel: place.channel,
        ...(place.threadId !== undefined && { threadId: place.threadId }),
        ...(messageId !== undefined && { messageId }),
        ...(uploader !== undefined && uploader !== user && { uploader }),
      },
    });
    // its own message may come again, e.g. after a restart: nobody asked once more
    const isSameAsk = uploader === undefined && messageId !== undefined && meeting.source.messageId === messageId;
    const where = created || !asked || isSameAsk ? undefined : acceptance.again(meeting, user);
    if (where) await teller.whisper({ user }, where);
  };

  return {
    async [ATTACHMENT_TOPIC](payload) {
      await takeAttachment(seenAttachment.parse(payload));
      return 'done';
    },

    async [SAMPLE_TOPIC](payload) {
      const { user, channel, messageId, attachment } = seenAttachment.parse(payload);
      const refusal = refuseAttachment(attachment, MOST_SAMPLE_BYTES, false);
      if (refusal) await teller.whisper({ user }, refusal);
      else {
        const { id: fileId, url, size: sizeBytes } = attachment;
        const file = { kind: DISCORD_PLATFORM, fileId, url, sizeBytes, name: nameOf(attachment), channel };
        await options.voices.takeSample(user, { ...file, ...(messageId && { messageId }) }, options.fetcher);
      }
      return 'done';
    },

    async [LINK_TOPIC](payload) {
      const { guild, user, link, channel } = seenLink.parse(payload);
      const place = await channels.placeOf(channel);
      const { meeting, created } = acceptance.acceptLink({ team: guild, ...place, user, link });
      const where = created ? undefined : acceptance.again(meeting, user);
      if (where) await teller.whisper({ user }, where);
      return 'done';
    },

    async [MENTION_TOPIC](payload) {
      const { guild, channel, user, messageId, text, repliedTo } = seenMention.parse(payload);
      const place = await channels.placeOf(channel);
      const where = { platform: DISCORD_PLATFORM, channel: place.channel };
      const meetings = [
        ...(place.threadId === undefined ? [] : meetingsOfThread(store, where, place.threadId)),
        // where there are no threads people answer our messages
        ...(place.threadId === undefined && repliedTo ? meetingsOfPost(store, where, repliedTo) : []),
      ];
      if (/[\p{L}\p{N}]/u.test(text) && meetings.length > 0) {
        const readTranscript = options.readTranscript;
        const why = await answerMention({ text, questionId: messageId, meetings }, { platform, readTranscript });
        if (why) await teller.whisper({ user }, why);
        return 'done';
      }
      const meant = await messageMeant(channel, repliedTo ?? place.threadId);
      for (const attachment of meant?.attachments ?? [])
        await takeAttachment({
          ...{ guild, channel, user, asked: true, attachment },
          ...(meant && { messageId: meant.id, uploader: meant.author.id }),
        });
      if (!meant || meant.attachments.length === 0)
        await teller.whisper(
          { user },
          'I see no recording here. Mention me in the message with the recording, or use “Summarise recording” in its menu.',
        );
      return 'done';
    },

    async [GONE_TOPIC](payload) {
      const { channel, messageId } = goneMessage.parse(payload);
      const place = await channels.placeOf(channel);
      const message = { platform: DISCORD_PLATFORM, channel: place.channel, messageId };
      const files = store.meetings.ofMessage(message).flatMap(({ source }) => source.fileId ?? []);
      const outcomes = await Promise.all(files.map(fileId => options.fileGone({ fileId, channel: place.channel })));
      return outcomes.includes('again') ? 'again' : 'done';
    },
  };

  /** The message that a mention answers, or from which its thread began. */
  async function messageMeant(channel: string, id: string | undefined) {
    if (id === undefined) return undefined;
    const { parent_id: parent } = await channels.find(channel);
    for (const where of new Set([channel, ...(parent ? [parent] : [])])) {
      const answer = await discord
        .call('look at a message', rest => rest.get(Routes.channelMessage(where, id)))
        .catch(error => {
          if (!(error instanceof HansardError) || error.retryable) throw error;
          return undefined;
        });
      if (answer !== undefined) return messageSchema.parse(answer);
    }
    return undefined;
  }
}

const MEDIA = /\.(mp3|m4a|mp4|mov|webm|ogg|oga|opus|wav|flac|aac|mkv|avi|amr|aiff?|caf|3gp|wma|wmv|mpe?g)$/i;
/** Of Craig; another one may be anything, so that none is taken unasked. */
const TRACKS = /\.zip$/i;

/** @param asked whether somebody wants its minutes */
export function isMedia({ filename, content_type: type }: Attachment, asked: boolean): boolean {
  return /^(audio|video)\//.test(type ?? '') || MEDIA.test(filename) || (asked && TRACKS.test(filename));
}

/** Why it becomes no minutes, in one sentence for people. */
function refuseAttachment(attachment: Attachment, maxBytes: number, asked: boolean): string | undefined {
  if (!isMedia(attachment, asked)) return `“${nameOf(attachment)}” is neither audio nor video.`;
  if (attachment.size === 0) return 'That file is empty. Post the recording again.';
  if (attachment.size > maxBytes) return new HansardError('too_large', '').userMessage;
  return undefined;
}

/** Discord takes what it does not like out of file names; the title has them whole. */
function nameOf({ title, filename }: Attachment): string {
  const end = /\.[a-z0-9]{1,5}$/i.exec(filename)?.[0] ?? '';
  return title ? `${title}${end}` : filename;
}
