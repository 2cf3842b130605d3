/** From a recording that was seen on a platform to a meeting. The same recording in the same channel is the same meeting. */
import { createHash } from 'node:crypto';
import type { Logger } from '../logger.ts';
import { FINAL_MEETING_STATES } from '../pipeline/moves.ts';
import { PRIORITIES } from '../pipeline/queue/job-type.ts';
import type { RecordingOptions } from '../pipeline/recording-options.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { optionsOfChannel, readChannelSettings } from './channel-settings.ts';
import { parseLink } from './fetch-from-link.ts';

export interface SeenRecording {
  /** What the platform calls team or guild, and the file. */
  team: string;
  file: string;
  channel: string;
  user: string;
  name: string;
  source: Meeting['source'];
  /** Somebody waits for it. */
  asked: boolean;
}

export interface Acceptance {
  accept(seen: SeenRecording): { meeting: Meeting; created: boolean };
  /** @throws HansardError `link_refused` */
  acceptLink(
    seen: Pick<SeenRecording, 'team' | 'channel' | 'user'> & { link: string; threadId?: string | undefined },
  ): {
    meeting: Meeting;
    created: boolean;
  };
  /** Asked for again: what failed is tried again. @returns where it is, unless the placeholder says it all */
  again(meeting: Meeting, user: string): string | undefined;
}

const ONE_BREATH_MS = 30_000;

/** @param defaults for what a channel did not choose */
export function createAcceptance({
  platform,
  store,
  logger,
  defaults,
}: {
  platform: string;
  store: Store;
  logger: Logger;
  defaults: RecordingOptions;
}): Acceptance {
  const accept: Acceptance['accept'] = ({ team, file, channel, user, name, source, asked }) => {
    const settings = readChannelSettings(store.settings, `${platform}:${channel}`);
    const accepted = store.meetings.accept(
      {
        origin: `${platform}:${team}:${channel}:${file}`,
        ...{ title: name, platform, channel, source },
        owner: `${platform}:${user}`,
        options: {
          ...JSON.parse(JSON.stringify(optionsOfChannel(settings, defaults))),
          priority: asked ? PRIORITIES.interactive : PRIORITIES.automatic,
        },
      },
      `${platform}:${user}`,
    );
    logger.info({ platform, meetingId: accepted.meeting.id, created: accepted.created, asked }, 'recording accepted');
    return accepted;
  };
  return {
    accept,
    acceptLink({ link, threadId, ...seen }) {
      const url = parseLink(link);
      const name = nameOf(url);
      const place = { channel: seen.channel, ...(threadId !== undefined && { threadId }) };
      return accept({
        ...{ ...seen, name, asked: true },
        file: `link:${createHash('sha256').update(url.href).digest('hex').slice(0, 32)}`,
        source: { kind: 'link', url: url.href, ...place, name },
      });
    },
    again({ id, state, createdAt }, user) {
      const lost = store.deliveries.of(id).filter(({ errorCode }) => errorCode === 'maybe_posted');
      for (const delivery of lost) store.deliveries.drop(delivery.id); // the person sees that nothing is there
      if (state === 'failed' || state === 'cancelled') {
        store.outbox.put({ topic: 'retry', meetingId: id, payload: { who: `${platform}:${user}` } });
        return undefined;
      }
      if (lost.length > 0) return undefined;
      const isDone = FINAL_MEETING_STATES.some(final => final === state);
      // posted and asked for in one breath: the placeholder says it all
      if (!isDone && Date.now() - Date.parse(createdAt) < ONE_BREATH_MS) return undefined;
      const where = isDone ? 'I wrote the minutes of that recording before' : 'I am at work on that recording already';
      return `${where}: look in its thread.`;
    },
  };
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
