/** What Slack shows of a meeting: one placeholder in the thread of the recording, which becomes the summary; notes; files. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Platform } from '../../pipeline/deliver-handler.ts';
import { metaFileSchema, transcriptFileSchema } from '../../pipeline/files.ts';
import { describeMeeting } from '../../pipeline/orchestration/describe-meeting.ts';
import { createTurns } from '../../pipeline/orchestration/turns.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import { throttle } from '../../pipeline/queue/worker-log.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { summarySchema } from '../../pipeline/summary.ts';
import type { SlackMessage } from './blocks.ts';
import { isSlackError, persist, type Slack } from './call-slack.ts';
import { EDIT_INTERVAL_MS, EDITS, POSTS } from './limits.ts';
import { createPace } from './pace.ts';
import { postOnce } from './post-once.ts';
import { presentNotes, presentSummary } from './present-minutes.ts';
import { presentProgress } from './present-progress.ts';

/** What is kept of a recording in Slack. */
export const slackSource = z.looseObject({
  kind: z.literal('slack'),
  fileId: z.string(),
  channel: z.string(),
  /** Of the message with the recording: the parent of our thread. */
  threadTs: z.string(),
  name: z.string(),
});

export interface SlackPlatform extends Platform {
  /** Posts placeholders and keeps them up to date, until `stop`. */
  start(): void;
  stop(): Promise<void>;
}

/** Read first, and useful elsewhere; the JSON files come last. */
const POSTED_FILES = [
  'minutes.html',
  'summary.md',
  'transcript.md',
  'transcript.vtt',
  'transcript.srt',
  'actions.csv',
  'actions.ics',
  'summary.json',
  'transcript.json',
];
const LOOK_MS = 500;
const METADATA_TYPE = 'hansard_job';
const UPLOAD_MS = 60_000;
/** Between looks whether Slack shows what it has taken, and how often. */
const FILE_LOOK_MS = 1_000;
const SHARE_LOOKS = 5;
/** How many that ended badly are looked at; they are told once each. */
const RECENT = 50;
const CONTENT_TYPE = 'application/octet-stream';

const sharesSchema = z.looseObject({
  public: z.record(z.string(), z.unknown()).optional(),
  private: z.record(z.string(), z.unknown()).optional(),
});

const postedMessage = z.looseObject({
  ts: z.string(),
  metadata: z
    .looseObject({
      event_type: z.string().optional(),
      event_payload: z.looseObject({ j: z.string().optional() }).optional(),
    })
    .optional(),
});

