/**
 * Slack's servers: Web API, files and Socket Mode. It checks what Slack checks (tokens, membership, threads, limits of messages)
 * and misbehaves as Slack does, where a test says so.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { until } from '../builders/until.ts';

export const TOKENS = { bot: 'xoxb-fake-bot-token', app: 'xapp-fake-app-token' };
export const BOT = 'UBOT';
const TEAM = 'T1';

export interface FakeMessage {
  ts: string;
  channel: string;
  threadTs: string | undefined;
  user: string;
  text: string;
  blocks: unknown[];
  metadata: { event_payload?: { j?: string } } | undefined;
  files: string[];
  /** How often it was edited. */
  edits: number;
}

interface FakeFile {
  id: string;
  name: string;
  user: string;
  mimetype: string;
  content: Buffer;
  mode: string;
  uploaded: boolean;
  /** Channel → messages that show it. */
  shares: Record<string, { ts: string; thread_ts?: string }[]>;
}

/** `lost`: it happens, and the answer does not come. */
export type Fault = 'lost' | 'error' | 'hang' | { retryAfter: number } | { refuse: string };

export interface FakeSlack {
  apiUrl: string;
  messages: FakeMessage[];
  files: Map<string, FakeFile>;
  /** What only one person sees. */
  whispers: { channel: string; user: string; text: string; blocks?: unknown }[];
  calls: { method: string; atMs: number }[];
  /** Calls that came while Slack had asked for patience with that method. */
  impatient: string[];
  /** Milliseconds that each ack took. */
  ackMs: number[];
  /** Answers of slash commands. */
  answers: unknown[];
  /** Each call takes so long at most. */
  slowDown(mostMs: number): void;
  /** Dialogs that were opened. */
  views: Record<string, unknown>[];
  /** Asked for each call. */
  misbehave(fault: (method: string) => Fault | undefined): void;
  addChannel(channel: string, isMember?: boolean): void;
  /** A person posts a recording. @returns the ts of the message */
  post(
    channel: string,
    file: { name: string; content: Buffer; mimetype?: string; mode?: string; user?: string },
  ): { fileId: string; ts: string };
  /** Sends an event over Socket Mode, as often as Slack may. */
  emit(event: Record<string, unknown>, times?: number): Promise<void>;
  fileShared(channel: string, fileId: string, user?: string): Promise<void>;
  send(type: 'interactive' | 'slash_commands', payload: Record<string, unknown>): Promise<void>;
  /** Presses a button of a message. */
  press(action: string, ts: string, user?: string): Promise<void>;
  connected(): Promise<unknown>;
}

