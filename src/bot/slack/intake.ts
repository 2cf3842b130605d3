/**
 * From something that happened in Slack to a meeting: first one durable write, which is all that is done before Slack has its
 * answer; then the file is looked at and the meeting accepted. The same file in the same channel is the same meeting.
 */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { AUTO_SETTING } from '../../pipeline/known-settings.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import { backoffMs } from '../../pipeline/queue/backoff.ts';
import { PRIORITIES } from '../../pipeline/queue/job-type.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Slack } from './call-slack.ts';

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

const TOPIC = 'slack.file';
const HOLD_MS = 60_000;
/** Per channel; more would not be posted while a bot starts anew. */
const MOST_MISSED = 100;
/** Slack tells where a file was shared only a moment after it tells of the file. */
const MOST_LOOKS = 8;
const FIRST_LOOK_AGAIN_MS = 500;

const fileSchema = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  mimetype: z.string().nullish(),
  filetype: z.string().nullish(),
  mode: z.string().nullish(),
  size: z.number().nullish(),
  user: z.string().nullish(),
  bot_id: z.string().nullish(),
  shares: z
    .looseObject({
      public: z.record(z.string(), z.array(shareSchema())).nullish(),
      private: z.record(z.string(), z.array(shareSchema())).nullish(),
    })
    .nullish(),
});

function shareSchema() {
  return z.looseObject({ ts: z.string(), thread_ts: z.string().nullish() });
}

export interface IntakeOptions {
  slack: Slack;
  store: Store;
  logger: Logger;
  botUserId: string;
  team: string;
  autoProcess: 'off' | 'opt-in' | 'all';
  maxBytes: number;
  options: RecordingOptions;
  /** Says one short sentence to one person. */
  tell(sighting: Sighting, sentence: string): Promise<void>;
}

export interface Intake {
  /** The durable write. */
  note(seen: Sighting): void;
  /** Works off what was noted. */
  work(): Promise<void>;
  /** Notes what was posted since then in channels whose recordings are taken by themselves: we may not have heard of it. */
  catchUp(sinceMs: number): Promise<void>;
}

export function createIntake(options: IntakeOptions): Intake {
  const { slack, store, logger, botUserId, autoProcess } = options;

  const isWanted = ({ asked, channel }: Sighting): boolean => {
    if (asked || autoProcess === 'all') return true;
    return (
      autoProcess === 'opt-in' &&
      (store.settings.find(`${SLACK_PLATFORM}:${channel}`, AUTO_SETTING, z.boolean()) ?? false)
    );
  };

  async function take(seen: Sighting): Promise<'taken' | 'left' | 'not shared yet'> {
    const answer = await slack.call('files.info', client => client.files.info({ file: seen.fileId }));
    const file = fileSchema.parse(answer.file);
    // Bolt's own filter does not know these events: our uploads would come back to us
    if (file.user === botUserId) return 'left';
    const refusal = refuse(file, options.maxBytes);
    if (refusal) {
      if (seen.asked) await options.tell(seen, refusal);
      return 'left';
    }
    const [share] = file.shares?.public?.[seen.channel] ?? file.shares?.private?.[seen.channel] ?? [];
    if (!share) return 'not shared yet';
    const name = file.name ?? file.title ?? 'recording';
    const { meeting, created } = store.meetings.accept(
      {
        origin: `${SLACK_PLATFORM}:${seen.team}:${seen.channel}:${file.id}`,
        title: name,
        platform: SLACK_PLATFORM,
        channel: seen.channel,
        owner: `${SLACK_PLATFORM}:${seen.user}`,
        source: { kind: 'slack', fileId: file.id, channel: seen.channel, threadTs: share.thread_ts ?? share.ts, name },
        options: {
          ...JSON.parse(JSON.stringify(options.options)),
          priority: seen.asked ? PRIORITIES.interactive : PRIORITIES.automatic,
        },
      },
      `${SLACK_PLATFORM}:${seen.user}`,
    );
    logger.info({ meetingId: meeting.id, created, asked: seen.asked }, 'recording in Slack');
    return 'taken';
  }

  return {
    note: seen => {
      if (seen.user !== botUserId && isWanted(seen)) store.outbox.put({ topic: TOPIC, payload: seen });
    },
    async catchUp(sinceMs) {
      for (const scope of store.settings.scopesWith(AUTO_SETTING, true)) {
        const channel = scope.slice(`${SLACK_PLATFORM}:`.length);
        const answer = await slack.call('files.list', client =>
          client.files.list({ channel, ts_from: String(Math.floor(sinceMs / 1000)), count: MOST_MISSED }),
        );
        const posted = z.array(z.looseObject({ id: z.string(), user: z.string().nullish() })).parse(answer.files ?? []);
        for (const { id: fileId, user } of posted)
          this.note({ team: options.team, channel, user: user ?? '', fileId, asked: false });
        if (posted.length > 0)
          logger.info({ channel, files: posted.length }, 'looked for what was posted while Slack was away');
      }
    },
    async work() {
      for (const { id, payload, attempts } of store.outbox.take([TOPIC], 20, HOLD_MS)) {
        const seen = sighting.parse(payload);
        const later = () =>
          store.outbox.postpone(id, new Date(Date.now() + backoffMs(FIRST_LOOK_AGAIN_MS, attempts)).toISOString());
        try {
          const outcome = await take(seen);
          if (outcome !== 'not shared yet') store.outbox.done(id);
          else if (attempts < MOST_LOOKS) later();
          else {
            store.outbox.done(id);
            if (seen.asked) await options.tell(seen, 'I cannot see where that recording was posted. Post it again.');
          }
        } catch (error) {
          if (!(error instanceof HansardError)) throw error;
          logger.warn({ code: error.code, detail: error.detail }, 'a recording in Slack could not be taken');
          if (error.retryable) later();
          else {
            store.outbox.done(id);
            if (seen.asked) await options.tell(seen, error.userMessage).catch(() => {});
          }
        }
      }
    },
  };
}

/** Why not, in one sentence for people. */
function refuse(
  { mimetype, filetype, mode, size, name }: z.infer<typeof fileSchema>,
  maxBytes: number,
): string | undefined {
  if (mode === 'tombstone') return 'That file was deleted.';
  if (mode === 'hidden_by_limit') return 'Slack hides that file, since the workspace is over its limit. Post it again.';
  if (mode === 'external') return 'That file lies outside Slack. Post the recording itself.';
  const kind = mimetype ?? '';
  const isMedia =
    /^(audio|video)\//.test(kind) || /^(mp3|m4a|mp4|mov|webm|ogg|opus|wav|flac|aac|mkv)$/.test(filetype ?? '');
  if (!isMedia) return `“${name ?? 'That file'}” is neither audio nor video.`;
  if (size === 0) return 'That file is empty. Post the recording again.';
  if ((size ?? 0) > maxBytes) return new HansardError('too_large', '').userMessage;
  return undefined;
}
