/** Tries again what a platform did not take. */
import { setTimeout as delay } from 'node:timers/promises';
import { HansardError } from '../errors.ts';

const MOST_TRIES = 12;
const FIRST_WAIT_MS = 500;
const MOST_BETWEEN_MS = 3_000;

/** Tries again what a platform did not take now, for about half a minute. What is tried must bear being done twice. */
export async function persist<T>(signal: AbortSignal, work: () => Promise<T>, mostTries = MOST_TRIES): Promise<T> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HansardError) || !error.retryable || tries === mostTries) throw error;
      const waitMs = Math.min(MOST_BETWEEN_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
      await delay(waitMs * (0.5 + Math.random()), undefined, { signal });
    }
  }
}

const READ_TRIES = 5;

/** The same for a look, which changes nothing: so that what comes after it does not have to be tried again with it. */
export async function persistReading<T>(work: () => Promise<T>): Promise<T> {
  return await persist(AbortSignal.any([]), work, READ_TRIES);
}
