/** Events, commands and interactions as signed HTTP requests. */
import { createHmac } from 'node:crypto';
import { NotTaken, type Transport } from './transport.ts';

export interface HttpDeliveryOptions {
  url: string;
  signingSecret: string;
  ackMs: number[];
  ackTimeoutMs: number;
}

export function createHttpDelivery({ url, signingSecret, ackMs, ackTimeoutMs }: HttpDeliveryOptions): Transport {
  return {
    async send(type, payload, retry) {
      const isEvent = type === 'events_api';
      const body = isEvent ? JSON.stringify(payload) : buildForm(type, payload).toString();
      const sentAt = performance.now();
      const response = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: {
          'content-type': isEvent ? 'application/json' : 'application/x-www-form-urlencoded',
          ...signatureOf(body, signingSecret),
          ...(retry && { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason }),
        },
        signal: AbortSignal.timeout(ackTimeoutMs),
      }).catch(error => {
        throw new NotTaken((error as Error).name === 'TimeoutError' ? 'http_timeout' : 'connection_failed');
      });
      const text = await response.text().catch(() => '');
      if (!response.ok) throw new NotTaken('http_error', response.headers.get('x-slack-no-retry') === '1');
      ackMs.push(performance.now() - sentAt);
      return /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text || undefined;
    },
  };
}

/** v0 of docs.slack.dev, verifying-requests-from-slack. */
export function signatureOf(body: string, signingSecret: string, atMs = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac}` };
}

function buildForm(type: string, payload: Record<string, unknown>): URLSearchParams {
  if (type === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) });
  return new URLSearchParams(Object.entries(payload).map(([name, value]): [string, string] => [name, String(value)]));
}
