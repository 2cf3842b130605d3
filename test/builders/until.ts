import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `check` gives something, and fails with `what` after `limitMs`. */
export async function until<T>(
  what: string,
  check: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  limitMs = 10_000,
): Promise<T> {
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    const found = await check();
    if (found) return found;
    await delay(15);
  }
  throw new Error(`waited ${limitMs} ms in vain: ${what}`);
}
