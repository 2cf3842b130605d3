/** What workers of both adapters write into the log: one line when a job ends, and errors that come in floods once. */
import type { Logger } from '../../logger.ts';
import type { QueueName } from './job-type.ts';
import type { Outcome } from './run-stored.ts';

/** One line per run: ids, milliseconds and the outcome, never content. */
export function logOutcome(
  logger: Logger,
  { jobId, queue, outcome, startedAt }: { jobId: string; queue: QueueName; outcome: Outcome; startedAt: number },
): void {
  const fields = { jobId, queue, outcome: outcome.kind, ms: Math.round(performance.now() - startedAt) };
  if (outcome.kind !== 'failed') logger.info(fields, 'job ended');
  else logger.warn({ ...fields, ...outcome.failure, retryable: outcome.retryable }, 'job failed');
}

const SILENCE_MS = 5_000;

/**
 * Lets the first error of its kind through and then one every 5 s, with the number of those left out. Measured: with the
 * disk of Redis full, one worker emitted 10,390 errors in 4 s.
 */
export function throttle(
  tell: (what: string, error: unknown, suppressed: number) => void,
): (what: string, error: unknown) => void {
  const kinds = new Map<string, { toldAt: number; suppressed: number }>();
  return (what, error) => {
    const kind = `${what} ${error instanceof Error ? error.name : ''}`;
    const known = kinds.get(kind);
    if (known && Date.now() - known.toldAt < SILENCE_MS) {
      known.suppressed++;
      return;
    }
    kinds.set(kind, { toldAt: Date.now(), suppressed: 0 });
    tell(what, error, known?.suppressed ?? 0);
  };
}
