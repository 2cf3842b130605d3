/** The two ways to talk to Redis: impatient for callers, who must never hang, and patient for workers, who wait for it. */
import { Redis } from 'ioredis';
import { HansardError } from '../../../errors.ts';

/** A silent server counts as away after this; a disk that is slow to sync must not. */
const COMMAND_TIMEOUT_MS = 5_000;
const SLOWEST_RECONNECT_MS = 2_000;

// BullMQ's own strategy waits up to 20 s, so work resumed 18.8 s after Redis did (measured)
const common = {
  retryStrategy: (times: number) => Math.min(SLOWEST_RECONNECT_MS, times * 100),
  connectTimeout: COMMAND_TIMEOUT_MS,
  keepAlive: 10_000,
};

/** For callers: a command fails at once while Redis is away. BullMQ's default waits for ever (measured). */
export function createImpatientClient(url: string): Redis {
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS };
  return new Redis(url, { ...common, ...options });
}

/** For workers: a command waits until Redis is back. */
export function createPatientClient(url: string): Redis {
  return new Redis(url, { ...common, maxRetriesPerRequest: null });
}

/** Host and port; never the password. */
export function addressOf({ options }: Redis): string {
  return options.path ?? `${options.host}:${options.port}`;
}

/**
 * Waits until Redis answers, or `limitMs`. False: it does not answer; the client goes on trying.
 * @throws HansardError `invalid_setting` when Redis refuses the password
 */
export async function waitForRedis(client: Redis, limitMs: number): Promise<boolean> {
  if (client.status === 'ready') return true;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const onReady = () => resolve(true);
  const onError = (error: Error) => {
    if (isRefusal(error)) reject(refusedPassword(client, error));
  };
  const timer = setTimeout(() => resolve(false), limitMs);
  client.on('ready', onReady);
  client.on('error', onError);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    client.off('ready', onReady);
    client.off('error', onError);
  }
}

export function refusedPassword(client: Redis, error: Error): HansardError {
  const detail = `Redis at ${addressOf(client)} refuses the password or user in REDIS_URL`;
  // without the cause: it holds the arguments of the command, thus the password
  return new HansardError('invalid_setting', `${detail} (${error.message.split(' ')[0]})`);
}

/** As it may be logged: ioredis puts the command with its arguments into its errors, the password among them (measured). */
export function asLoggable(error: unknown): unknown {
  if (!(error instanceof Error && 'command' in error)) return error;
  const loggable = new Error(error.message);
  if (error.stack !== undefined) loggable.stack = error.stack;
  return loggable;
}

export function isRefusal(error: Error): boolean {
  return /\b(WRONGPASS|NOAUTH)\b/.test(error.message);
}

/** Out of memory, disk full, loading, no rights: Redis is there and takes nothing now. */
const TAKES_NOTHING = /\b(OOM|MISCONF|LOADING|READONLY|MASTERDOWN|NOAUTH|WRONGPASS|NOPERM)\b/;
const IS_AWAY = /connection|Stream isn't writeable|timed out|max retries|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH/i;

/** Runs calls for a caller who must not wait: whatever ails Redis comes out as `queue_unavailable`, soon. */
export async function callRedis<T>(client: Redis, call: () => Promise<T>): Promise<T> {
  if (client.status !== 'ready') throw unavailable(client, 'it does not answer');
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof HansardError) throw error;
    if (TAKES_NOTHING.test(error.message) || IS_AWAY.test(error.message)) throw unavailable(client, error.message);
    throw error;
  }
}

function unavailable(client: Redis, why: string): HansardError {
  return new HansardError('queue_unavailable', `Redis at ${addressOf(client)}: ${why}`);
}
