/** How Slack fails, where a test says so. */

/** `lost`: it happens, and the answer does not come. */
export type Fault = 'lost' | 'error' | 'hang' | { retryAfter: number } | { refuse: string } | { status: number };

/** `login`: the page that comes with status 200 where the token may not see the file. `cut`: half of the bytes, then nothing. */
export type TransferFault = 'lost' | 'error' | 'hang' | 'login' | 'cut' | { retryAfter: number } | { status: number };

export interface HttpFailure {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The answer of a fault that is one. */
export function failureOf(fault: Fault | TransferFault | undefined): HttpFailure | undefined {
  if (fault === 'error') return { status: 503, headers: {}, body: 'unavailable' };
  if (typeof fault !== 'object') return undefined;
  if ('status' in fault) return { status: fault.status, headers: {}, body: 'unavailable' };
  if ('retryAfter' in fault)
    return {
      status: 429,
      headers: { 'retry-after': String(fault.retryAfter) },
      body: '{"ok":false,"error":"ratelimited"}',
    };
  return undefined;
}

/** Slack counts a little less exactly than we do. */
const TOLERANCE_MS = 50;

export interface Patience {
  /** Calls that came while Slack had asked for patience with that method. */
  impatient: string[];
  note(method: string): void;
  ask(method: string, seconds: number): void;
}

export function createPatience(): Patience {
  const untilMs = new Map<string, number>();
  const impatient: string[] = [];
  return {
    impatient,
    note: method => void (Date.now() < (untilMs.get(method) ?? 0) && impatient.push(method)),
    ask: (method, seconds) => void untilMs.set(method, Date.now() + seconds * 1000 - TOLERANCE_MS),
  };
}

/**
 * The messages that came too fast: Slack takes about one a second in a channel, and a few more at once.
 * @param timesMs when each was posted, in order
 * @returns the times of those that a channel with that allowance would not take
 */
export function tooFast(timesMs: readonly number[], { burst = 3, intervalMs = 1_000 } = {}): number[] {
  let left = burst;
  let lastMs = timesMs[0] ?? 0;
  return timesMs.filter(atMs => {
    left = Math.min(burst, left + (atMs - lastMs) / intervalMs);
    lastMs = atMs;
    const isTaken = left >= 1 - TOLERANCE_MS / intervalMs;
    if (isTaken) left = Math.max(0, left - 1);
    return !isTaken;
  });
}
