/** How Discord fails, where a test says so. */

/** `lost`: it happens, and the answer does not come. */
export type Fault =
  | 'lost'
  | 'error'
  | 'hang'
  | { retryAfter: number; global?: boolean }
  | { status: number; code?: number; message?: string };

/** `cut`: half of the bytes, then nothing. */
export type TransferFault =
  | 'lost'
  | 'error'
  | 'hang'
  | 'cut'
  | { retryAfter: number }
  | { status: number }
  | { slowMs: number };

export interface HttpFailure {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The answer of a fault that is one. */
export function failureOf(fault: Fault | TransferFault | undefined): HttpFailure | undefined {
  if (fault === 'error') return { status: 503, headers: {}, body: 'upstream connect error' };
  if (typeof fault !== 'object') return undefined;
  const json = { 'content-type': 'application/json' };
  if ('retryAfter' in fault) return tooMany(fault.retryAfter, 'global' in fault && fault.global === true);
  if (!('status' in fault)) return undefined;
  const code = 'code' in fault ? fault.code : 0;
  const message = 'message' in fault ? fault.message : `${fault.status}: refused`;
  return { status: fault.status, headers: json, body: JSON.stringify({ message, code }) };
}

/** 429, as Discord words it. @param seconds `retry_after` */
export function tooMany(seconds: number, isGlobal: boolean): HttpFailure {
  return {
    status: 429,
    headers: {
      ...{ 'content-type': 'application/json', 'retry-after': String(seconds) },
      ...{ 'x-ratelimit-scope': isGlobal ? 'global' : 'user', 'x-ratelimit-reset-after': String(seconds) },
      ...(isGlobal && { 'x-ratelimit-global': 'true' }),
    },
    body: JSON.stringify({ message: 'You are being rate limited.', retry_after: seconds, global: isGlobal }),
  };
}
