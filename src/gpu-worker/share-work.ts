/** What several wait for is done once; when it failed, whoever comes next tries again. */

/** @param signal of the one who waits: when it aborts for whoever began the work, another of those who wait begins it anew */
export type ShareWork = (key: string, signal: AbortSignal, work: () => Promise<void>) => Promise<void>;

export function createShareWork(): ShareWork {
  const attempts = new Map<string, { signal: AbortSignal; done: Promise<void> }>();
  return async function share(key, signal, work) {
    const attempt = attempts.get(key) ?? { signal, done: work() };
    attempts.set(key, attempt);
    try {
      await attempt.done;
    } catch (error) {
      if (attempts.get(key) === attempt) attempts.delete(key);
      if (attempt.signal.aborted && !signal.aborted) return await share(key, signal, work);
      throw error;
    }
  };
}
