/** What the listeners of Discord work with. */
import type { Config } from '../../config.ts';
import type { Logger } from '../../logger.ts';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { MeetingChanges } from '../change-meeting.ts';
import type { ChatPlatform } from '../chat-platform.ts';
import type { VoiceClip } from '../cut-voice-clips.ts';
import type { Inbox } from '../inbox.ts';
import type { MinutesReader } from '../read-minutes.ts';
import type { VoiceDesk } from '../voice-desk.ts';
import type { Handlers } from './handlers.ts';

export interface DiscordParts {
  handlers: Handlers;
  store: Store;
  queue: JobQueue;
  logger: Logger;
  inbox: Inbox;
  platform: ChatPlatform;
  minutes: MinutesReader;
  changes: MeetingChanges;
  voices: VoiceDesk;
  /** Whether we see recordings that nobody asks us to take: the intent is privileged. */
  readsAll: boolean;
  autoProcess: Config['autoProcess'];
  /** Whether recordings are fetched from links. */
  links: boolean;
  /** Where a channel has chosen nothing. */
  defaults: { auto: boolean; retention: { audioDays: number; meetingDays: number } };
  /** A few seconds of each voice without a name. */
  cutClips(meeting: Meeting): Promise<VoiceClip[]>;
}
