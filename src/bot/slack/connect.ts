/** How Slack reaches us: over two sockets, so that one may be renewed while the other listens, or over HTTP. */

import { setTimeout as delay } from 'node:timers/promises';
import { App, LogLevel, type Receiver, type ReceiverEvent, SocketModeReceiver } from '@slack/bolt';
import type { SlackSettings } from '../../config.ts';
import type { Logger } from '../../logger.ts';
import { CLIENT_OPTIONS } from './call-slack.ts';
import { createHttpReceiver } from './receive-http.ts';

export interface SlackConnection {
  app: App;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** How long nothing can have reached us; 0 while something can. */
  deafForMs(): number;
  /** Also after every time that we were away. */
  onConnected(listener: () => void): void;
}

const SOCKETS = 2;
const GOODBYE_MS = 3_000;
/** A socket that says nothing for so long is not going to. */
const HELLO_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

/** @param keep the durable write of an event: done before Slack has its answer, and when it throws Slack sends it again */
export function createConnection(
  settings: SlackSettings,
  logger: Logger,
  keep: (body: Record<string, unknown>) => void,
): SlackConnection {
  const { transport, apiUrl, botToken } = settings;
  const clientOptions = { ...CLIENT_OPTIONS, ...(apiUrl && { slackApiUrl: apiUrl }) };
  const transportOf = () =>
    transport.kind === 'socket' ? openSockets(transport.appToken, clientOptions, logger) : openHttp(transport, logger);
  const { receiver, ...connection } = transportOf();
  const app = new App({
    ...{ token: botToken, clientOptions, receiver: keeping(receiver, keep) },
    // theirs at level debug prints whole payloads
    ...{ logLevel: LogLevel.ERROR, logger: quietLogger(logger) },
  });
  return { app, ...connection };
}

type Transport = Omit<SlackConnection, 'app'> & { receiver: Receiver };

/** Bolt answers events before any listener has run: what has to be kept is kept in front of it. */
function keeping(receiver: Receiver, keep: (body: Record<string, unknown>) => void): Receiver {
  return {
    init(app) {
      const front = Object.create(app, {
        processEvent: {
          value: async (event: ReceiverEvent) => {
            keep(event.body);
            await app.processEvent(event);
          },
        },
      });
      receiver.init(front);
    },
    start: (...given) => receiver.start(...given),
    stop: (...given) => receiver.stop(...given),
  };
}

function openSockets(
  appToken: string,
  clientOptions: typeof CLIENT_OPTIONS & { slackApiUrl?: string },
  logger: Logger,
): Transport {
  const receivers = Array.from(
    { length: SOCKETS },
    () =>
      new SocketModeReceiver({
        // its own connecting again waits five seconds first, and where Slack is away it ends the process
        ...{ appToken, autoReconnectEnabled: false, installerOptions: { clientOptions } },
        ...{ logLevel: LogLevel.ERROR, logger: quietLogger(logger) },
      }),
  );
  const sockets: Socket[] = receivers.map(({ client }) => client);
  const connected = new Set<Socket>();
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  const kept: Promise<void>[] = [];
  let deafSinceMs: number | undefined;

  for (const socket of sockets)
    socket.on('disconnected', () => {
      if (connected.delete(socket) && connected.size === 0) deafSinceMs = Date.now();
    });
  const open = async (socket: Socket) => {
    const tooLate = setInterval(() => void socket.disconnect(), HELLO_MS);
    await socket.start().finally(() => clearInterval(tooLate));
    connected.add(socket);
    deafSinceMs = undefined;
    if (connected.size === 1) for (const listener of listeners) listener();
  };
  const keepOpen = async (socket: Socket) => {
    for (let failures = 0; ; ) {
      if (connected.has(socket)) await closed(socket);
      if (stopping.signal.aborted) return;
      try {
        await open(socket);
        failures = 0;
        // asked to stop while it opened
        if (stopping.signal.aborted) await socket.disconnect();
      } catch (error) {
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures++, MAX_PAUSE_MS);
        logger.warn({ bolt: describe(error), pauseMs }, 'Slack does not let us in; it is tried again');
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  };

  const stop = async () => {
    stopping.abort();
    // app.stop() does not wait for the goodbye, and this waits for half a minute where Slack is away
    const goodbye = Promise.all([...sockets.map(socket => socket.disconnect()), ...kept]);
    await Promise.race([goodbye, delay(GOODBYE_MS, undefined, { ref: false })]);
  };
  return {
    receiver: {
      init: app => {
        for (const receiver of receivers) receiver.init(app);
      },
      start: async () => {},
      stop,
    },
    async start() {
      try {
        for (const socket of sockets) {
          await open(socket);
          kept.push(keepOpen(socket));
        }
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    deafForMs: () => (deafSinceMs === undefined ? 0 : Date.now() - deafSinceMs),
    onConnected: listener => void listeners.push(listener),
  };
}

/** Bolt's type of it names the package that it comes from, which is not ours to import. */
interface Socket {
  on(event: string, listener: () => void): void;
  once(event: string, listener: () => void): void;
  start(): Promise<unknown>;
  disconnect(): Promise<void>;
}

const closed = (socket: Socket) => new Promise<void>(resolve => socket.once('disconnected', resolve));

/** Slack tries again what we did not answer; nobody tells us that it could not reach us. */
function openHttp({ signingSecret, port }: { signingSecret: string; port: number }, logger: Logger): Transport {
  const receiver = createHttpReceiver({ signingSecret, port, logger });
  return {
    receiver,
    async start() {
      const { port: own } = await receiver.start();
      logger.info({ port: own }, 'listening for Slack over HTTP');
    },
    stop: () => receiver.stop(),
    deafForMs: () => 0,
    onConnected: () => {},
  };
}

/** Bolt's words go into our log, without the payloads that some of them carry. */
function quietLogger(logger: Logger) {
  const tell = (level: 'debug' | 'info' | 'warn' | 'error') => (first: unknown) =>
    logger[level]({ bolt: describe(first) }, 'Bolt');
  return {
    debug: () => {},
    info: () => {},
    warn: tell('warn'),
    error: tell('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.ERROR,
    setName: () => {},
  };
}

const describe = (what: unknown) => String(what instanceof Error ? what.message : what).slice(0, 200);
