/** What a workspace consists of: channels, people, messages, files. Everybody else here reads it and changes it. */
import { Refusal } from './refusal.ts';

export const TOKENS = { bot: 'xoxb-fake-bot-token', app: 'xapp-fake-app-token' };
export const BOT = 'UBOT';
export const TEAM = 'T1';
export const APP = 'A1';
/** Whoever a test does not name. */
export const ANNA = 'U1';

export interface FakeMessage {
  ts: string;
  channel: string;
  threadTs: string | undefined;
  user: string;
  text: string;
  blocks: unknown[];
  metadata: { event_type?: string; event_payload?: { j?: string } } | undefined;
  files: string[];
  /** How often it was edited. */
  edits: number;
  /** Files that it had and that were deleted. */
  tombstones?: string[];
}

export interface FakeFile {
  id: string;
  name: string;
  user: string;
  mimetype: string;
  content: Buffer;
  mode: string;
  uploaded: boolean;
  /** Channel → messages that show it. */
  shares: Record<string, { ts: string; thread_ts?: string }[]>;
  title?: string;
  /** Unix seconds. */
  timestamp?: number;
  durationMs?: number;
  /** `check_file_info` for a stub of Slack Connect. */
  access?: string;
  /** What an upload promised. */
  promisedBytes?: number;
  /** From then on `files.info` tells where it was shared. */
  sharesKnownAtMs?: number;
}

export interface FakeChannel {
  id: string;
  name: string;
  creator: string | undefined;
  /** Whether the bot is in it. */
  isMember: boolean;
  isArchived: boolean;
  isPrivate: boolean;
  /** Undefined: everybody. */
  members: string[] | undefined;
}

export interface Whisper {
  channel: string;
  user: string;
  text: string;
  blocks?: unknown;
  ts: string;
  threadTs?: string;
}

export interface Workspace {
  messages: FakeMessage[];
  files: Map<string, FakeFile>;
  deletedFiles: Set<string>;
  whispers: Whisper[];
  channels: Map<string, FakeChannel>;
  people: Map<string, Record<string, unknown>>;
  creators: Map<string, string>;
  addChannel(channel: string, isMember?: boolean, more?: Partial<FakeChannel>): void;
  /** A new one each time, later than all before. */
  nextTs(): string;
  newId(letter: string): string;
  /** @throws Refusal `channel_not_found` */
  channelOf(id: unknown): FakeChannel;
  /** Where the bot is and may write. @throws Refusal `not_in_channel`, `is_archived` … */
  assertMember(id: unknown, wants?: 'read' | 'write'): FakeChannel;
  /** @throws Refusal `message_not_found` */
  messageOf(channel: unknown, ts: unknown): FakeMessage;
  /** @throws Refusal `thread_not_found` */
  assertThread(channel: unknown, threadTs: unknown): void;
  /** @throws Refusal `file_not_found`, `file_deleted` */
  fileOf(id: unknown): FakeFile;
  isIn(channel: FakeChannel, user: string): boolean;
  /** The direct message with somebody. */
  openDirect(user: string): FakeChannel;
  removeFile(id: string): void;
  share(file: FakeFile, channel: string, ts: string, threadTs: string | undefined): void;
}

export function createWorkspace(sharesDelayMs: () => number): Workspace {
  const messages: FakeMessage[] = [];
  const files = new Map<string, FakeFile>();
  const deletedFiles = new Set<string>();
  const channels = new Map<string, FakeChannel>();
  let counter = 0;
  const addChannel: Workspace['addChannel'] = (id, isMember = true, more = {}) => {
    const isPrivate = /^[GD]/.test(id);
    const rest = { name: id.toLowerCase(), creator: undefined, isArchived: false, members: undefined };
    channels.set(id, { id, isMember, isPrivate, ...rest, ...more });
  };
  const channelOf: Workspace['channelOf'] = id => {
    const channel = channels.get(String(id));
    if (!channel) throw new Refusal('channel_not_found');
    return channel;
  };
  return {
    ...{ messages, files, deletedFiles, channels, addChannel, channelOf },
    ...{ whispers: [], people: new Map(), creators: new Map() },
    nextTs: () => `${Math.floor(Date.now() / 1000)}.${String(++counter).padStart(6, '0')}`,
    newId: letter => `${letter}${String(++counter).padStart(8, '0')}`,
    assertMember(id, wants = 'read') {
      const channel = channelOf(id);
      if (!channel.isMember) throw new Refusal('not_in_channel');
      if (channel.isArchived && wants === 'write') throw new Refusal('is_archived');
      return channel;
    },
    messageOf(channel, ts) {
      const found = messages.find(message => message.channel === channel && message.ts === ts);
      if (!found) throw new Refusal('message_not_found');
      return found;
    },
    assertThread(channel, threadTs) {
      const parent = messages.find(message => message.ts === threadTs && message.channel === channel);
      if (!parent) throw new Refusal('thread_not_found');
      // in Slack such a reply stands where nobody sees it: here it is a mistake
      if (parent.threadTs !== undefined && parent.threadTs !== parent.ts) throw new Refusal('cannot_reply_to_message');
    },
    fileOf(id) {
      if (deletedFiles.has(String(id))) throw new Refusal('file_deleted');
      const file = files.get(String(id));
      if (!file) throw new Refusal('file_not_found');
      return file;
    },
    isIn: (channel, user) => (user === BOT ? channel.isMember : (channel.members?.includes(user) ?? true)),
    openDirect(user) {
      const id = `D${user}`;
      if (!channels.has(id)) addChannel(id, true, { isPrivate: true, members: [user, BOT] });
      return channelOf(id);
    },
    removeFile(id) {
      files.delete(id);
      deletedFiles.add(id);
      for (const message of messages.filter(one => one.files.includes(id))) {
        message.files = message.files.filter(one => one !== id);
        message.tombstones = [...(message.tombstones ?? []), id];
        if (message.files.length === 0 && message.user === BOT) messages.splice(messages.indexOf(message), 1);
      }
    },
    share(file, channel, ts, threadTs) {
      const place = threadTs === undefined ? { ts } : { ts, thread_ts: threadTs };
      file.shares[channel] = [...(file.shares[channel] ?? []), place];
      file.sharesKnownAtMs = Date.now() + sharesDelayMs();
    },
  };
}
