/** Calls Slack's Web API: never twice by itself, never inside a time that Slack asked us to wait, errors in our words. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  type WebClient,
  type WebClientOptions,
} from '@slack/web-api';
import { HansardError } from '../../errors.ts';

const TIMEOUT_MS = 15_000;
/** A wait of that length is sat out; after a longer one the job comes again. */
const MOST_WAIT_MS = 30_000;
/** Slack answers within a second. */
const HANGING_MS = 2_000;

/**
 * The package's own retries turned one message whose answer was lost into three (measured): whoever calls decides, after a
 * look whether the first try had its effect.
 */
export const CLIENT_OPTIONS = {
  retryConfig: { retries: 0 },
  timeout: TIMEOUT_MS,
  rejectRateLimitedCalls: true,
  // we say ourselves what failed
  logLevel: LogLevel.ERROR,
} as const satisfies WebClientOptions;

export interface Slack {
  /** @throws HansardError `platform_busy`, `platform_unavailable` (it may have happened all the same), `channel_closed`, … */
  call<T>(what: string, work: (client: WebClient) => Promise<T>): Promise<T>;
  /** That our token was refused, as long as no call has worked since. */
  problems(): string[];
}

/**
 * Methods are limited one by one, so a wait of one is none of the others. The next call of a method begins when the one
 * before has its answer, which may be that we should wait; one that hangs is not waited for.
 */
export function createSlack(client: WebClient): Slack {
  const pausedUntilMs = new Map<string, number>();
  const before = new Map<string, Promise<void>>();
  let refusal: HansardError | undefined;

  return {
    problems: () => (refusal ? [refusal.userMessage] : []),
    async call(what, work) {
      const earlier = before.get(what);
      const { promise: answered, resolve: letNextGo } = Promise.withResolvers<void>();
      before.set(what, answered);
      let hanging: NodeJS.Timeout | undefined;
      try {
        await earlier;
        await sitOut(what);
        hanging = setTimeout(letNextGo, HANGING_MS);
        const answer = await work(client);
        refusal = undefined;
        return answer;
      } catch (error) {
        const known = inOurWords(what, error);
        if (known instanceof HansardError && known.code === 'token_refused') refusal = known;
        if (!(error instanceof WebAPIRateLimitedError)) throw known;
        pausedUntilMs.set(what, Date.now() + error.retryAfter * 1000);
        throw new HansardError('platform_busy', `${what}: wait ${error.retryAfter} s`, { cause: error });
      } finally {
        clearTimeout(hanging);
        letNextGo();
      }
    },
  };

  /** What Slack asked for. */
  async function sitOut(what: string): Promise<void> {
    const left = (pausedUntilMs.get(what) ?? 0) - Date.now();
    if (left > MOST_WAIT_MS)
      throw new HansardError('platform_busy', `${what}: Slack wants ${Math.ceil(left / 1000)} s more`);
    if (left > 0) await delay(left);
  }
}

/** Slack's words (docs.slack.dev, errors of the methods that we call). */
const faultOf: Record<
  string,
  | 'too_late'
  | 'channel_closed'
  | 'thread_gone'
  | 'scope_missing'
  | 'token_refused'
  | 'platform_unavailable'
  | 'platform_busy'
> = {
  not_in_channel: 'channel_closed',
  channel_not_found: 'channel_closed',
  is_archived: 'channel_closed',
  restricted_action: 'channel_closed',
  thread_not_found: 'thread_gone',
  message_not_found: 'thread_gone',
  cannot_reply_to_message: 'thread_gone',
  expired_trigger_id: 'too_late',
  exchanged_trigger_id: 'too_late',
  missing_scope: 'scope_missing',
  not_allowed_token_type: 'scope_missing',
  invalid_auth: 'token_refused',
  token_revoked: 'token_refused',
  token_expired: 'token_refused',
  account_inactive: 'token_refused',
  not_authed: 'token_refused',
  ratelimited: 'platform_busy',
  fatal_error: 'platform_unavailable',
  internal_error: 'platform_unavailable',
  service_unavailable: 'platform_unavailable',
  request_timeout: 'platform_unavailable',
};

function inOurWords(what: string, error: unknown): unknown {
  if (error instanceof WebAPIPlatformError) {
    const { error: code } = error.data;
    return new HansardError(faultOf[code] ?? 'platform_refused', `${what}: ${code}`, { cause: error });
  }
  if (error instanceof WebAPIHTTPError && error.statusCode < 500)
    return new HansardError('platform_refused', `${what}: HTTP ${error.statusCode}`, { cause: error });
  if (error instanceof WebAPIHTTPError || error instanceof WebAPIRequestError)
    return new HansardError('platform_unavailable', `${what}: ${error.message}`, { cause: error });
  return error;
}

/** Whether Slack said this, e.g. `message_not_found`. */
export function isSlackError(error: unknown, code: string): boolean {
  return error instanceof HansardError && error.cause instanceof WebAPIPlatformError && error.cause.data.error === code;
}
