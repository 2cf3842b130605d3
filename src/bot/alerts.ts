/** Tells somebody outside when something is wrong: once per trouble, and once when it is over. */
import { createHmac } from 'node:crypto';
import type { Logger } from '../logger.ts';
import type { HealthReport } from './maintenance/health.ts';

/** `over`: nothing is wrong any more, and there is no advice. */
export type Sink = (kind: 'trouble' | 'over', advice: readonly string[]) => Promise<void>;

const TIMEOUT_MS = 10_000;
/** The same trouble is told of again after this. */
const REPEAT_MS = 6 * 60 * 60 * 1000;

export interface Alerts {
  tell(report: HealthReport): Promise<void>;
}

/** Numbers in a sentence do not make it a new trouble. */
export function createAlerts(send: Sink, logger: Logger): Alerts {
  const told = new Map<string, number>();
  return {
    async tell({ advice }) {
      const now = Date.now();
      const isNew = advice.filter(line => now - (told.get(troubleOf(line)) ?? 0) >= REPEAT_MS);
      const isOver = advice.length === 0 && told.size > 0;
      try {
        if (isNew.length > 0) await send('trouble', advice);
        else if (isOver) await send('over', []);
      } catch (err) {
        logger.error({ err }, 'an alert could not be sent; it is sent with the next health report');
        return;
      }
      if (isOver) told.clear();
      for (const line of isNew) told.set(troubleOf(line), now);
    },
  };
}

/**
 * A webhook. The body is JSON; the header `x-hansard-signature` is `t=SECONDS,v1=HEX`, HEX being the HMAC-SHA256 of
 * `SECONDS.BODY` under the secret.
 */
export function createWebhook({ url, secret }: { url: string; secret: string }): Sink {
  return async (kind, advice) => {
    const body = JSON.stringify({ source: 'hansard', kind, at: new Date().toISOString(), advice });
    const seconds = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-hansard-signature': `t=${seconds},v1=${signature}` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
  };
}

function troubleOf(line: string): string {
  return line.replace(/\d+/g, '#');
}
