/** How long a failed job waits before it is tried again. */

const CAP_MS = 10 * 60 * 1000;
const JITTER = 0.5;

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
