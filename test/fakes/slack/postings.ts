/** What people do with messages and files, and the events that Slack sends of it. */
import type { Delivery, Event } from './deliver.ts';
import { nowS, showFile } from './file-methods.ts';
import { ANNA, BOT, type FakeFile, type FakeMessage, type Workspace } from './workspace.ts';

export interface PostedFile {
  name: string;
  content: Buffer;
  mimetype?: string;
  mode?: string;
  user?: string;
  title?: string;
  durationMs?: number;
  /** `check_file_info` for a stub of Slack Connect. */
  access?: string;
}

export interface PostOptions {
  user?: string;
  text?: string;
  threadTs?: string;
  /** Also sends one `file_shared` per file. */
  announce?: boolean;
}

export interface MentionOptions {
  /** Of a message that is there; without it one is posted. */
  ts?: string;
  threadTs?: string;
  /** Ids. */
  files?: readonly string[];
  user?: string;
}

export interface Postings {
  /** A person posts a recording. @returns the ts of the message */
  post(channel: string, file: PostedFile, options?: Omit<PostOptions, 'announce'>): { fileId: string; ts: string };
  /** One message with several files. */
  postMany(
    channel: string,
    files: readonly PostedFile[],
    options?: PostOptions,
  ): Promise<{ fileIds: string[]; ts: string }>;
  /** A person writes something. @returns its ts */
  say(channel: string, text: string, options?: Omit<PostOptions, 'announce'>): string;
  fileShared(channel: string, fileId: string, user?: string): Promise<boolean>;
  /** A person mentions the bot. @returns the ts of the message */
  mention(channel: string, text: string, options?: MentionOptions): Promise<string>;
  /** A person opens the Home tab. */
  openHome(user?: string): Promise<boolean>;
  /** A person deletes a file everywhere. */
  deleteFile(fileId: string): Promise<boolean>;
  /** A person takes a file out of a channel. */
  unshareFile(fileId: string, channel: string, user?: string): Promise<boolean>;
  /** A person deletes a message: its thread can be written in no more. */
  deleteMessage(channel: string, ts: string): void;
}

export function createPostings(workspace: Workspace, delivery: Delivery): Postings {
  const { messages, files, nextTs, newId } = workspace;

  const write = (channel: string, ids: string[], { user = ANNA, text = '', threadTs }: PostOptions): FakeMessage => {
    const message: FakeMessage = {
      ...{ ts: nextTs(), channel, threadTs, user, text, files: ids, edits: 0 },
      ...{ blocks: [], metadata: undefined },
    };
    messages.push(message);
    return message;
  };
  const upload = (file: PostedFile, by: string | undefined): FakeFile => {
    const { name, content, mimetype = 'audio/webm', mode = 'hosted', user = by ?? ANNA, ...more } = file;
    const id = newId('F');
    const own = { id, name, user, mimetype, content, mode, uploaded: true, shares: {}, timestamp: nowS(), ...more };
    files.set(id, own);
    return own;
  };
  const postFiles = (channel: string, posted: readonly PostedFile[], options: PostOptions): FakeMessage => {
    const own = posted.map(file => upload(file, options.user));
    const user = options.user ?? own[0]?.user ?? ANNA;
    const ids = own.map(({ id }) => id);
    const message = write(channel, ids, { ...options, user });
    for (const file of own) workspace.share(file, channel, message.ts, message.threadTs);
    return message;
  };
  const fileShared: Postings['fileShared'] = (channel, fileId, user = ANNA) =>
    delivery.emit(fileSharedEvent(channel, fileId, user, nextTs()));

  return {
    post(channel, file, options = {}) {
      const { ts, files: ids } = postFiles(channel, [file], options);
      return { fileId: ids[0] ?? '', ts };
    },
    async postMany(channel, posted, options = {}) {
      const { ts, files: ids, user } = postFiles(channel, posted, options);
      if (options.announce) await Promise.all(ids.map(id => fileShared(channel, id, user)));
      return { fileIds: ids, ts };
    },
    say: (channel, text, options = {}) => write(channel, [], { ...options, text }).ts,
    fileShared,
    async mention(channel, text, { ts, threadTs, files: ids = [], user = ANNA } = {}) {
      const full = text.includes(`<@${BOT}>`) ? text : `<@${BOT}> ${text}`.trim();
      const place = threadTs === undefined ? {} : { threadTs };
      const own = ts ?? write(channel, [...ids], { user, text: full, ...place }).ts;
      const shown = ids.map(id => showFile(workspace.fileOf(id)));
      await delivery.emit({
        ...{ type: 'app_mention', channel, user, ts: own, text: full, event_ts: own },
        ...(threadTs !== undefined && { thread_ts: threadTs }),
        ...(shown.length > 0 && { files: shown }),
      });
      return own;
    },
    openHome: (user = ANNA) =>
      delivery.emit({
        ...{ type: 'app_home_opened', user, tab: 'home', event_ts: nextTs() },
        channel: workspace.openDirect(user).id,
      }),
    deleteFile(fileId) {
      const channels = Object.keys(workspace.fileOf(fileId).shares);
      workspace.removeFile(fileId);
      return delivery.emit({ type: 'file_deleted', file_id: fileId, channel_ids: channels, event_ts: nextTs() });
    },
    unshareFile(fileId, channel, user = ANNA) {
      delete workspace.fileOf(fileId).shares[channel];
      for (const message of messages.filter(one => one.channel === channel))
        message.files = message.files.filter(id => id !== fileId);
      const event = { type: 'file_unshared', file_id: fileId, file: { id: fileId }, user_id: user };
      return delivery.emit({ ...event, channel_id: channel, event_ts: nextTs() });
    },
    deleteMessage(channel, ts) {
      messages.splice(messages.indexOf(workspace.messageOf(channel, ts)), 1);
    },
  };
}

export function fileSharedEvent(channel: string, fileId: string, user: string, ts: string): Event {
  const file = { file_id: fileId, file: { id: fileId } };
  return { type: 'file_shared', ...file, channel_id: channel, user_id: user, event_ts: ts };
}
