/** Keeps to a rate: so many at once, then one per interval (a token bucket). */
import { setTimeout as delay } from 'node:timers/promises';

export interface Pace {
  /** Waits until one more is allowed; those who wait go in order. */
  take(key: string): Promise<void>;
  /** False: one more would be too many now. */
  tryTake(key: string): boolean;
  /** Right before it goes: waits until the one before is an interval away, however long both were held up. */
  keepApart(key: string): Promise<void>;
}

/** @param key what each rate is kept for, e.g. a channel */
export function createPace({ burst, intervalMs }: { burst: number; intervalMs: number }): Pace {
  /** When the bucket of a key would be full again, in milliseconds since 1970. */
  const fullAtMs = new Map<string, number>();
  const nextMs = new Map<string, number>();
  /** How long from now until there is one. */
  const waitFor = (key: string): number => {
    const now = Date.now();
    const fullAt = Math.max(now, fullAtMs.get(key) ?? 0);
    return Math.max(0, fullAt - now - (burst - 1) * intervalMs);
  };
  const spend = (key: string) => {
    fullAtMs.set(key, Math.max(Date.now(), fullAtMs.get(key) ?? 0) + intervalMs);
  };
  return {
    async take(key) {
      const wait = waitFor(key);
      spend(key); // before the waiting: whoever comes next waits longer
      if (wait > 0) await delay(wait);
    },
    async keepApart(key) {
      const now = Date.now();
      const atMs = Math.max(now, nextMs.get(key) ?? 0);
      nextMs.set(key, atMs + intervalMs);
      if (atMs > now) await delay(atMs - now);
    },
    tryTake(key) {
      if (waitFor(key) > 0) return false;
      spend(key);
      return true;
    },
  };
}
