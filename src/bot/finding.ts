/** What `hansard doctor` says of one thing. */
export interface Finding {
  name: string;
  /** `limited`: recordings are transcribed, but something is done without. */
  state: 'ok' | 'limited' | 'broken';
  detail: string;
  /** What to type or do; empty when all is well. */
  advice: string;
}
