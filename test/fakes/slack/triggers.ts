/** The right to open a dialog, which Slack gives with every interaction: once, for three seconds. */
import { Refusal } from './refusal.ts';

const LIFE_MS = 3_000;
/** For tests that send interactions by hand. */
const EVERLASTING = 'trigger';

export interface Triggers {
  newTrigger(): string;
  /** @throws Refusal `expired_trigger_id`, `exchanged_trigger_id`, `invalid_trigger_id` */
  exchange(trigger: unknown): void;
}

export function createTriggers(newId: (letter: string) => string): Triggers {
  const given = new Map<string, { atMs: number; isUsed: boolean }>();
  return {
    newTrigger() {
      const id = newId('trigger.');
      given.set(id, { atMs: Date.now(), isUsed: false });
      return id;
    },
    exchange(trigger) {
      if (trigger === EVERLASTING) return;
      const found = given.get(String(trigger));
      if (!found) throw new Refusal('invalid_trigger_id');
      if (found.isUsed) throw new Refusal('exchanged_trigger_id');
      if (Date.now() - found.atMs > LIFE_MS) throw new Refusal('expired_trigger_id');
      found.isUsed = true;
    },
  };
}
