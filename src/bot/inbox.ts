/**
 * What came from a platform and is worth keeping: written down before the platform has its answer, worked off afterwards,
 * tried again until it works or cannot work.
 */
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { backoffMs } from '../pipeline/queue/backoff.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import type { OutboxItem } from '../pipeline/store/outbox.ts';

/** `again`: there is nothing to do about it yet. */
export type Handle = (payload: unknown) => Promise<'done' | 'again'>;

export interface Inbox {
  /** The durable write. @param event what the platform calls the event or the press: again it is the same one */
  put(topic: string, payload: Readonly<Record<string, unknown>>, event: string): void;
  work(): Promise<void>;
}

const HOLD_MS = 60_000;
const TAKEN_AT_ONCE = 20;
/** A platform may tell where a file was shared only a moment after it tells of the file. */
const MOST_LOOKS = 8;
const FIRST_LOOK_AGAIN_MS = 500;
/** Events that were seen: platforms send some of them more than once. */
const MOST_SEEN = 10_000;

const stored = z.record(z.string(), z.json());
/** Whom to tell when it does not work; nobody when nobody asked. */
const sender = z.object({
  channel: z.string(),
  user: z.string(),
  threadId: z.string().optional(),
  asked: z.boolean(),
});
export type Sender = z.infer<typeof sender>;

export function createInbox({
  store,
  logger,
  teller,
  handlers,
}: {
  store: Store;
  logger: Logger;
  /** Says a sentence to whoever asked. */
  teller: { whisper(to: Sender, sentence: string): Promise<void> };
  handlers: Readonly<Record<string, Handle>>;
}): Inbox {
  const seen = new Set<string>();

  async function workOff({ id, topic, payload, attempts }: OutboxItem): Promise<void> {
    const later = () =>
      store.outbox.postpone(id, new Date(Date.now() + backoffMs(FIRST_LOOK_AGAIN_MS, attempts)).toISOString());
    const to = sender.safeParse(payload).data;
    const tell = async (sentence: string) => {
      store.outbox.done(id);
      if (to?.asked) await teller.whisper(to, sentence).catch(err => logger.warn({ err }, 'nobody could be told'));
    };
    try {
      if ((await handlers[topic]?.(payload)) !== 'again') store.outbox.done(id);
      else if (attempts < MOST_LOOKS) later();
      else await tell('I cannot see where that recording was posted. Post it again.');
    } catch (error) {
      if (!(error instanceof HansardError)) throw error;
      logger.warn(
        { topic, code: error.code, detail: error.detail },
        'what came from a platform could not be worked off',
      );
      if (error.retryable) later();
      else await tell(sentenceOf(error));
    }
  }

  return {
    put(topic, payload, event) {
      if (seen.has(event)) return;
      store.outbox.put({ topic, payload: stored.parse(payload) });
      seen.add(event);
      const [oldest] = seen;
      if (seen.size > MOST_SEEN && oldest !== undefined) seen.delete(oldest);
    },
    async work() {
      for (let taken: OutboxItem[] = []; ; ) {
        taken = store.outbox.take(Object.keys(handlers), TAKEN_AT_ONCE, HOLD_MS);
        for (const item of taken) await workOff(item);
        if (taken.length < TAKEN_AT_ONCE) return;
      }
    },
  };
}

/** Slack's own word for it is clearer than ours in this place. */
function sentenceOf(error: HansardError): string {
  if (/file_deleted|file_not_found/.test(error.detail))
    return 'That recording was deleted, or I may not see it: invite me to its channel, and post it again.';
  return error.userMessage;
}
