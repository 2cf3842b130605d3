/** Socket Mode: up to ten sockets, each event goes to any one of them. */
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { until } from '../../builders/until.ts';
import { NotTaken, type Transport } from './transport.ts';
import { APP } from './workspace.ts';

const PING_INTERVAL_MS = 5_000;
const GRACE_MS = 50;

export interface RecycleOptions {
  /** `warning` comes some time before; in both cases the socket is closed in the end. */
  reason?: 'refresh_requested' | 'warning';
  which?: 'one' | 'all';
  graceMs?: number;
}

export interface SocketMode extends Transport {
  sockets: Set<WebSocket>;
  /** Says goodbye to sockets, as Slack does every few hours. Resolves when they are closed. */
  recycle(options?: RecycleOptions): Promise<void>;
  stop(): void;
}

export interface SocketModeOptions {
  server: Server;
  newId: (letter: string) => string;
  ackMs: number[];
  ackTimeoutMs: number;
  random: () => number;
}

export function startSocketMode({ server, newId, ackMs, ackTimeoutMs, random }: SocketModeOptions): SocketMode {
  const sockets = new Set<WebSocket>();
  /** They get nothing new. */
  const leaving = new Set<WebSocket>();
  const waiting = new Map<string, Waiting>();
  let isStopped = false;

  const socketServer = new WebSocketServer({ server, path: '/socket' });
  socketServer.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      for (const sent of waiting.values()) if (sent.socket === socket) sent.failed(new NotTaken('connection_closed'));
    });
    socket.on('error', () => {}); // a killed app resets the connection
    socket.on('message', data => {
      const { envelope_id: id, payload } = JSON.parse(String(data)) as { envelope_id: string; payload?: unknown };
      const sent = waiting.get(id);
      if (!sent) return;
      waiting.delete(id);
      ackMs.push(performance.now() - sent.sentAt);
      sent.acked(payload);
    });
    const hello = { type: 'hello', num_connections: sockets.size, connection_info: { app_id: APP } };
    socket.send(JSON.stringify({ ...hello, debug_info: { host: 'fake', approximate_connection_time: 3_600 } }));
  });
  const pinging = setInterval(() => {
    for (const socket of sockets) socket.ping();
  }, PING_INTERVAL_MS);

  const usable = () => [...sockets].filter(socket => !leaving.has(socket) && socket.readyState === socket.OPEN);
  const choose = (): WebSocket | undefined => {
    if (isStopped) throw new NotTaken('stopped');
    const open = usable();
    return open[Math.floor(random() * open.length)];
  };

  return {
    sockets,
    async send(type, payload, retry) {
      const socket = await until('the app is connected', choose);
      const id = newId('E');
      const acked = Promise.withResolvers<unknown>();
      waiting.set(id, { socket, sentAt: performance.now(), acked: acked.resolve, failed: acked.reject });
      // an ack that comes late is still measured
      const timer = setTimeout(() => acked.reject(new NotTaken('timeout')), ackTimeoutMs).unref();
      socket.send(
        JSON.stringify({
          ...{ type, envelope_id: id, payload, accepts_response_payload: type !== 'events_api' },
          ...(type === 'events_api' && { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' }),
        }),
      );
      return await acked.promise.finally(() => clearTimeout(timer));
    },
    async recycle({ reason = 'refresh_requested', which = 'one', graceMs = GRACE_MS } = {}) {
      const chosen = which === 'all' ? usable() : usable().slice(0, 1);
      for (const socket of chosen) {
        leaving.add(socket);
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'fake' } }));
      }
      await delay(graceMs);
      for (const socket of chosen) socket.close();
    },
    stop() {
      isStopped = true;
      clearInterval(pinging);
      for (const socket of sockets) socket.terminate();
      socketServer.close();
    },
  };
}

interface Waiting {
  socket: WebSocket;
  sentAt: number;
  acked(payload: unknown): void;
  failed(error: NotTaken): void;
}
