/** What Slack sends to an app, and sends again when the app does not take it. */
import { setTimeout as delay } from 'node:timers/promises';
import { type EnvelopeType, NotTaken, type Transport } from './transport.ts';
import { APP, BOT, TEAM } from './workspace.ts';

export type Event = Record<string, unknown>;

export interface Delivery {
  /** @param times how often Slack sends it, whatever the app says. @returns whether the app took it each time */
  emit(event: Event, times?: number): Promise<boolean>;
  /** All at once, in any order, each of them one to four times. */
  emitShuffled(events: readonly Event[], random?: () => number): Promise<boolean>;
  /** Slack does not send these again. @returns the answer of the app. @throws Error what the person would see */
  send(type: EnvelopeType, payload: Record<string, unknown>): Promise<unknown>;
}

export interface DeliveryOptions {
  transport: () => Transport;
  newId: (letter: string) => string;
  /** Before the second, the third and the fourth time. */
  retryDelaysMs: readonly number[];
  signal: AbortSignal;
}

const MOST_TIMES = 4;

export function createDelivery({ transport, newId, retryDelaysMs, signal }: DeliveryOptions): Delivery {
  const envelope = (event: Event) => ({
    ...{ token: 'verification', team_id: TEAM, context_team_id: TEAM, api_app_id: APP, type: 'event_callback', event },
    ...{ event_id: newId('Ev'), event_time: Math.floor(Date.now() / 1000), is_ext_shared_channel: false },
    authorizations: [{ team_id: TEAM, user_id: BOT, is_bot: true, enterprise_id: null, is_enterprise_install: false }],
  });

  /** @param attempt how often it came before */
  async function deliver(body: Record<string, unknown>, attempt: number, reason = 'timeout'): Promise<boolean> {
    try {
      await transport().send('events_api', body, attempt > 0 ? { attempt, reason } : undefined);
      return true;
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error;
      const pauseMs = retryDelaysMs[attempt];
      if (error.wantsNoRetry || pauseMs === undefined || signal.aborted) return false;
      await delay(pauseMs, undefined, { ref: false, signal }).catch(() => {});
      return !signal.aborted && (await deliver(body, attempt + 1, error.reason));
    }
  }

  return {
    async emit(event, times = 1) {
      const body = envelope(event);
      let isTaken = true;
      for (let n = 0; n < times; n++) isTaken = (await deliver(body, n)) && isTaken;
      return isTaken;
    },
    async emitShuffled(events, random = Math.random) {
      const copies = events.map(envelope).flatMap(body => {
        const times = 1 + Math.floor(random() * MOST_TIMES);
        return Array.from({ length: times }, (_, attempt) => ({ body, attempt, order: random() }));
      });
      const sent = copies.toSorted((a, b) => a.order - b.order).map(({ body, attempt }) => deliver(body, attempt));
      return (await Promise.all(sent)).every(Boolean);
    },
    async send(type, payload) {
      try {
        return await transport().send(type, payload);
      } catch (error) {
        if (error instanceof NotTaken) throw new Error(`${type} failed: operation_${error.reason}`, { cause: error });
        throw error;
      }
    },
  };
}
