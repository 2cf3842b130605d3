/** Who may change what: whoever posted the recording or asked for its minutes, and who manages the channel or the server. */
import { HansardError } from '../../errors.ts';
import { DISCORD_PLATFORM } from '../../pipeline/platforms.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import { chatPlace } from '../chat-place.ts';
import type { Caller } from './interaction.ts';

/** @throws HansardError `not_yours` */
export function assertMayChange(meeting: Meeting, { user, isManager }: Caller): void {
  const { uploader } = chatPlace.parse(meeting.source);
  if (isManager || meeting.owner === `${DISCORD_PLATFORM}:${user}` || uploader === user) return;
  throw new HansardError('not_yours', meeting.id);
}

/** @throws HansardError `not_manager` */
export function assertMaySet({ isManager, channel }: Caller): void {
  if (!isManager) throw new HansardError('not_manager', channel);
}
