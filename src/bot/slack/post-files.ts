/** Files in Slack: uploaded one by one, shown all in one message, replaced as one. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { ChatFiles, PostedFile } from '../chat.ts';
import { type Place, targetOf } from '../chat-place.ts';
import type { Pace } from '../pace.ts';
import { persist, persistReading } from '../persist.ts';
import { postOnce } from '../post-once.ts';
import { isSlackError, type Slack } from './call-slack.ts';

const UPLOAD_MS = 60_000;
/** Between looks whether Slack shows what it has taken, and how often. */
const LOOK_MS = 1_000;
const SHARE_LOOKS = 5;

/** Kinds of the deliveries of single files. */
const UPLOAD_KINDS = { files: 'upload', clips: 'clip' } as const;

const sharesSchema = z.looseObject({
  public: z.record(z.string(), z.unknown()).optional(),
  private: z.record(z.string(), z.unknown()).optional(),
});

/** @param posts what is shown is a message of its channel */
export function createSlackFiles(slack: Slack, store: Store, posts: Pace): ChatFiles {
  const isShared = async (fileId: string, channel: string): Promise<boolean> => {
    const answer = await slack.call('files.info', client => client.files.info({ file: fileId }));
    const { public: open, private: closed } = sharesSchema.parse(answer.file?.shares ?? {});
    return Boolean(open?.[channel] ?? closed?.[channel]);
  };

  const upload = (meeting: Meeting, kind: string, place: Place, file: PostedFile) =>
    postOnce(store, meeting, targetOf(place), {
      kind,
      send: () => uploadFile(slack, file),
      find: async () => undefined, // half an upload is no use
    });

  /** All in one message, in that order. */
  const share = (meeting: Meeting, kind: string, place: Place, files: readonly { id: string; title: string }[]) => {
    const [first, ...rest] = files;
    const externalId = files.map(({ id }) => id).join(',');
    const { channel, threadId } = place;
    return postOnce(store, meeting, targetOf(place), {
      kind,
      async send() {
        if (!first) return externalId;
        const destination =
          threadId === undefined ? { channel_id: channel } : { channel_id: channel, thread_ts: threadId };
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
  };

  return {
    async post(meeting, group, round, place, files, { signal, confirm }) {
      const shared: { id: string; title: string }[] = [];
      for (const file of files) {
        await confirm();
        const kind = `${UPLOAD_KINDS[group]}:${round}:${file.name}`;
        shared.push({ id: await persist(signal, () => upload(meeting, kind, place, file)), title: file.name });
      }
      await confirm();
      const kind = `${group}:${round}`;
      const isThere = store.deliveries.of(meeting.id).some(one => one.kind === kind && one.state === 'delivered');
      if (isThere) return;
      await persist(signal, async () => {
        await posts.take(place.channel);
        await share(meeting, kind, place, shared);
      });
    },

    async delete({ kind, externalId }) {
      if (!/^(files|clips):/.test(kind)) return;
      for (const file of externalId?.split(',').filter(Boolean) ?? [])
        await slack
          .call('files.delete', client => client.files.delete({ file }))
          .catch(error => {
            if (!isSlackError(error, 'file_not_found') && !isSlackError(error, 'file_deleted')) throw error;
          });
    },
  };
}

/** Nobody sees it before it is shared. @returns its id. @throws HansardError `platform_unavailable` … */
export async function uploadFile(slack: Slack, { name, content }: PostedFile): Promise<string> {
  const answer = await slack.call('files.getUploadURLExternal', client =>
    client.files.getUploadURLExternal({ filename: name, length: content.length }),
  );
  await sendTo(z.string().parse(answer.upload_url), name, content);
  return z.string().parse(answer.file_id);
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
