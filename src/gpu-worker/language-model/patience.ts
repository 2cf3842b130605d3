/** How long we wait for a model: for its first word, for the next one, and for all of them. */
import { HansardError } from '../../errors.ts';

export interface WaitLimits {
  /** Until the first piece: the model is loaded and the prompt is read, both slow on a CPU. */
  firstMs: number;
  /** Between two pieces. */
  idleMs: number;
  /** For the whole answer. */
  totalMs: number;
}

/** An hour-long answer is no answer; a first piece after ten minutes has been seen on busy CPUs. */
export const WAIT_LIMITS: WaitLimits = { firstMs: 15 * 60_000, idleMs: 2 * 60_000, totalMs: 60 * 60_000 };

/**
 * Runs `work` with a signal that also aborts when a limit is reached; `work` calls `heard` with every piece.
 * @throws HansardError `cancelled` when `signal` aborts, `summarizer_offline` when a limit is reached; what `work` throws
 */
export async function withPatience<T>(
  { limits, signal, what }: { limits: WaitLimits; signal: AbortSignal; what: string },
  work: (signal: AbortSignal, heard: () => void) => Promise<T>,
): Promise<T> {
  const patience = new AbortController();
  const watch = startWatch(patience, limits);
  try {
    return await work(AbortSignal.any([signal, patience.signal]), watch.heard);
  } catch (error) {
    if (signal.aborted) throw new HansardError('cancelled', what, { cause: signal.reason });
    if (patience.signal.aborted) throw patience.signal.reason;
    patience.abort(error); // nobody listens to the rest
    throw error;
  } finally {
    watch.stop();
  }
}

interface Watch {
  /** Something came: the wait for the next piece begins. */
  heard(): void;
  stop(): void;
}

function startWatch(patience: AbortController, { firstMs, idleMs, totalMs }: WaitLimits): Watch {
  const giveUp = (what: string) => patience.abort(new HansardError('summarizer_offline', what));
  const total = setTimeout(() => giveUp(`no whole answer within ${totalMs / 1000} s`), totalMs);
  let step = setTimeout(() => giveUp(`no first word within ${firstMs / 1000} s`), firstMs);
  return {
    heard() {
      clearTimeout(step);
      step = setTimeout(() => giveUp(`no further word within ${idleMs / 1000} s`), idleMs);
    },
    stop() {
      clearTimeout(total);
      clearTimeout(step);
    },
  };
}
