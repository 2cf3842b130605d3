/** The gateway: sessions that outlive their sockets, heartbeats, intents (docs.discord.com, events/gateway). */
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Announce, Announcement } from './announcements.ts';
import { DISCORD, type Json } from './server-world.ts';
import { INTENT } from './show.ts';

const OP = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  ack: 11,
} as const;
const CLOSE = {
  ...{ unknownOpcode: 4001, decodeError: 4002, notAuthenticated: 4003, authenticationFailed: 4004 },
  ...{ alreadyAuthenticated: 4005, invalidSeq: 4007, rateLimited: 4008, timedOut: 4009, disallowedIntents: 4014 },
} as const;
const PRIVILEGED = INTENT.guildMembers | INTENT.guildPresences | INTENT.messageContent;
/** In a minute. */
const MOST_SENT = 120;
/** Kept for a resume. */
const MOST_KEPT = 5_000;

export interface CutOptions {
  /** Otherwise a resume is refused, and what happens meanwhile is lost. */
  resumable?: boolean;
  /** With this close code; otherwise the connection breaks. */
  code?: number;
}

export interface Gateway {
  announce: Announce;
  /** When a session began, and when one was taken up again. */
  identifies: { atMs: number; intents: number }[];
  resumes: { atMs: number; replayed: number }[];
  /** Breaks all connections. */
  cut(options?: CutOptions): void;
  /** Asks all to reconnect, as Discord does every few hours. */
  askToReconnect(): void;
  /** Which privileged intents are switched on in the developer portal; at first none. */
  allowIntents(bits: number): void;
  allowedIntents(): number;
  /** Everything comes so often from now on. */
  duplicateEvents(times: number): void;
  /** These do not come. */
  dropEvents(isDropped: (name: string) => boolean): void;
  /** Heartbeats are not acknowledged any more. */
  ignoreHeartbeats(isIgnoring: boolean): void;
  isConnected(): boolean;
  /** They break before a word is said. */
  cutNewSockets(isCutting: boolean): void;
  /** How many are open. */
  socketCount(): number;
  stop(): void;
}

interface Session {
  id: string;
  intents: number;
  seq: number;
  sent: { s: number; t: string; d: Json }[];
  socket: WebSocket | undefined;
  isResumable: boolean;
}

export interface GatewayOptions {
  server: Server;
  url: () => string;
  heartbeatMs: number;
  isTokenGood: (token: string) => boolean;
  /** Told at the start of a session. */
  guilds: () => Json[];
  botUser: () => Json;
}

const message = z.looseObject({ op: z.number(), d: z.unknown().optional() });
const identify = z.looseObject({ token: z.string(), intents: z.number().int(), properties: z.looseObject({}) });
const resume = z.looseObject({ token: z.string(), session_id: z.string(), seq: z.number() });

