/** Files in Slack: uploaded one by one, shown all in one message, replaced as one. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Pace } from '../pace.ts';
import { postOnce } from '../post-once.ts';
import { isSlackError, persistReading, type Slack } from './call-slack.ts';
import type { Place } from './messenger.ts';

export interface SlackFiles {
  /** Brings one file to Slack; nobody sees it before it is shared. @returns its id */
  upload(meeting: Meeting, kind: string, place: Place, file: { name: string; content: Buffer }): Promise<string>;
  /** All in one message, in that order. */
  share(meeting: Meeting, kind: string, place: Place, files: readonly SharedFile[]): Promise<string>;
  /** Fine when it is gone. */
  delete(file: string): Promise<void>;
}

export interface SharedFile {
  id: string;
  title: string;
}

const UPLOAD_MS = 60_000;
/** Between looks whether Slack shows what it has taken, and how often. */
const LOOK_MS = 1_000;
const SHARE_LOOKS = 5;

const sharesSchema = z.looseObject({
  public: z.record(z.string(), z.unknown()).optional(),
  private: z.record(z.string(), z.unknown()).optional(),
});

/** @param posts what is shown is a message of its channel */
export function createSlackFiles(slack: Slack, store: Store, posts: Pace): SlackFiles {
  const targetOf = ({ channel, threadTs }: Place) => `${channel}:${threadTs ?? ''}`;

  const isShared = async (fileId: string, channel: string): Promise<boolean> => {
    const answer = await slack.call('files.info', client => client.files.info({ file: fileId }));
    const { public: open, private: closed } = sharesSchema.parse(answer.file?.shares ?? {});
    return Boolean(open?.[channel] ?? closed?.[channel]);
  };

  return {
    upload: (meeting, kind, place, { name, content }) =>
      postOnce(store, meeting, targetOf(place), {
        kind,
        async send() {
          const answer = await slack.call('files.getUploadURLExternal', client =>
            client.files.getUploadURLExternal({ filename: name, length: content.length }),
          );
          await sendTo(z.string().parse(answer.upload_url), name, content);
          return z.string().parse(answer.file_id);
        },
        find: async () => undefined, // half an upload is no use
      }),

    share(meeting, kind, place, files) {
      const [first, ...rest] = files;
      const externalId = files.map(({ id }) => id).join(',');
      const { channel, threadTs } = place;
      return postOnce(store, meeting, targetOf(place), {
        kind,
        async send() {
          if (!first) return externalId;
          const destination =
            threadTs === undefined ? { channel_id: channel } : { channel_id: channel, thread_ts: threadTs };
          await slack.call('files.completeUploadExternal', async client => {
            await posts.keepApart(channel);
            await client.files.completeUploadExternal({ files: [first, ...rest], ...destination });
          });
          return externalId;
        },
        async find() {
          if (!first) return undefined;
          // what Slack has taken may show only after a while
          for (let looks = 0; looks < SHARE_LOOKS; looks++) {
            if (looks > 0) await delay(LOOK_MS);
            if (await persistReading(() => isShared(first.id, channel))) return externalId;
          }
          return undefined;
        },
      });
    },

    async delete(file) {
      await slack
        .call('files.delete', client => client.files.delete({ file }))
        .catch(error => {
          if (!isSlackError(error, 'file_not_found') && !isSlackError(error, 'file_deleted')) throw error;
        });
    },
  };
}

/** The address carries its own rights: no token goes there. */
async function sendTo(url: string, name: string, content: Buffer): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(content),
    headers: { 'content-type': 'application/octet-stream' },
    signal: AbortSignal.timeout(UPLOAD_MS),
    redirect: 'error',
  }).catch(cause => {
    throw new HansardError('platform_unavailable', `upload of ${name}: ${String(cause)}`, { cause });
  });
  if (!response.ok) throw new HansardError('platform_unavailable', `upload of ${name}: HTTP ${response.status}`);
}
