/** A mention: of a recording, in the message or its thread, or a question about a meeting in its thread. */
import { z } from 'zod';
import type { Transcript } from '../../pipeline/meeting.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { answerMention } from '../answer-mention.ts';
import type { ChatPlatform } from '../chat-platform.ts';
import { meetingsOfThread } from '../find-meetings.ts';
import type { Handle } from '../inbox.ts';
import type { Slack } from './call-slack.ts';
import type { Teller } from './tell.ts';

export const MENTION_TOPIC = 'slack.mention';

/** One without a file of its own. */
export const mentionSchema = z.object({
  team: z.string(),
  channel: z.string(),
  user: z.string(),
  asked: z.literal(true),
  ts: z.string(),
  threadId: z.string().optional(),
  /** Without the mention itself. */
  text: z.string(),
});
export type Mention = z.infer<typeof mentionSchema>;

const withFiles = z.array(
  z.looseObject({
    files: z
      .array(z.looseObject({ id: z.string() }))
      .catch([])
      .optional(),
  }),
);

export interface MentionsOptions {
  slack: Slack;
  store: Store;
  platform: ChatPlatform;
  teller: Teller;
  readTranscript(meetingId: string): Promise<Transcript>;
  /** Notes a file that the mention means. */
  noteFile(fileId: string, mention: Mention): void;
}

export function createMentions({ slack, store, platform, teller, readTranscript, noteFile }: MentionsOptions): Handle {
  return async payload => {
    const mention = mentionSchema.parse(payload);
    const { channel, threadId, text } = mention;
    const meetings =
      threadId === undefined ? [] : meetingsOfThread(store, { platform: SLACK_PLATFORM, channel }, threadId);
    if (/[\p{L}\p{N}]/u.test(text) && meetings.length > 0) await answer(mention, meetings);
    else await takeFilesOfThread(mention);
    return 'done';
  };

  async function answer({ channel, user, threadId, ts, text }: Mention, meetings: readonly Meeting[]): Promise<void> {
    const why = await answerMention({ text, questionId: ts, meetings }, { platform, readTranscript });
    if (why) await teller.whisper({ channel, user, threadId }, why);
  }

  async function takeFilesOfThread(mention: Mention): Promise<void> {
    const { channel, user, ts, threadId } = mention;
    const replies = await slack.call('conversations.replies', client =>
      client.conversations.replies({ channel, ts: threadId ?? ts, limit: 1 }),
    );
    const [parent] = withFiles.parse(replies.messages ?? []);
    const ids = (parent?.files ?? []).map(({ id }) => id);
    for (const id of ids) noteFile(id, mention);
    if (ids.length > 0) return;
    await teller.whisper(
      { channel, user, threadId },
      'I see no recording here. Mention me in the message with the recording, or in its thread.',
    );
  }
}
