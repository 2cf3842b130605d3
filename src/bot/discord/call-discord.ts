/**
 * Calls Discord's REST API through discord.js, which keeps to its rates and sits out what a 429 asks for. Nothing is sent twice by
 * itself: whoever calls decides, after a look whether the first try had its effect. Errors come in our words.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  DefaultRestOptions,
  DiscordAPIError,
  HTTPError,
  RateLimitError,
  type REST,
  type RESTOptions,
} from 'discord.js';
import { type FaultCode, HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';

/** What Discord calls an error (docs.discord.com, JSON error codes). */
export const DISCORD_ERRORS = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  tooLarge: 40_005,
  alreadyAcknowledged: 40_060,
  missingAccess: 50_001,
  cannotDirectMessage: 50_007,
  missingPermissions: 50_013,
  invalidWebhookToken: 50_027,
  archived: 50_083,
  mayNotReply: 160_002,
  threadExists: 160_004,
  tooManyThreads: 160_006,
} as const;

const faults: Record<number, FaultCode> = {
  [DISCORD_ERRORS.unknownChannel]: 'channel_closed',
  [DISCORD_ERRORS.unknownMessage]: 'thread_gone',
  [DISCORD_ERRORS.unknownWebhook]: 'too_late',
  [DISCORD_ERRORS.unknownInteraction]: 'too_late',
  [DISCORD_ERRORS.alreadyAcknowledged]: 'too_late',
  [DISCORD_ERRORS.invalidWebhookToken]: 'too_late',
  [DISCORD_ERRORS.missingAccess]: 'channel_closed',
  [DISCORD_ERRORS.cannotDirectMessage]: 'channel_closed',
  [DISCORD_ERRORS.missingPermissions]: 'permission_missing',
  [DISCORD_ERRORS.archived]: 'channel_closed',
};

const TIMEOUT_MS = 15_000;
/** A wait of that length is sat out; after a longer one the job comes again. */
const MOST_WAIT_MS = 30_000;
/** Discord shuts an app out for a while after 10,000 answers 401, 403 and 429 within ten minutes. */
const WARN_INVALID_EVERY = 500;

const AT_LEAST_MS = 1_000;
const EVERYTHING = '*';

export function restOptions(apiUrl: string | undefined): Partial<RESTOptions> {
  return {
    ...(apiUrl && { api: apiUrl }),
    retries: 0,
    // its own timers would keep a process alive that has failed to start; whoever makes one sweeps it
    ...{ hashSweepInterval: 0, handlerSweepInterval: 0 },
    timeout: TIMEOUT_MS,
    makeRequest: patiently(DefaultRestOptions.makeRequest),
    // without a time discord.js would try again at once, and again
    rejectOnRateLimit: ({ retryAfter }) => retryAfter > MOST_WAIT_MS || retryAfter <= 0,
    invalidRequestWarningInterval: WARN_INVALID_EVERY,
  };
}

/**
 * discord.js keeps its waits by buckets, whose names it learns only from answers: until then what it was asked to wait with goes
 * out under another name. Nothing goes out before its time here.
 */
function patiently(send: RESTOptions['makeRequest']): RESTOptions['makeRequest'] {
  const untilMs = new Map<string, number>();
  return async (url, init) => {
    const bucket = `${init.method} ${withoutMinorIds(new URL(url).pathname)}`;
    const leftMs = () => Math.max(untilMs.get(EVERYTHING) ?? 0, untilMs.get(bucket) ?? 0) - Date.now();
    while (leftMs() > 0) await delay(leftMs(), undefined, init.signal ? { signal: init.signal } : {});
    const answer = await send(url, init);
    if (answer.status === TOO_MANY) {
      const key = answer.headers.has('x-ratelimit-global') ? EVERYTHING : bucket;
      untilMs.set(key, Date.now() + Number(answer.headers.get('retry-after') ?? 0) * 1000);
    } else if (leftMs() <= 0) untilMs.delete(bucket);
    return answer;
  };
}

const TOO_MANY = 429;

/** Limits are kept for the first id of a path (docs.discord.com, topics/rate-limits). */
function withoutMinorIds(path: string): string {
  let isFirst = true;
  return path.replace(/\d{16,}/g, id => {
    const shown = isFirst ? id : ':id';
    isFirst = false;
    return shown;
  });
}

export interface Discord {
  /** @throws HansardError `platform_busy`, `platform_unavailable` (it may have happened all the same), `channel_closed`, … */
  call<T>(what: string, work: (rest: REST) => Promise<T>): Promise<T>;
  /** That our token was refused, as long as no call has worked since. */
  problems(): string[];
}

export function createDiscord(rest: REST, logger: Logger): Discord {
  let refusal: HansardError | undefined;
  /** Of calls, by what they are for: discord.js forgets some of the waits that it rejects. */
  const pausedUntilMs = new Map<string, number>();
  rest.on('invalidRequestWarning', ({ count, remainingTime }) =>
    logger.warn({ count, remainingMs: remainingTime }, 'Discord refuses much of what is sent'),
  );
  return {
    problems: () => (refusal ? [refusal.userMessage] : []),
    async call(what, work) {
      // trying a token again that was refused only brings us nearer to being shut out
      if (refusal) throw refusal;
      const leftMs = Math.max(pausedUntilMs.get(EVERYTHING) ?? 0, pausedUntilMs.get(what) ?? 0) - Date.now();
      if (leftMs > 0)
        throw new HansardError('platform_busy', `${what}: Discord wants ${Math.ceil(leftMs / 1000)} s more`);
      try {
        return await work(rest);
      } catch (error) {
        if (error instanceof RateLimitError)
          pausedUntilMs.set(error.global ? EVERYTHING : what, Date.now() + Math.max(AT_LEAST_MS, error.retryAfter));
        const known = inOurWords(what, error);
        if (known instanceof HansardError && known.code === 'token_refused') refusal = known;
        throw known;
      }
    },
  };
}

function inOurWords(what: string, error: unknown): unknown {
  if (error instanceof HansardError) return error;
  if (error instanceof DiscordAPIError) {
    const { status, code, message } = error;
    const known = faults[Number(code)];
    // that of an interaction which has ended is a 401 as well, and says nothing of our own token
    const fault: FaultCode =
      known ?? (status === 401 ? 'token_refused' : status >= 500 ? 'platform_unavailable' : 'platform_refused');
    return new HansardError(fault, `${what}: ${code} ${message}`, { cause: error });
  }
  if (error instanceof RateLimitError)
    return new HansardError('platform_busy', `${what}: ${error.message}`, { cause: error });
  if (error instanceof HTTPError || isOfNetwork(error))
    return new HansardError('platform_unavailable', `${what}: ${String(error)}`, { cause: error });
  return error;
}

/** Reset, refused, timed out: they carry the code of the system or of undici, or are aborts. */
function isOfNetwork(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'AbortError' || error.name === 'TimeoutError' || ('code' in error && typeof error.code === 'string')
  );
}

/** Whether Discord said this; one of `DISCORD_ERRORS`. */
export function isDiscordError(error: unknown, code: number): boolean {
  return error instanceof HansardError && error.cause instanceof DiscordAPIError && error.cause.code === code;
}
