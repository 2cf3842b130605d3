/** Connects to a chat platform, as often as it takes. */
import { setTimeout as delay } from 'node:timers/promises';
import { HansardError } from '../errors.ts';
import type { Logger } from '../logger.ts';

export interface ChatApp {
  /** What keeps it from hearing, one sentence each. */
  problems(): string[];
  stop(): Promise<void>;
}

const CONNECT_AGAIN_MS = 10_000;
/** A platform that says neither yes nor no for so long is away. */
const FIRST_WAIT_MS = 10_000;

/**
 * A platform that is away now is no reason not to start: it is tried until it is there.
 * @param connect its signal is aborted when nobody waits for it any more
 * @throws HansardError `token_refused`, `scope_missing`: trying again would not help
 */
export async function keepConnecting(
  name: string,
  connect: (signal: AbortSignal) => Promise<ChatApp>,
  logger: Logger,
): Promise<ChatApp> {
  let app: ChatApp | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  const tryToConnect = async () => {
    try {
      app = await connect(stopping.signal);
    } catch (error) {
      if (!(error instanceof HansardError)) throw error;
      if (!error.retryable) throw new HansardError(error.code, `${name}: ${error.detail}`, { cause: error });
      logger.warn({ code: error.code, detail: error.detail }, `${name} is away; it is tried again`);
      if (!stopping.signal.aborted) timer = setTimeout(again, CONNECT_AGAIN_MS);
    }
  };
  const first = tryToConnect();
  const inTheBackground = (trying: Promise<void>) =>
    trying.catch(err => {
      if (!stopping.signal.aborted) logger.error({ err }, `${name} does not let us in`);
    });
  let attempt = inTheBackground(first);
  const again = () => {
    attempt = inTheBackground(tryToConnect());
  };
  await Promise.race([first, delay(FIRST_WAIT_MS, undefined, { ref: false })]);
  return {
    problems: () => app?.problems() ?? [`${name} is not connected: it does not answer, or does not let us in.`],
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await attempt;
      await app?.stop();
    },
  };
}
