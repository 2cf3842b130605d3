/** How Slack reaches an app: over sockets or over HTTP. */

export type EnvelopeType = 'events_api' | 'interactive' | 'slash_commands';

export interface Retry {
  /** From 1. */
  attempt: number;
  reason: string;
}

export interface Transport {
  /** @returns what the app answers. @throws NotTaken */
  send(type: EnvelopeType, payload: Record<string, unknown>, retry?: Retry): Promise<unknown>;
}

/** The app did not say in time that it has it. */
export class NotTaken extends Error {
  readonly reason: string;
  readonly wantsNoRetry: boolean;
  constructor(reason: string, wantsNoRetry = false) {
    super(`the app did not take it: ${reason}`);
    this.reason = reason;
    this.wantsNoRetry = wantsNoRetry;
  }
}
