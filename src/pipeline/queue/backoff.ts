/** How long a failed job waits before it is tried again. */

const CAP_MS = 10 * 60 * 1000;
const JITTER = 0.5;

/**
 * How long a job rests whose worker died: not at all after the first death, then longer and longer, so that what takes
 * workers down does not take all of them down, and what is killed by bad luck has its next run at a better time.
 * @param crashes 1 after the first death
 */
export function restMs(firstRetryMs: number, crashes: number, random = Math.random()): number {
  return crashes < 2 ? 0 : backoffMs(firstRetryMs, crashes - 1, random);
}

/**
 * Doubles from `firstRetryMs`, at most 10 min, then up to 50 % less or more, so that what failed together does not
 * come back together.
 * @param failedAttempts 1 after the first failure
 * @param random 0..1
 */
export function backoffMs(firstRetryMs: number, failedAttempts: number, random = Math.random()): number {
  const planned = Math.min(CAP_MS, firstRetryMs * 2 ** (failedAttempts - 1));
  return Math.round(Math.min(CAP_MS, planned * (1 - JITTER + 2 * JITTER * random)));
}
