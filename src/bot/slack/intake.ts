/** From a file or a link in Slack to a meeting. The same file in the same channel is the same meeting. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { FINAL_MEETING_STATES } from '../../pipeline/moves.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import { PRIORITIES } from '../../pipeline/queue/job-type.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { type ChannelSettings, optionsOfChannel, readChannelSettings } from '../channel-settings.ts';
import { parseLink } from '../fetch-from-link.ts';
import type { Handle } from '../inbox.ts';
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
/** Per channel; more would not be posted while a bot starts anew. */
const MOST_MISSED = 100;
const ONE_BREATH_MS = 30_000;

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
}

export interface Intake {
  /** Ours are not, nor those of a channel that does not want it. */
  isWanted(seen: Sighting): boolean;
  /** @throws HansardError `links_off`, `link_refused` */
  assertLink(link: string): void;
  /** From what was noted to a meeting. */
  takeFile: Handle;
  takeLink: Handle;
  /** What was posted since then in channels whose recordings are taken by themselves: we may not have heard of it. */
  findMissed(sinceMs: number): Promise<Sighting[]>;
}

export function createIntake(options: IntakeOptions): Intake {
  const { slack, store, logger, botUserId, autoProcess, teller } = options;
  const settingsOf = (channel: string): ChannelSettings =>
    readChannelSettings(store.settings, `${SLACK_PLATFORM}:${channel}`);
  const isWanted = ({ asked, channel, user }: Sighting): boolean =>
    user !== botUserId && (asked || (autoProcess !== 'off' && (settingsOf(channel).auto ?? autoProcess === 'all')));

  const chosen = (channel: ChannelSettings, asked: boolean): Meeting['options'] => ({
    ...JSON.parse(JSON.stringify(optionsOfChannel(channel, options.options))),
    priority: asked ? PRIORITIES.interactive : PRIORITIES.automatic,
  });

  const takeFile: Handle = async payload => {
    const seen = sighting.parse(payload);
    const { channel, user, asked } = seen;
    const answer = await slack.call('files.info', client => client.files.info({ file: seen.fileId }));
    const file = fileSchema.parse(answer.file);
    // Bolt's own filter does not know these events: our uploads would come back to us
    if (file.user === botUserId) return 'done';
    const refusal = refuseFile(file, options.maxBytes);
    if (refusal) {
      if (asked) await teller.whisper(seen, refusal);
      return 'done';
    }
    const [share] = file.shares?.public?.[channel] ?? file.shares?.private?.[channel] ?? [];
    if (!share) return 'again';
    const settings = settingsOf(channel);
    const name = file.name ?? file.title ?? 'recording';
    const isOwnMessage = settings.target === 'channel' && !share.thread_ts;
    const { meeting, created } = store.meetings.accept(
      {
        origin: `${SLACK_PLATFORM}:${seen.team}:${channel}:${file.id}`,
        title: name,
        platform: SLACK_PLATFORM,
        channel,
        owner: `${SLACK_PLATFORM}:${user}`,
        source: {
          ...{ kind: 'slack', fileId: file.id, channel, messageId: share.ts, name },
          ...(isOwnMessage ? {} : { threadId: share.thread_ts ?? share.ts }),
          ...(file.user && file.user !== user && { uploader: file.user }),
        },
        options: chosen(settings, asked),
      },
      `${SLACK_PLATFORM}:${user}`,
    );
    logger.info({ meetingId: meeting.id, created, asked }, 'recording in Slack');
    if (!created && asked) await tellWhereItIs(meeting, seen);
    return 'done';
  };

  const takeLink: Handle = async payload => {
    const { team, channel, user, link } = linkSighting.parse(payload);
    const url = parseLink(link);
    const name = nameOf(url);
    const hash = createHash('sha256').update(url.href).digest('hex').slice(0, 32);
    const { meeting, created } = store.meetings.accept(
      {
        origin: `${SLACK_PLATFORM}:${team}:${channel}:link:${hash}`,
        title: name,
        platform: SLACK_PLATFORM,
        channel,
        owner: `${SLACK_PLATFORM}:${user}`,
        source: { kind: 'link', url: url.href, channel, name },
        options: chosen(settingsOf(channel), true),
      },
      `${SLACK_PLATFORM}:${user}`,
    );
    logger.info({ meetingId: meeting.id, created }, 'link in Slack');
    if (!created) await tellWhereItIs(meeting, { channel, user });
    return 'done';
  };

  /** Asked for again: what failed is tried again, else the person is told where it is. */
  async function tellWhereItIs(meeting: Meeting, to: { channel: string; user: string }): Promise<void> {
    const { id, state } = meeting;
    const lost = store.deliveries.of(id).filter(({ errorCode }) => errorCode === 'maybe_posted');
    for (const delivery of lost) store.deliveries.drop(delivery.id); // the person sees that nothing is there
    if (state === 'failed' || state === 'cancelled') {
      store.outbox.put({ topic: 'retry', meetingId: id, payload: { who: `${SLACK_PLATFORM}:${to.user}` } });
      return;
    }
    if (lost.length > 0) return;
    const isDone = FINAL_MEETING_STATES.some(final => final === state);
    // posted and asked for in one breath: the placeholder says it all
    if (!isDone && Date.now() - Date.parse(meeting.createdAt) < ONE_BREATH_MS) return;
    const where = isDone ? 'I wrote the minutes of that recording before' : 'I am at work on that recording already';
    await teller.whisper(to, `${where}: look in its thread.`);
  }

  return {
    isWanted,
    assertLink(link) {
      if (!options.links) throw new HansardError('links_off', 'HANSARD_LINKS is off');
      parseLink(link);
    },
    takeFile,
    takeLink,
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

/** Of the recording: the last part of its path. */
function nameOf({ pathname, hostname }: URL): string {
  const last = pathname.split('/').at(-1) || hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // a stray % is no error
  }
}
