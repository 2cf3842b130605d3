/** How much Discord takes: a bucket for each route and channel, and one for all (docs.discord.com, topics/rate-limits). */
import { createHash } from 'node:crypto';
import { type HttpFailure, tooMany } from './faults.ts';

export interface RateLimits {
  /** Requests that came while Discord had asked for patience. */
  impatient: string[];
  /** @param major the channel, the guild or the webhook. @returns the headers of the answer, and the refusal where it is too much */
  take(request: { method: string; route: string; major: string }): {
    headers: Record<string, string>;
    refusal?: HttpFailure;
  };
  /** A test asks for patience. */
  ask(request: { method: string; route: string; major: string }, seconds: number, isGlobal: boolean): void;
}

export interface RateOptions {
  /** Of the buckets of five messages and five edits. */
  messageWindowMs: number;
  globalPerSecond: number;
}

/** Requests that were under way already, on a busy machine. */
const UNDER_WAY_MS = 150;
const TOLERANCE_MS = 60;
/** Discord does not tell the others; these are generous. */
const OTHER = { limit: 50, windowMs: 1_000 };

interface Bucket {
  limit: number;
  left: number;
  resetsAtMs: number;
}

export function createRateLimits({ messageWindowMs, globalPerSecond }: RateOptions): RateLimits {
  const buckets = new Map<string, Bucket>();
  /** Of patience: from when, until when. */
  const asked = new Map<string, { fromMs: number; untilMs: number }>();
  const impatient: string[] = [];

  const limitsOf = (method: string, route: string) => {
    if (route === '/channels/:id/messages' && method === 'POST') return { limit: 5, windowMs: messageWindowMs };
    if (route === '/channels/:id/messages/:id' && method === 'PATCH') return { limit: 5, windowMs: messageWindowMs };
    return OTHER;
  };
  const bucketOf = (key: string, { limit, windowMs }: { limit: number; windowMs: number }): Bucket => {
    const known = buckets.get(key);
    if (known && known.resetsAtMs > Date.now()) return known;
    const fresh = { limit, left: limit, resetsAtMs: Date.now() + windowMs };
    buckets.set(key, fresh);
    return fresh;
  };
  /** What was asked for, in words; undefined where nothing is. */
  const askedFor = (key: string): string | undefined => {
    const { fromMs = 0, untilMs = 0 } = asked.get(key) ?? {};
    const isOn = Date.now() > fromMs + UNDER_WAY_MS && Date.now() < untilMs - TOLERANCE_MS;
    return isOn ? `${Date.now() - fromMs} of ${untilMs - fromMs} ms into the patience with ${key}` : undefined;
  };
  /** Who asks again and again is no less impatient: what was asked for first counts from then. */
  const demand = (key: string, ms: number) => {
    const before = asked.get(key);
    const fromMs = before && before.untilMs > Date.now() ? before.fromMs : Date.now();
    asked.set(key, { fromMs, untilMs: Math.max(before?.untilMs ?? 0, Date.now() + ms) });
  };
  /** Answers to interactions, and what follows them (docs.discord.com, topics/rate-limits#global-rate-limit). */
  const isFree = (route: string) => /^\/(interactions|webhooks)\//.test(route);
  const keyOf = ({ method, route, major }: { method: string; route: string; major: string }) =>
    `${method} ${route} ${major}`;

  return {
    impatient,
    take(request) {
      const { method, route } = request;
      const key = keyOf(request);
      const why = askedFor(key) ?? (isFree(route) ? undefined : askedFor('global'));
      if (why) impatient.push(`${method} ${route}: ${why}`);
      if (route.endsWith('/callback')) return { headers: {} };
      const all = bucketOf('global', { limit: globalPerSecond, windowMs: 1_000 });
      if (!isFree(route) && all.left <= 0) {
        const waitMs = Math.max(1, all.resetsAtMs - Date.now());
        demand('global', waitMs);
        return { headers: {}, refusal: tooMany(waitMs / 1000, true) };
      }
      if (!isFree(route)) all.left -= 1;
      const bucket = bucketOf(key, limitsOf(method, route));
      const isOver = bucket.left <= 0;
      bucket.left = Math.max(0, bucket.left - 1);
      const waitMs = Math.max(1, bucket.resetsAtMs - Date.now());
      const headers = {
        ...{ 'x-ratelimit-limit': String(bucket.limit), 'x-ratelimit-remaining': String(bucket.left) },
        ...{ 'x-ratelimit-reset': String(bucket.resetsAtMs / 1000), 'x-ratelimit-reset-after': String(waitMs / 1000) },
        'x-ratelimit-bucket': createHash('md5').update(`${method} ${route}`).digest('hex'),
      };
      if (!isOver) return { headers };
      demand(key, waitMs);
      const refusal = tooMany(waitMs / 1000, false);
      return { headers, refusal };
    },
    ask: (request, seconds, isGlobal) => void demand(isGlobal ? 'global' : keyOf(request), seconds * 1000),
  };
}
