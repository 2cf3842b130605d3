/** Slack's `{ ok: false }`. */
export class Refusal extends Error {
  /** What else the answer holds, e.g. `needed` of `missing_scope`. */
  readonly more: Record<string, unknown>;
  constructor(code: string, more: Record<string, unknown> = {}) {
    super(code);
    this.more = more;
  }
}

/** With the sentences that Slack puts beside `invalid_blocks` and `invalid_arguments`. */
export function refusalOf({ error, reason }: { error: string; reason: string }): Refusal {
  return new Refusal(error, { errors: [reason], response_metadata: { messages: [`[ERROR] ${reason}`] } });
}
