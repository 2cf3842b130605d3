/** What the listeners of Slack work with. */
import type { App } from '@slack/bolt';
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
import type { Slack } from './call-slack.ts';
import type { Intake } from './intake.ts';
import type { EventKeeper } from './keep-events.ts';
import type { Rights } from './rights.ts';
import type { Defaults } from './settings-dialog.ts';
import type { Teller } from './tell.ts';

export interface SlackParts {
  app: App;
  slack: Slack;
  store: Store;
  queue: JobQueue;
  logger: Logger;
  platform: ChatPlatform;
  teller: Teller;
  rights: Rights;
  minutes: MinutesReader;
  intake: Intake;
  inbox: Inbox;
  keeper: EventKeeper;
  team: string;
  autoProcess: Config['autoProcess'];
  /** Whether recordings are fetched from links. */
  links: boolean;
  /** Where a channel has chosen nothing. */
  defaults: Defaults;
  /** A few seconds of each voice without a name. */
  cutClips(meeting: Meeting): Promise<VoiceClip[]>;
  changes: MeetingChanges;
  voices: VoiceDesk;
}