export function startGateway({ server, url, heartbeatMs, isTokenGood, guilds, botUser }: GatewayOptions): Gateway {
  const sessions = new Map<string, Session>();
  const [identifies, resumes]: [Gateway['identifies'], Gateway['resumes']] = [[], []];
  const chosen = { allowed: 0, times: 1, isDropped: (_name: string) => false, isDeaf: false, isAway: false };
  let counter = 0;
  const sockets = new WebSocketServer({ server, path: '/gateway' });
  const send = (socket: WebSocket, op: number, d: unknown, more: Json = {}) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ op, d, s: null, t: null, ...more }));
  };
  const dispatch = (session: Session, t: string, d: Json) => {
    session.seq += 1;
    session.sent.push({ s: session.seq, t, d });
    if (session.sent.length > MOST_KEPT) session.sent.shift();
    if (session.socket) send(session.socket, OP.dispatch, d, { s: session.seq, t });
  };

  function begin(socket: WebSocket, given: unknown): Session | undefined {
    const { data } = identify.safeParse(given);
    if (!data) return void socket.close(CLOSE.decodeError, 'Error while decoding payload.');
    if (!isTokenGood(data.token)) return void socket.close(CLOSE.authenticationFailed, 'Authentication failed.');
    if (data.intents & PRIVILEGED & ~chosen.allowed)
      return void socket.close(CLOSE.disallowedIntents, 'Disallowed intent(s).');
    const id = `session-${++counter}`;
    const session: Session = { id, intents: data.intents, seq: 0, sent: [], socket, isResumable: true };
    sessions.set(id, session);
    identifies.push({ atMs: Date.now(), intents: data.intents });
    const all = guilds();
    dispatch(session, 'READY', {
      ...{ v: 10, user: botUser(), guilds: all.map(guild => ({ id: guild.id, unavailable: true })), session_id: id },
      ...{ resume_gateway_url: url(), shard: [0, 1], application: { id: DISCORD.applicationId, flags: 0 } },
      ...{ session_type: 'normal', private_channels: [], relationships: [] },
    });
    if (data.intents & INTENT.guilds) for (const guild of all) dispatch(session, 'GUILD_CREATE', guild);
    return session;
  }

  function takeUp(socket: WebSocket, given: unknown): Session | undefined {
    const { data } = resume.safeParse(given);
    if (!data) return void socket.close(CLOSE.decodeError, 'Error while decoding payload.');
    if (!isTokenGood(data.token)) return void socket.close(CLOSE.authenticationFailed, 'Authentication failed.');
    const session = sessions.get(data.session_id);
    if (!session?.isResumable) return void send(socket, OP.invalidSession, false);
    if (data.seq > session.seq) return void socket.close(CLOSE.invalidSeq, 'Invalid seq.');
    session.socket?.terminate();
    session.socket = socket;
    const missed = session.sent.filter(({ s }) => s > data.seq);
    for (const { s, t, d } of missed) send(socket, OP.dispatch, d, { s, t });
    resumes.push({ atMs: Date.now(), replayed: missed.length });
    dispatch(session, 'RESUMED', {});
    return session;
  }

  sockets.on('connection', socket => {
    if (chosen.isAway) return void socket.terminate();
    let session: Session | undefined;
    let sentAtMs: number[] = [];
    const late = () => socket.close(CLOSE.timedOut, 'Session timed out.');
    let deadline = setTimeout(late, heartbeatMs * 2 + 500);
    socket.on('error', () => {}); // a killed app resets the connection
    socket.on('close', code => {
      clearTimeout(deadline);
      if (!session || session.socket !== socket) return;
      session.socket = undefined;
      // the app said goodbye for good
      if (code === 1000 || code === 1001) sessions.delete(session.id);
    });
    socket.on('message', raw => {
      const { data } = message.safeParse(parseJson(String(raw)));
      if (!data) return void socket.close(CLOSE.decodeError, 'Error while decoding payload.');
      sentAtMs = [...sentAtMs.filter(atMs => atMs > Date.now() - 60_000), Date.now()];
      if (sentAtMs.length > MOST_SENT) return void socket.close(CLOSE.rateLimited, 'Rate limited.');
      if (data.op === OP.heartbeat) {
        clearTimeout(deadline);
        deadline = setTimeout(late, heartbeatMs * 2 + 500);
        if (!chosen.isDeaf) send(socket, OP.ack, null);
      } else if (data.op === OP.identify || data.op === OP.resume) {
        if (session) return void socket.close(CLOSE.alreadyAuthenticated, 'Already authenticated.');
        session = data.op === OP.identify ? begin(socket, data.d) : takeUp(socket, data.d);
      } else if (![3, 4, 8].includes(data.op)) socket.close(CLOSE.unknownOpcode, 'Unknown opcode.');
      else if (!session) socket.close(CLOSE.notAuthenticated, 'Not authenticated.');
    });
    send(socket, OP.hello, { heartbeat_interval: heartbeatMs, _trace: [] });
  });

  const isWanted = ({ name, intent }: Announcement, { intents }: Session) =>
    (intent === 0 || (intents & intent) !== 0) && !chosen.isDropped(name);

  return {
    ...{ identifies, resumes },
    announce(announcement) {
      for (const session of sessions.values()) {
        if (!isWanted(announcement, session)) continue;
        const d = announcement.data((session.intents & INTENT.messageContent) !== 0);
        for (let n = 0; n < chosen.times; n++) dispatch(session, announcement.name, d);
      }
    },
    cut({ resumable = true, code } = {}) {
      for (const session of sessions.values()) {
        session.isResumable = resumable && session.isResumable;
        if (!resumable) sessions.delete(session.id);
        const { socket } = session;
        session.socket = undefined;
        if (code === undefined) socket?.terminate();
        else socket?.close(code);
      }
    },
    askToReconnect() {
      for (const { socket } of sessions.values()) if (socket) send(socket, OP.reconnect, null);
    },
    allowIntents(bits) {
      chosen.allowed = bits;
    },
    allowedIntents: () => chosen.allowed,
    duplicateEvents(times) {
      chosen.times = times;
    },
    dropEvents(isDropped) {
      chosen.isDropped = isDropped;
    },
    ignoreHeartbeats(isIgnoring) {
      chosen.isDeaf = isIgnoring;
    },
    isConnected: () =>
      [...sessions.values()].some(({ socket }) => socket?.readyState === socket?.OPEN && socket !== undefined),
    cutNewSockets(isCutting) {
      chosen.isAway = isCutting;
    },
    socketCount: () => sockets.clients.size,
    stop() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
