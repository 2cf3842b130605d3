/** Files: what they are, where they were shared, and uploads in three steps. */
import { Refusal } from './refusal.ts';
import type { Methods } from './web-api.ts';
import { BOT, type FakeFile, type Workspace } from './workspace.ts';

/** Slack tells of an upload a moment after it has said that it is done. */
const OWN_EVENT_DELAY_MS = 10;

export interface FileMethodsOptions {
  workspace: Workspace;
  baseUrl: () => string;
  /** Bolt's own filter does not know this event: a bot hears of its own uploads. */
  announce(channel: string, fileId: string): void;
}

export function fileMethods({ workspace, baseUrl, announce }: FileMethodsOptions): Methods {
  const { files, newId, nextTs } = workspace;
  const isVisible = ({ user, shares }: FakeFile) =>
    user === BOT ||
    Object.keys(shares).some(id => {
      const channel = workspace.channels.get(id);
      return channel && (channel.isMember || !channel.isPrivate);
    });
  return {
    'files.info': ({ file: id }) => {
      const file = workspace.fileOf(id);
      if (!isVisible(file)) throw new Refusal('file_not_found');
      return { file: describe(file, workspace, baseUrl()) };
    },
    'files.list': ({ channel, user, ts_from: from = 0, ts_to: to = 'now', count = 100, page = 1 }) => {
      if (channel !== undefined) workspace.assertMember(channel);
      const until = to === 'now' ? Number.POSITIVE_INFINITY : Number(to);
      const found = [...files.values()]
        .filter(file => (channel === undefined ? isVisible(file) : file.shares[String(channel)]))
        .filter(file => user === undefined || file.user === user)
        .filter(file => createdAt(file) >= Number(from) && createdAt(file) <= until)
        .toReversed();
      const [size, number] = [Number(count), Number(page)];
      return {
        files: found.slice((number - 1) * size, number * size).map(showFile),
        paging: { count: size, total: found.length, page: number, pages: Math.max(1, Math.ceil(found.length / size)) },
      };
    },
    'files.getUploadURLExternal': ({ filename, length }) => {
      if (!(Number(length) > 0) || !filename) throw new Refusal('invalid_arguments');
      const id = newId('F');
      files.set(id, {
        ...{ id, name: String(filename), user: BOT, content: Buffer.alloc(0), promisedBytes: Number(length) },
        ...{ mimetype: 'text/plain', mode: 'hosted', uploaded: false, shares: {}, timestamp: nowS() },
      });
      return { upload_url: `${baseUrl()}/upload/${id}`, file_id: id };
    },
    'files.completeUploadExternal': ({
      files: list,
      channel_id: channel,
      thread_ts: threadTs,
      initial_comment: text,
    }) => {
      const given = list as { id: string; title?: string }[];
      const ids = given.map(({ id }) => id);
      for (const id of ids) if (!workspace.fileOf(id).uploaded) throw new Refusal('invalid_arguments');
      for (const { id, title } of given) if (title !== undefined) workspace.fileOf(id).title = title;
      if (channel === undefined) return { files: ids.map(id => ({ id })) };
      const { id: where } = workspace.assertMember(channel, 'write');
      if (threadTs !== undefined) workspace.assertThread(where, threadTs);
      const [ts, thread] = [nextTs(), threadTs === undefined ? undefined : String(threadTs)];
      workspace.messages.push({
        ...{ ts, channel: where, threadTs: thread, user: BOT, text: String(text ?? '') },
        ...{ blocks: [], metadata: undefined, files: ids, edits: 0 },
      });
      for (const id of ids) workspace.share(workspace.fileOf(id), where, ts, thread);
      setTimeout(() => {
        for (const id of ids) announce(where, id);
      }, OWN_EVENT_DELAY_MS);
      return { files: given.map(({ id, title }) => ({ id, title })) };
    },
    'files.delete': ({ file: id }) => {
      if (workspace.fileOf(id).user !== BOT) throw new Refusal('cant_delete_file');
      workspace.removeFile(String(id));
      return {};
    },
  };
}

export const nowS = () => Math.floor(Date.now() / 1000);
const createdAt = ({ timestamp }: FakeFile) => timestamp ?? nowS();

function describe(file: FakeFile, workspace: Workspace, baseUrl: string): Record<string, unknown> {
  const { id, name, user, mimetype, mode, content, shares, title = name, durationMs, access = 'visible' } = file;
  const timestamp = createdAt(file);
  const areKnown = Date.now() >= (file.sharesKnownAtMs ?? 0);
  const isPrivate = (channel: string) => workspace.channels.get(channel)?.isPrivate ?? false;
  const places = areKnown ? Object.entries(shares) : [];
  return {
    ...{ id, name, title, user, mimetype, mode, timestamp, created: timestamp, size: content.length },
    ...{ filetype: name.split('.').at(-1), is_external: mode === 'external' },
    // what comes from another organisation shows itself to files.info alone
    file_access: access === STUB ? 'visible' : access,
    ...(durationMs !== undefined && { duration_ms: durationMs }),
    permalink: `https://fake.slack.com/files/${user}/${id}/${encodeURIComponent(name)}`,
    url_private: `${baseUrl}/files/${id}`,
    url_private_download: `${baseUrl}/files/${id}`,
    channels: places.map(([channel]) => channel).filter(channel => !isPrivate(channel)),
    groups: places.map(([channel]) => channel).filter(isPrivate),
    shares: {
      ...keepFilled('public', Object.fromEntries(places.filter(([channel]) => !isPrivate(channel)))),
      ...keepFilled('private', Object.fromEntries(places.filter(([channel]) => isPrivate(channel)))),
    },
  };
}

const keepFilled = (name: string, shares: object) => (Object.keys(shares).length > 0 ? { [name]: shares } : {});

const STUB = 'check_file_info';

/** As it stands in messages and lists. */
export function showFile({ id, name, mimetype, user, mode, title = name, access }: FakeFile): Record<string, unknown> {
  return access === STUB ? { id, mode: 'file_access', file_access: STUB } : { id, name, title, mimetype, user, mode };
}