export async function startFakeSlack(t: Pick<TestContext, 'after'>): Promise<FakeSlack> {
  const messages: FakeMessage[] = [];
  const files = new Map<string, FakeFile>();
  const whispers: FakeSlack['whispers'] = [];
  const calls: FakeSlack['calls'] = [];
  const ackMs: number[] = [];
  const impatient: string[] = [];
  const views: Record<string, unknown>[] = [];
  const patience = new Map<string, number>();
  const answers: unknown[] = [];
  const channels = new Map<string, boolean>();
  const sockets = new Set<WebSocket>();
  const waiting = new Map<string, { sentAt: number; acked: (payload: unknown) => void }>();
  let faultOf: (method: string) => Fault | undefined = () => undefined;
  let counter = 0;
  let mostMs = 0;
  const nextTs = () => `${Math.floor(Date.now() / 1000)}.${String(++counter).padStart(6, '0')}`;
  const newId = (letter: string) => `${letter}${String(++counter).padStart(8, '0')}`;

  const assertMember = (channel: unknown) => {
    const isMember = channels.get(String(channel));
    if (isMember === undefined) throw new Refusal('channel_not_found');
    if (!isMember) throw new Refusal('not_in_channel');
  };
  const find = (channel: unknown, ts: unknown) => {
    const found = messages.find(message => message.channel === channel && message.ts === ts);
    if (!found) throw new Refusal('message_not_found');
    return found;
  };
  const fileOf = (id: unknown) => {
    const file = files.get(String(id));
    if (!file) throw new Refusal('file_not_found');
    return file;
  };

  const methods: Record<string, (args: Record<string, unknown>) => Record<string, unknown>> = {
    'auth.test': () => ({ user_id: BOT, team_id: TEAM, bot_id: 'B1' }),
    'apps.connections.open': () => ({ url: `ws://127.0.0.1:${port()}/socket` }),
    'chat.postMessage': ({ channel, thread_ts: threadTs, text, blocks, metadata }) => {
      assertMember(channel);
      assertMessage(text, blocks, 40_000);
      if (threadTs !== undefined) {
        const parent = messages.find(message => message.ts === threadTs && message.channel === channel);
        if (!parent) throw new Refusal('thread_not_found');
      }
      const message: FakeMessage = {
        ts: nextTs(),
        channel: String(channel),
        threadTs: threadTs === undefined ? undefined : String(threadTs),
        user: BOT,
        text: String(text),
        blocks: (blocks ?? []) as unknown[],
        metadata: metadata as FakeMessage['metadata'],
        files: [],
        edits: 0,
      };
      messages.push(message);
      return { ts: message.ts, channel };
    },
    'chat.update': ({ channel, ts, text, blocks }) => {
      assertMember(channel);
      assertMessage(text, blocks, 4_000);
      const message = find(channel, ts);
      if (message.user !== BOT) throw new Refusal('cant_update_message');
      message.text = String(text);
      message.blocks = (blocks ?? []) as unknown[];
      message.edits++;
      return { ts, channel };
    },
    'chat.delete': ({ channel, ts }) => {
      messages.splice(messages.indexOf(find(channel, ts)), 1);
      return { ts };
    },
    'chat.postEphemeral': ({ channel, user, text, blocks }) => {
      assertMember(channel);
      assertMessage(text, blocks, 40_000);
      whispers.push({ channel: String(channel), user: String(user), text: String(text), blocks });
      return { message_ts: nextTs() };
    },
    'conversations.replies': ({ channel, ts, include_all_metadata: withMetadata }) => {
      assertMember(channel);
      const thread = messages.filter(
        message => message.channel === channel && (message.ts === ts || message.threadTs === ts),
      );
      if (thread.length === 0) throw new Refusal('thread_not_found');
      return {
        messages: thread.map(({ ts: own, text, user, metadata, files: ids }) => ({
          ...{ ts: own, text, user },
          ...(withMetadata && metadata ? { metadata } : {}),
          files: ids.map(id => ({ id })),
        })),
      };
    },
    'files.info': ({ file: id }) => {
      const file = fileOf(id);
      const { name, user, mimetype, mode, content, shares } = file;
      return {
        file: {
          ...{ id, name, user, mimetype, mode, size: content.length, filetype: name.split('.').at(-1) },
          url_private_download: `http://127.0.0.1:${port()}/files/${id}`,
          shares: { public: shares },
        },
      };
    },
    'views.open': ({ trigger_id: triggerId, view }) => {
      if (triggerId !== 'trigger') throw new Refusal('invalid_trigger_id');
      const { title, blocks } = view as { title: { text: string }; blocks: unknown[] };
      if (title.text.length > 24 || blocks.length > 100) throw new Refusal('invalid_arguments');
      views.push(view as Record<string, unknown>);
      return { view };
    },
    'files.list': ({ channel, ts_from: from }) => {
      assertMember(channel);
      const shown = [...files.values()].filter(({ shares }) =>
        (shares[String(channel)] ?? []).some(({ ts }) => Number(ts) >= Number(from ?? 0)),
      );
      return { files: shown.map(({ id, user, name, mimetype }) => ({ id, user, name, mimetype })) };
    },
    'files.getUploadURLExternal': ({ filename, length }) => {
      if (!(Number(length) > 0)) throw new Refusal('invalid_arguments');
      const id = newId('F');
      const content = Buffer.alloc(0);
      files.set(id, {
        ...{ id, content },
        name: String(filename),
        user: BOT,
        mimetype: 'text/plain',
        mode: 'hosted',
        uploaded: false,
        shares: {},
      });
      return { upload_url: `http://127.0.0.1:${port()}/upload/${id}`, file_id: id };
    },
    'files.completeUploadExternal': ({ files: list, channel_id: channel, thread_ts: threadTs }) => {
      assertMember(channel);
      const ids = (list as { id: string }[]).map(({ id }) => id);
      for (const id of ids) if (!fileOf(id).uploaded) throw new Refusal('invalid_arguments');
      const ts = nextTs();
      messages.push({
        ...{ ts, user: BOT, text: '', blocks: [], metadata: undefined, files: ids, edits: 0 },
        channel: String(channel),
        threadTs: String(threadTs),
      });
      for (const id of ids) {
        const { shares } = fileOf(id);
        shares[String(channel)] = [...(shares[String(channel)] ?? []), { ts, thread_ts: String(threadTs) }];
      }
      // Bolt's own filter does not know this event: a bot hears of its own uploads
      setTimeout(() => {
        for (const id of ids) fileShared(String(channel), id, BOT).catch(() => {}); // the app may be gone by then
      }, 10);
      return { files: ids.map(id => ({ id })) };
    },
    'files.delete': ({ file: id }) => {
      fileOf(id);
      files.delete(String(id));
      for (const message of messages.filter(one => one.files.includes(String(id)))) {
        message.files = message.files.filter(one => one !== id);
        if (message.files.length === 0 && message.user === BOT) messages.splice(messages.indexOf(message), 1);
      }
      return {};
    },
  };

  const server = createServer((request, response) => {
    void handleRequest(request, response).catch(error => response.writeHead(500).end(String(error)));
  });
  const port = () => (server.address() as AddressInfo).port;

  async function handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://slack');
    const body = await readBody(request);
    const [, area = '', id = ''] = url.pathname.split('/');
    if (area === 'files') {
      if (request.headers.authorization !== `Bearer ${TOKENS.bot}`)
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>Sign in');
      return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(fileOf(id).content);
    }
    if (area === 'upload') {
      if (request.headers.authorization) return void response.writeHead(400).end('a token has no business here');
      Object.assign(fileOf(id), { content: body, uploaded: true });
      return void response.writeHead(200).end('OK');
    }
    const method = id;
    calls.push({ method, atMs: Date.now() });
    if (Date.now() < (patience.get(method) ?? 0)) impatient.push(method);
    const fault = method.startsWith('apps.') ? undefined : faultOf(method);
    if (fault === 'hang') return;
    if (fault === 'error') return void response.writeHead(503).end('unavailable');
    if (typeof fault === 'object' && 'retryAfter' in fault)
      patience.set(method, Date.now() + fault.retryAfter * 1000 - 50);
    if (typeof fault === 'object' && 'retryAfter' in fault)
      return void response
        .writeHead(429, { 'retry-after': String(fault.retryAfter) })
        .end('{"ok":false,"error":"ratelimited"}');
    // half of the time before it happens, half after
    await delay((Math.random() * mostMs) / 2);
    const answer = respond(method, request, body, typeof fault === 'object' ? fault.refuse : undefined);
    await delay((Math.random() * mostMs) / 2);
    if (fault === 'lost') return void request.socket.destroy();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  function respond(
    method: string,
    request: IncomingMessage,
    body: Buffer,
    refuse: string | undefined,
  ): Record<string, unknown> {
    try {
      const wanted = method === 'apps.connections.open' ? TOKENS.app : TOKENS.bot;
      const args = parseArguments(request, body);
      const given = request.headers.authorization ?? `Bearer ${args.token}`;
      if (given !== `Bearer ${wanted}`) throw new Refusal('invalid_auth');
      if (refuse) throw new Refusal(refuse);
      const run = methods[method];
      if (!run) throw new Refusal('unknown_method');
      return { ok: true, ...run(args) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.message };
      throw error;
    }
  }

  const socketServer = new WebSocketServer({ server, path: '/socket' });
  socketServer.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', data => {
      const { envelope_id: id, payload } = JSON.parse(String(data)) as { envelope_id: string; payload?: unknown };
      const sent = waiting.get(id);
      if (!sent) return;
      waiting.delete(id);
      ackMs.push(performance.now() - sent.sentAt);
      sent.acked(payload);
    });
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' } }));
  });

  const sendEnvelope = async (type: string, payload: Record<string, unknown>): Promise<unknown> => {
    const [socket] = await until('the app is connected', () => (sockets.size > 0 ? [...sockets] : undefined));
    const id = newId('E');
    const acked = Promise.withResolvers<unknown>();
    waiting.set(id, { sentAt: performance.now(), acked: acked.resolve });
    socket?.send(JSON.stringify({ type, envelope_id: id, payload, accepts_response_payload: type !== 'events_api' }));
    return await acked.promise;
  };
  const emit: FakeSlack['emit'] = async (event, times = 1) => {
    const eventId = newId('Ev');
    for (let i = 0; i < times; i++)
      await sendEnvelope('events_api', {
        ...{ type: 'event_callback', event_id: eventId, team_id: TEAM, api_app_id: 'A1', event },
        authorizations: [
          { team_id: TEAM, user_id: BOT, is_bot: true, enterprise_id: null, is_enterprise_install: false },
        ],
      });
  };
  const fileShared: FakeSlack['fileShared'] = (channel, fileId, user = 'U1') =>
    emit({
      type: 'file_shared',
      file_id: fileId,
      file: { id: fileId },
      channel_id: channel,
      user_id: user,
      event_ts: nextTs(),
    });

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  return {
    apiUrl: `http://127.0.0.1:${port()}/api/`,
    ...{ messages, files, whispers, calls, ackMs, answers, impatient, views },
    slowDown: most => {
      mostMs = most;
    },
    misbehave: fault => {
      faultOf = fault;
    },
    addChannel: (channel, isMember = true) => void channels.set(channel, isMember),
    post(channel, { name, content, mimetype = 'audio/webm', mode = 'hosted', user = 'U1' }) {
      const [fileId, ts] = [newId('F'), nextTs()];
      files.set(fileId, {
        id: fileId,
        ...{ name, user, mimetype, content, mode },
        uploaded: true,
        shares: { [channel]: [{ ts }] },
      });
      messages.push({
        ...{ ts, channel, user, text: '', blocks: [], metadata: undefined, edits: 0 },
        threadTs: undefined,
        files: [fileId],
      });
      return { fileId, ts };
    },
    emit,
    fileShared,
    async send(type, payload) {
      answers.push(await sendEnvelope(type, payload));
    },
    async press(action, ts, user = 'U1') {
      const message = messages.find(one => one.ts === ts);
      const button = JSON.stringify(message?.blocks ?? []).match(
        new RegExp(`"action_id":"${action}"[^{}]*?"text":\\{[^}]*\\},"value":"([^"]*)"`),
      )?.[1];
      if (button === undefined)
        throw new Error(`the message has no button ${action}: ${JSON.stringify(message?.blocks)}`);
      await sendEnvelope('interactive', {
        ...{ type: 'block_actions', team: { id: TEAM }, user: { id: user }, api_app_id: 'A1' },
        ...{
          channel: { id: message?.channel },
          message: { ts },
          container: { type: 'message', message_ts: ts, channel_id: message?.channel },
        },
        trigger_id: 'trigger',
        actions: [{ type: 'button', action_id: action, block_id: 'b', value: button, action_ts: nextTs() }],
      });
    },
    connected: () => until('the app is connected', () => sockets.size > 0),
  };
}

