/** A recording that somebody deleted, or took out of the channel: the work on it stops; where the channel says so, its minutes go. */
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import { FINAL_MEETING_STATES } from '../pipeline/moves.ts';
import type { Orchestrator } from '../pipeline/orchestration/orchestrator.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { readChannelSettings } from './channel-settings.ts';
import type { Handle } from './inbox.ts';

export const goneSchema = z.object({
  fileId: z.string(),
  /** Where it was taken out; everywhere when it was deleted. */
  channel: z.string().optional(),
});

export function createFileGone({
  platform,
  store,
  orchestrator,
  forget,
}: {
  platform: string;
  store: Store;
  orchestrator: Pick<Orchestrator, 'cancel'>;
  forget(meetingId: string, who: string): Promise<void>;
}): Handle {
  const who = `${platform}:file-gone`;
  return async payload => {
    const { fileId, channel } = goneSchema.parse(payload);
    const meetings = store.meetings
      .ofPostedFile({ platform, fileId })
      .filter(meeting => channel === undefined || meeting.channel === channel);
    let isStopping = false;
    for (const meeting of meetings) {
      const isOver = FINAL_MEETING_STATES.some(final => final === meeting.state);
      if (!isOver && meeting.state !== 'cancelling')
        await orchestrator.cancel(meeting.id, who).catch(ignoreIllegalMove);
      const scope = `${platform}:${meeting.channel}`;
      if (!readChannelSettings(store.settings, scope).forgetDeleted) continue;
      if (isOver) await forget(meeting.id, who);
      else isStopping = true;
    }
    return isStopping ? 'again' : 'done';
  };
}

/** It ended in the meantime. */
function ignoreIllegalMove(error: unknown): void {
  if (!(error instanceof HansardError) || error.code !== 'illegal_move') throw error;
}
