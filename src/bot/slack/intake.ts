/** From a file or a link in Slack to a meeting. The same file in the same channel is the same meeting. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Fetcher } from '../../pipeline/fetch-handler.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { createAcceptance } from '../accept-recording.ts';
import { type ChannelSettings, readChannelSettings } from '../channel-settings.ts';
import { parseLink } from '../fetch-from-link.ts';
import type { Handle } from '../inbox.ts';
import { MOST_SAMPLE_BYTES, type VoiceDesk } from '../voice-desk.ts';
import type { Slack } from './call-slack.ts';
import { fileSchema, refuseFile } from './refuse-file.ts';
import type { Teller } from './tell.ts';

/** What was seen: a file, where, by whom, and whether somebody asked for it. */
export const sighting = z.object({
  team: z.string(),
  channel: z.string(),
  user: z.string(),
  fileId: z.string(),
  /** Asked for by a mention or a shortcut: taken whatever the channel's setting is. */
  asked: z.boolean(),
});
export type Sighting = z.infer<typeof sighting>;

const linkSighting = sighting.omit({ fileId: true }).extend({ link: z.string() });
export type LinkSighting = z.infer<typeof linkSighting>;

export const FILE_TOPIC = 'slack.file';
export const GONE_TOPIC = 'slack.file-gone';
export const LINK_TOPIC = 'slack.link';
/** Of a voice. */
export const SAMPLE_TOPIC = 'slack.sample';
/** Per channel; more would not be posted while a bot starts anew. */
const MOST_MISSED = 100;

const postedFiles = z.array(z.looseObject({ id: z.string(), user: z.string().nullish() }));
const ownChannels = z.array(z.looseObject({ id: z.string() }));

export interface IntakeOptions {
  slack: Slack;
  store: Store;
  logger: Logger;
  botUserId: string;
  team: string;
  autoProcess: 'off' | 'opt-in' | 'all';
  /** Whether links are taken. */
  links: boolean;
  maxBytes: number;
  options: RecordingOptions;
  teller: Teller;
  voices: VoiceDesk;
  fetcher: Fetcher;
}

export interface Intake {
  /** Ours are not, nor those of a channel that does not want it. */
  isWanted(seen: Sighting): boolean;
  /** @throws HansardError `links_off`, `link_refused` */
  assertLink(link: string): void;
  /** From what was noted to a meeting. */
  takeFile: Handle;
  takeLink: Handle;
  /** Of the voice of somebody who agreed to be recognised. */
  takeSample: Handle;
  /** What was posted since then in channels whose recordings are taken by themselves: we may not have heard of it. */
  findMissed(sinceMs: number): Promise<Sighting[]>;
}

export function createIntake(options: IntakeOptions): Intake {
  const { slack, store, logger, botUserId, autoProcess, teller } = options;
  const settingsOf = (channel: string): ChannelSettings =>
    readChannelSettings(store.settings, `${SLACK_PLATFORM}:${channel}`);
  const isWanted = ({ asked, channel, user }: Sighting): boolean =>
    user !== botUserId && (asked || (autoProcess !== 'off' && (settingsOf(channel).auto ?? autoProcess === 'all')));

  const acceptance = createAcceptance({ platform: SLACK_PLATFORM, store, logger, defaults: options.options });
  const tellWhereItIs = async (meeting: Meeting, { channel, user }: { channel: string; user: string }) => {
    const where = acceptance.again(meeting, user);
    if (where) await teller.whisper({ channel, user }, where);
  };

  const takeFile: Handle = async payload => {
    const seen = sighting.parse(payload);
    const { channel, user, asked } = seen;
    const answer = await slack.call('files.info', client => client.files.info({ file: seen.fileId }));
    const file = fileSchema.parse(answer.file);
    // Bolt's own filter does not know these events: our uploads would come back to us
    if (file.user === botUserId) return 'done';
    const refusal = refuseFile(file, options.maxBytes, asked);
    if (refusal) {
      if (asked) await teller.whisper(seen, refusal);
      return 'done';
    }
    const [share] = file.shares?.public?.[channel] ?? file.shares?.private?.[channel] ?? [];
    if (!share) return 'again';
    const name = file.name ?? file.title ?? 'recording';
    const isOwnMessage = settingsOf(channel).target === 'channel' && !share.thread_ts;
    const { meeting, created } = acceptance.accept({
      ...{ team: seen.team, file: file.id, channel, user, name, asked },
      source: {
        ...{ kind: 'slack', fileId: file.id, channel, messageId: share.ts, name },
        ...(isOwnMessage ? {} : { threadId: share.thread_ts ?? share.ts }),
        ...(file.user && file.user !== user && { uploader: file.user }),
      },
    });
    if (!created && asked) await tellWhereItIs(meeting, seen);
    return 'done';
  };

  const takeLink: Handle = async payload => {
    const { team, channel, user, link } = linkSighting.parse(payload);
    const { meeting, created } = acceptance.acceptLink({ team, channel, user, link });
    if (!created) await tellWhereItIs(meeting, { channel, user });
    return 'done';
  };

  const takeSample: Handle = async payload => {
    const { channel, user, fileId } = sighting.parse(payload);
    const answer = await slack.call('files.info', client => client.files.info({ file: fileId }));
    const file = fileSchema.parse(answer.file);
    const refusal = refuseFile(file, MOST_SAMPLE_BYTES, false);
    if (refusal) await teller.write(user, refusal);
    else
      await options.voices.takeSample(
        user,
        { kind: SLACK_PLATFORM, fileId, channel, name: file.name ?? '' },
        options.fetcher,
      );
    return 'done';
  };

  return {
    isWanted,
    assertLink(link) {
      if (!options.links) throw new HansardError('links_off', 'HANSARD_LINKS is off');
      parseLink(link);
    },
    takeFile,
    takeLink,
    takeSample,
    async findMissed(sinceMs) {
      const missed: Sighting[] = [];
      for (const channel of await watchedChannels()) {
        const answer = await slack.call('files.list', client =>
          client.files.list({ channel, ts_from: String(Math.floor(sinceMs / 1000)), count: MOST_MISSED }),
        );
        const posted = postedFiles.parse(answer.files ?? []);
        for (const { id: fileId, user } of posted)
          missed.push({ team: options.team, channel, user: user ?? '', fileId, asked: false });
      }
      return missed;
    },
  };

  async function watchedChannels(): Promise<string[]> {
    if (autoProcess === 'off') return [];
    const optedIn = store.settings
      .scopesWith('auto-process', true)
      .filter(scope => scope.startsWith(`${SLACK_PLATFORM}:`))
      .map(scope => scope.slice(`${SLACK_PLATFORM}:`.length));
    if (autoProcess === 'opt-in') return optedIn;
    const answer = await slack.call('users.conversations', client =>
      client.users.conversations({ types: 'public_channel,private_channel', exclude_archived: true, limit: 200 }),
    );
    return ownChannels.parse(answer.channels ?? []).map(({ id }) => id);
  }
}