class Refusal extends Error {}

function assertMessage(text: unknown, blocks: unknown, mostText: number): void {
  if (!text && !blocks) throw new Refusal('no_text');
  if (typeof text === 'string' && text.length > mostText) throw new Refusal('msg_too_long');
  const list = (blocks ?? []) as Record<string, unknown>[];
  if (list.length > 50) throw new Refusal('invalid_blocks');
  let total = 0;
  JSON.stringify(list, (key, value) => {
    if (key === 'text' && typeof value === 'string') {
      if (value.length === 0 || value.length > 3_000) throw new Refusal('invalid_blocks');
      total += value.length;
    }
    return value;
  });
  if (total > 13_200) throw new Refusal('msg_blocks_too_long');
  for (const block of list) {
    const header = block.type === 'header' ? (block.text as { text: string }) : undefined;
    if (header && header.text.length > 150) throw new Refusal('invalid_blocks');
    if (
      ['actions', 'context'].includes(String(block.type)) &&
      ((block.elements as unknown[]).length > 25 || (block.elements as unknown[]).length === 0)
    )
      throw new Refusal('invalid_blocks');
  }
}

function parseArguments(request: IncomingMessage, body: Buffer): Record<string, unknown> {
  if (/json/.test(request.headers['content-type'] ?? '')) return JSON.parse(body.toString());
  return Object.fromEntries(
    [...new URLSearchParams(body.toString())].map(([name, value]) => [
      name,
      /^[[{]|^(true|false)$/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
