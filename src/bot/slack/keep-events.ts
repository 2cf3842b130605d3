/** The durable write of each event that asks for work; everything else about it comes later. */
import { z } from 'zod';
import type { Inbox } from '../inbox.ts';
import { FILE_TOPIC, GONE_TOPIC, type Intake, SAMPLE_TOPIC, type Sighting } from './intake.ts';
import { MENTION_TOPIC, type Mention } from './mentions.ts';

const envelope = z.looseObject({
  type: z.literal('event_callback'),
  event_id: z.string(),
  team_id: z.string().nullish(),
  /** In shared channels and in organisations: the workspace that it is about. */
  context_team_id: z.string().nullish(),
  event: z.looseObject({ type: z.string() }),
});

const files = z.array(z.looseObject({ id: z.string() })).catch([]);
const fileShared = z.looseObject({ file_id: z.string(), channel_id: z.string(), user_id: z.string() });
const fileDeleted = z.looseObject({ file_id: z.string() });
const fileUnshared = z.looseObject({ file_id: z.string(), channel_id: z.string().optional() });
const mentionEvent = z.looseObject({
  channel: z.string(),
  user: z.string().optional(),
  ts: z.string(),
  thread_ts: z.string().optional(),
  text: z.string().catch(''),
  files: files.optional(),
});

export interface EventKeeper {
  /** @throws HansardError when it cannot be written: Slack then sends it again */
  keep(body: Record<string, unknown>): void;
  /** Notes a file that somebody wants, by whatever it was asked. */
  noteFile(seen: Sighting, event: string): void;
}

export function createEventKeeper({
  inbox,
  intake,
  team,
  awaitsSample,
}: {
  inbox: Inbox;
  intake: Intake;
  team: string;
  /** Whether somebody is to post a sample of their voice. */
  awaitsSample(user: string): boolean;
}): EventKeeper {
  const noteFile: EventKeeper['noteFile'] = (seen, event) => {
    if (intake.isWanted(seen)) inbox.put(FILE_TOPIC, seen, `${event}:${seen.fileId}`);
  };
  const keepMention = (event: unknown, teamId: string, eventId: string) => {
    const { channel, user = '', ts, thread_ts: threadId, text, files: own = [] } = mentionEvent.parse(event);
    for (const { id: fileId } of own)
      noteFile({ team: teamId, channel, user, fileId, asked: true }, `${channel}:${ts}`);
    if (own.length > 0) return;
    const mention: Mention = {
      ...{ team: teamId, channel, user, ts, asked: true },
      ...(threadId !== undefined && { threadId }),
      text: text.replace(/<@[^>]+>/g, ' ').trim(),
    };
    inbox.put(MENTION_TOPIC, mention, eventId);
  };
  return {
    noteFile,
    keep(body) {
      const parsed = envelope.safeParse(body);
      if (!parsed.success) return;
      const { event, event_id: eventId, context_team_id: contextTeam, team_id: teamId } = parsed.data;
      const own = contextTeam ?? teamId ?? team;
      switch (event.type) {
        case 'file_shared': {
          const { file_id: fileId, channel_id: channel, user_id: user } = fileShared.parse(event);
          // a direct message is between them and us
          if (channel.startsWith('D') && awaitsSample(user))
            return inbox.put(SAMPLE_TOPIC, { team: own, channel, user, fileId, asked: true }, `${eventId}:${fileId}`);
          return noteFile({ team: own, channel, user, fileId, asked: false }, eventId);
        }
        case 'app_mention':
          return keepMention(event, own, eventId);
        case 'file_deleted':
          return inbox.put(GONE_TOPIC, { fileId: fileDeleted.parse(event).file_id }, eventId);
        case 'file_unshared': {
          const { file_id: fileId, channel_id: channel } = fileUnshared.parse(event);
          return inbox.put(GONE_TOPIC, { fileId, ...(channel !== undefined && { channel }) }, eventId);
        }
      }
    },
  };
}
