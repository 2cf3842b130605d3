/**
 * Hears Slack over HTTP. Bolt's own receiver checks signatures and answers; before it stands a guard for what Bolt lets
 * pass: requests from the future, the same request twice, large bodies, other paths.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTPReceiver, isValidSlackRequest, LogLevel, type Receiver } from '@slack/bolt';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { throttle } from '../../pipeline/queue/worker-log.ts';

export const SLACK_ENDPOINT = '/slack/events';

export interface HttpReceiverOptions {
  /** Of the app: Basic Information → App Credentials. */
  signingSecret: string;
  /** 0: any that is free. */
  port: number;
  logger: Logger;
}

export interface HttpReceiver extends Receiver {
  /** @throws HansardError `address_in_use` */
  start(): Promise<AddressInfo>;
  stop(): Promise<void>;
}

/** What Slack sends is below 100 kB; Bolt would take 4 MB. */
const MAX_BODY_BYTES = 1_000_000;
/** Bolt refuses what is 5 min old, but nothing from the future. */
const MOST_AHEAD_MS = 60_000;
const TOO_OLD_MS = 5 * 60_000;
/** Slack sends 30,000 events an hour at most (docs.slack.dev, app_rate_limited): 3,000 in the time that they are kept. */
const MOST_REMEMBERED = 20_000;
/** How long answers that are under way may take when we stop. */
const GOODBYE_MS = 2_500;
const SERVER_OPTIONS = { requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 5_000 };

/** @throws HansardError `invalid_setting` without a secret: everybody could sign with an empty one */
export function createHttpReceiver({ signingSecret, port, logger }: HttpReceiverOptions): HttpReceiver {
  if (signingSecret.trim() === '') throw new HansardError('invalid_setting', 'SLACK_SIGNING_SECRET is empty');
  const complain = throttle((what, err, suppressed) => logger.warn({ err, suppressed }, what));
  const bolt = new HTTPReceiver({
    signingSecret,
    endpoints: [SLACK_ENDPOINT],
    bodyLimit: MAX_BODY_BYTES,
    logger: createBoltLogger(logger, complain),
  });
  const handle = createGuard(signingSecret, bolt.requestListener, complain);
  let server: Server | undefined;
  return {
    init: app => bolt.init(app),
    async start() {
      server = createServer(SERVER_OPTIONS, (request, response) => {
        handle(request, response).catch(error => {
          complain('a request of Slack broke off', error);
          response.destroy();
        });
      });
      await listen(server, port);
      // an error later on, such as too many open files, must not end the process
      server.on('error', error => complain('the server for Slack has trouble', error));
      return server.address() as AddressInfo; // null before it listens, text for a pipe: neither here
    },
    async stop() {
      const stopping = server;
      server = undefined;
      if (stopping) await close(stopping);
    },
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Passes on what may be seen by Bolt, which checks the signature itself. */
function createGuard(
  signingSecret: string,
  next: (request: IncomingMessage, response: ServerResponse) => void,
  complain: (what: string, error: unknown) => void,
): Handler {
  const seen = createReplayCache();
  return async (request, response) => {
    const refuse = (status: number, why: string) => {
      complain(`a request to the port for Slack was refused: ${why}`, undefined);
      response.writeHead(status, { connection: 'close' }).end();
    };
    if (request.method !== 'POST' || request.url?.split('?')[0] !== SLACK_ENDPOINT) return refuse(404, 'wrong path');
    const stamp = readStamp(request);
    if (stamp === 'malformed') return refuse(401, 'malformed headers');
    if (stamp && stamp.timestampS * 1000 > Date.now() + MOST_AHEAD_MS)
      return refuse(401, 'its time is in the future; compare the clocks');
    const body = await readBody(request);
    if (!body) return refuse(413, `more than ${MAX_BODY_BYTES} bytes`);
    if (stamp && isSigned(signingSecret, stamp, body)) {
      if (!seen.add(stamp)) return refuse(401, 'it came before');
      // Slack sends again what failed, with the same signature where that is within the same second
      response.once('close', () => {
        if (!response.writableFinished || response.statusCode >= 400) seen.forget(stamp);
      });
    }
    next(Object.assign(request, { rawBody: body }), response); // the property in which Bolt looks for what was read
  };
}

interface Stamp {
  timestampS: number;
  signature: string;
}

/** Undefined without: `ssl_check` is not signed. One spelling only, or a replay could hide behind another. */
function readStamp({ headers }: IncomingMessage): Stamp | 'malformed' | undefined {
  const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = headers;
  if (signature === undefined && timestamp === undefined) return undefined;
  if (typeof signature !== 'string' || !/^v0=[0-9a-f]{64}$/.test(signature)) return 'malformed';
  if (typeof timestamp !== 'string' || !/^[1-9]\d{0,11}$/.test(timestamp)) return 'malformed';
  return { timestampS: Number(timestamp), signature };
}

function isSigned(signingSecret: string, { timestampS, signature }: Stamp, body: Buffer): boolean {
  const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestampS };
  return isValidSlackRequest({ signingSecret, body: body.toString(), headers });
}

/** Undefined when it is too large. It is read to its end all the same: otherwise our answer would not arrive. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= MAX_BODY_BYTES) pieces.push(piece);
    else pieces.length = 0;
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(pieces) : undefined;
}

export interface ReplayCache {
  /** False when it is there already. */
  add(stamp: Stamp): boolean;
  forget(stamp: Stamp): void;
}

/** Remembers what was signed until Bolt takes it for too old; the first to go when there is no more room are the oldest. */
export function createReplayCache(mostRemembered = MOST_REMEMBERED): ReplayCache {
  const keptUntilMs = new Map<string, number>();
  const dropOld = () => {
    for (const [signature, untilMs] of keptUntilMs) {
      if (untilMs > Date.now() && keptUntilMs.size < mostRemembered) return;
      keptUntilMs.delete(signature);
    }
  };
  return {
    add({ signature, timestampS }) {
      if (keptUntilMs.has(signature)) return false;
      dropOld();
      // a second more than Bolt, which rounds
      keptUntilMs.set(signature, timestampS * 1000 + TOO_OLD_MS + 1000);
      return true;
    },
    forget: ({ signature }) => void keptUntilMs.delete(signature),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, listening.resolve);
  try {
    await listening.promise;
  } catch (cause) {
    const { message } = cause as Error;
    throw new HansardError('address_in_use', `${message}. Set SLACK_PORT to another port.`, { cause });
  }
  server.off('error', listening.reject);
}

async function close(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  const timer = setTimeout(() => server.closeAllConnections(), GOODBYE_MS);
  await closed.promise;
  clearTimeout(timer);
}

/** Bolt's warnings are one per bad request, and anybody can send those; its debug lines hold whole payloads. */
function createBoltLogger(logger: Logger, complain: (what: string, error: unknown) => void) {
  // what JSON.parse says of a body quotes it
  const sentence = (first: unknown) => String(first).replace(/^(Malformed request body).*/s, '$1');
  return {
    debug: () => {},
    info: () => {},
    warn: (first: unknown) => complain(sentence(first), undefined),
    error: (first: unknown) => logger.error({ bolt: sentence(first) }, 'Bolt'),
    setLevel: () => {},
    getLevel: () => LogLevel.ERROR,
    setName: () => {},
  };
}
