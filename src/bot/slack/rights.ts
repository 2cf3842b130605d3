/** Who may change what: whoever posted the recording or asked for its minutes, and who manages the channel or the workspace. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import { chatPlace } from '../chat-place.ts';
import type { Slack } from './call-slack.ts';

export interface Rights {
  /** @throws HansardError `not_yours` */
  assertMayChange(meeting: Meeting, user: string): Promise<void>;
  /** Not guests, and nobody of another workspace. @throws HansardError `not_yours` */
  assertIsMember(channel: string, user: string): Promise<void>;
  /** Where Slack does not tell us who manages a channel every member of the workspace may. @throws HansardError `not_manager` */
  assertMaySet(channel: string, user: string): Promise<void>;
}

const KEPT_MS = 60_000;

const channelInfo = z.looseObject({ channel: z.looseObject({ creator: z.string().nullish() }) });
const userInfo = z.looseObject({
  user: z.looseObject({
    is_admin: z.boolean().nullish(),
    is_owner: z.boolean().nullish(),
    /** Guests of one channel, and of several. */
    is_ultra_restricted: z.boolean().nullish(),
    is_restricted: z.boolean().nullish(),
    /** Of another workspace, in a shared channel. */
    is_stranger: z.boolean().nullish(),
  }),
});

type Standing = 'manager' | 'member' | 'guest' | 'unknown';

export function createRights(slack: Slack): Rights {
  const kept = new Map<string, { standing: Standing; atMs: number }>();

  const standingOf = async (channel: string, user: string): Promise<Standing> => {
    const key = `${channel}:${user}`;
    const known = kept.get(key);
    if (known && Date.now() - known.atMs < KEPT_MS) return known.standing;
    const standing = await ask(channel, user);
    kept.set(key, { standing, atMs: Date.now() });
    return standing;
  };
  const ask = async (channel: string, user: string): Promise<Standing> => {
    // a direct message belongs to whoever writes in it
    if (channel.startsWith('D')) return 'manager';
    const person = await orUnknown(
      slack.call('users.info', client => client.users.info({ user })),
      userInfo,
    );
    if (person?.user.is_restricted || person?.user.is_ultra_restricted || person?.user.is_stranger) return 'guest';
    if (person?.user.is_admin || person?.user.is_owner) return 'manager';
    const info = await orUnknown(
      slack.call('conversations.info', client => client.conversations.info({ channel })),
      channelInfo,
    );
    const creator = info?.channel.creator ?? '';
    if (creator === '') return 'unknown';
    return creator === user ? 'manager' : 'member';
  };

  return {
    async assertMayChange(meeting, user) {
      const { uploader } = chatPlace.parse(meeting.source);
      if (meeting.owner === `${SLACK_PLATFORM}:${user}` || uploader === user) return;
      if ((await standingOf(meeting.channel, user)) !== 'manager') throw new HansardError('not_yours', meeting.id);
    },
    async assertIsMember(channel, user) {
      if ((await standingOf(channel, user)) === 'guest') throw new HansardError('not_yours', channel);
    },
    async assertMaySet(channel, user) {
      const standing = await standingOf(channel, user);
      if (standing === 'member' || standing === 'guest') throw new HansardError('not_manager', channel);
    },
  };
}

/** Undefined where we may not ask, or Slack does not say. */
async function orUnknown<T>(asked: Promise<unknown>, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(await asked);
  } catch (error) {
    if (error instanceof HansardError && error.retryable) throw error;
    if (error instanceof HansardError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