export function createSlackPlatform({
  slack,
  store,
  queue,
  logger,
}: {
  slack: Slack;
  store: Store;
  queue: JobQueue;
  logger: Logger;
}): SlackPlatform {
  /** An edit of the progress must not overtake the summary. */
  const inTurn = createTurns();
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.warn({ err, suppressed }, `${what}; it is tried again`),
  );
  const posts = createPace(POSTS);
  const edits = createPace(EDITS);
  const shown = new Map<string, { content: string; atMs: number }>();

  const placeOf = (meeting: Meeting) => {
    const { channel, threadTs } = slackSource.parse(meeting.source);
    return { channel, threadTs, target: `${channel}:${threadTs}` };
  };

  /** One message in the thread. @returns its ts */
  const post = (meeting: Meeting, kind: string, { text, blocks }: SlackMessage): Promise<string> => {
    const { channel, threadTs, target } = placeOf(meeting);
    return postOnce(store, meeting, target, {
      kind,
      async send({ id }) {
        await posts.take(channel);
        const answer = await slack.call('chat.postMessage', client =>
          client.chat.postMessage({
            ...{ channel, thread_ts: threadTs, text, blocks },
            ...{ unfurl_links: false, unfurl_media: false, link_names: false, parse: 'none' },
            // any member can read it: nothing but an id
            metadata: { event_type: METADATA_TYPE, event_payload: { j: id } },
          }),
        );
        return z.string().parse(answer.ts);
      },
      async find({ id, createdAt }) {
        const oldest = String(Math.floor(Date.parse(createdAt) / 1000) - 60);
        const answer = await slack.call('conversations.replies', client =>
          client.conversations.replies({ channel, ts: threadTs, oldest, include_all_metadata: true, limit: 200 }),
        );
        const messages = z.array(postedMessage).parse(answer.messages ?? []);
        return messages.find(({ metadata }) => metadata?.event_payload?.j === id)?.ts;
      },
    });
  };

  const update = async (meeting: Meeting, ts: string, { text, blocks }: SlackMessage) => {
    const { channel } = placeOf(meeting);
    await slack.call('chat.update', client =>
      client.chat.update({ channel, ts, text, blocks, parse: 'none', link_names: false }),
    );
  };

  const placeholderOf = async (meeting: Meeting): Promise<string> => {
    const known = store.deliveries.of(meeting.id).find(({ kind }) => kind === 'placeholder');
    if (known?.state === 'delivered' && known.externalId) return known.externalId;
    return await post(meeting, 'placeholder', presentProgress(await describeMeeting(meeting, store, queue)));
  };

  /** Brings one file to Slack; nobody sees it before it is shared. @returns its id */
  const uploadFile = (meeting: Meeting, kind: string, name: string, text: string): Promise<string> =>
    postOnce(store, meeting, placeOf(meeting).target, {
      kind,
      async send() {
        const content = Buffer.from(text);
        const answer = await slack.call('files.getUploadURLExternal', client =>
          client.files.getUploadURLExternal({ filename: name, length: content.length }),
        );
        await upload(z.string().parse(answer.upload_url), name, content);
        return z.string().parse(answer.file_id);
      },
      find: async () => undefined, // half an upload is no use
    });

  const isShared = async (fileId: string, channel: string): Promise<boolean> => {
    const answer = await slack.call('files.info', client => client.files.info({ file: fileId }));
    const { public: open, private: closed } = sharesSchema.parse(answer.file?.shares ?? {});
    return Boolean(open?.[channel] ?? closed?.[channel]);
  };

  /** All in one message. */
  const shareFiles = (
    meeting: Meeting,
    kind: string,
    files: readonly { id: string; title: string }[],
  ): Promise<string> => {
    const { channel, threadTs, target } = placeOf(meeting);
    const [first, ...rest] = files;
    const externalId = files.map(({ id }) => id).join(',');
    return postOnce(store, meeting, target, {
      kind,
      async send() {
        if (first)
          await slack.call('files.completeUploadExternal', client =>
            client.files.completeUploadExternal({ files: [first, ...rest], channel_id: channel, thread_ts: threadTs }),
          );
        return externalId;
      },
      async find() {
        if (!first) return undefined;
        // what Slack has taken may show only after a while
        for (let looks = 0; looks < SHARE_LOOKS; looks++) {
          if (looks > 0) await delay(FILE_LOOK_MS);
          if (await isShared(first.id, channel)) return externalId;
        }
        return undefined;
      },
    });
  };

  const announce: Platform['announce'] = (meeting, files, context) =>
    inTurn(meeting.id, async () => {
      const read = <T>(name: string, schema: z.ZodType<T>): T => schema.parse(JSON.parse(files.get(name) ?? 'null'));
      const posted = {
        meetingId: meeting.id,
        summary: read('summary.json', summarySchema),
        transcript: read('transcript.json', transcriptFileSchema),
        meta: read('meta.json', metaFileSchema),
      };
      const { signal } = context;
      const placeholder = await persist(signal, () => placeholderOf(meeting));
      await context.confirm();
      await persist(signal, () => update(meeting, placeholder, presentSummary(posted)));
      for (const [i, one] of presentNotes(posted).entries()) {
        await context.confirm();
        await persist(signal, () => showNotes(meeting, `notes:${i}`, one));
      }
      // files that were made again are other files
      const round = posted.meta.processedAt;
      const shared: { id: string; title: string }[] = [];
      for (const title of POSTED_FILES) {
        const content = files.get(title);
        if (content === undefined) continue;
        await context.confirm();
        const id = await persist(signal, () => uploadFile(meeting, `upload:${round}:${title}`, title, content));
        shared.push({ id, title });
      }
      await context.confirm();
      await persist(signal, () => shareFiles(meeting, `files:${round}`, shared));
      await persist(signal, () => removeOlder(meeting, round));
      shown.delete(meeting.id);
    });

  /** After a re-run they are edited in place. */
  const showNotes = async (meeting: Meeting, kind: string, notes: SlackMessage): Promise<void> => {
    const before = store.deliveries.of(meeting.id).find(delivery => delivery.kind === kind);
    if (before?.state === 'delivered' && before.externalId) await update(meeting, before.externalId, notes);
    else await post(meeting, kind, notes);
  };

  /** After a re-run: the files of the run before. */
  const removeOlder = async (meeting: Meeting, round: string) => {
    for (const { id, kind, externalId } of store.deliveries.of(meeting.id)) {
      if (!/^(files|upload):/.test(kind) || kind.includes(round)) continue;
      if (kind.startsWith('files:'))
        for (const file of externalId?.split(',').filter(Boolean) ?? []) await deleteFile(file);
      store.deliveries.drop(id);
    }
  };

  const deleteFile = async (file: string) => {
    await slack
      .call('files.delete', client => client.files.delete({ file }))
      .catch(error => {
        if (!isSlackError(error, 'file_not_found') && !isSlackError(error, 'file_deleted')) throw error;
      });
  };

  const retract: Platform['retract'] = meeting =>
    inTurn(meeting.id, async () => {
      if (meeting.platform !== SLACK_PLATFORM) return;
      const { channel } = placeOf(meeting);
      for (const { kind, externalId } of store.deliveries.of(meeting.id)) {
        if (!externalId) continue;
        if (kind.startsWith('files:')) for (const file of externalId.split(',')) await deleteFile(file);
        else if (kind === 'placeholder' || kind.startsWith('notes:'))
          await slack
            .call('chat.delete', client => client.chat.delete({ channel, ts: externalId }))
            .catch(error => {
              if (!isSlackError(error, 'message_not_found')) throw error;
            });
      }
    });

  /** Placeholder and progress of one that is worked on. */
  const showProgress = (id: string) =>
    inTurn(id, async () => {
      const meeting = store.meetings.find(id);
      if (!meeting || meeting.state === 'done' || meeting.state === 'delivering') return;
      const placeholder = await placeholderOf(meeting);
      const last = shown.get(id);
      if (last && Date.now() - last.atMs < EDIT_INTERVAL_MS) return;
      const message = presentProgress(await describeMeeting(meeting, store, queue));
      const content = JSON.stringify(message);
      if (last?.content === content) return;
      if (last && !edits.tryTake(meeting.platform)) return; // states in between may be left out
      shown.set(id, { content, atMs: Date.now() });
      // the placeholder was posted with the first state
      if (last || meeting.state !== 'accepted') await update(meeting, placeholder, message);
    });

  /** That it failed or was cancelled is told once, also after a restart. */
  const showEnd = (meeting: Meeting) =>
    inTurn(meeting.id, async () => {
      const { target } = placeOf(meeting);
      const placeholder = await placeholderOf(meeting);
      const message = presentProgress(await describeMeeting(meeting, store, queue));
      const send = async () => {
        await update(meeting, placeholder, message);
        return placeholder;
      };
      await postOnce(store, meeting, target, { kind: `end:${meeting.finishedAt}`, send, find: async () => undefined });
      shown.delete(meeting.id);
    });

  const isTold = (meeting: Meeting) =>
    store.deliveries
      .of(meeting.id)
      .some(({ kind, state }) => kind === `end:${meeting.finishedAt}` && (state === 'delivered' || state === 'failed'));

  async function look(): Promise<void> {
    const isOurs = ({ platform }: Meeting) => platform === SLACK_PLATFORM;
    const tried = (work: Promise<void>) => work.catch(error => complain('Slack could not be told', error));
    await Promise.all(
      store.meetings
        .unfinished()
        .filter(isOurs)
        .map(({ id }) => tried(showProgress(id))),
    );
    const ended = store.meetings.list({ states: ['failed', 'cancelled'], limit: RECENT }).filter(isOurs);
    await Promise.all(ended.filter(meeting => !isTold(meeting)).map(meeting => tried(showEnd(meeting))));
  }

  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  return {
    announce,
    retract,
    start() {
      timer = setInterval(() => {
        looking ??= look()
          .catch(error => complain('looking for what Slack should show did not work', error))
          .finally(() => {
            looking = undefined;
          });
      }, LOOK_MS);
    },
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** The address carries its own rights: no token goes there. */
async function upload(url: string, name: string, content: Buffer): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(content),
    headers: { 'content-type': CONTENT_TYPE },
    signal: AbortSignal.timeout(UPLOAD_MS),
    redirect: 'error',
  }).catch(cause => {
    throw new HansardError('platform_unavailable', `upload of ${name}: ${String(cause)}`, { cause });
  });
  if (!response.ok) throw new HansardError('platform_unavailable', `upload of ${name}: HTTP ${response.status}`);
}
