/** Connects to a chat platform, as often as it takes. */
import { HansardError } from '../errors.ts';
import type { Logger } from '../logger.ts';

export interface ChatApp {
  /** What keeps it from hearing, one sentence each. */
  problems(): string[];
  stop(): Promise<void>;
}

const CONNECT_AGAIN_MS = 10_000;

/**
 * A platform that is away now is no reason not to start: it is tried until it is there.
 * @throws HansardError `token_refused`, `scope_missing`: trying again would not help
 */
export async function keepConnecting(name: string, connect: () => Promise<ChatApp>, logger: Logger): Promise<ChatApp> {
  let app: ChatApp | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let attempt: Promise<void> | undefined;
  const tryToConnect = async () => {
    try {
      app = await connect();
    } catch (error) {
      if (!(error instanceof HansardError) || !error.retryable) throw error;
      logger.warn({ code: error.code, detail: error.detail }, `${name} is away; it is tried again`);
      if (!isStopped) timer = setTimeout(again, CONNECT_AGAIN_MS);
    }
  };
  const again = () => {
    attempt = tryToConnect().catch(err => logger.error({ err }, `${name} does not let us in`));
  };
  await tryToConnect();
  return {
    problems: () => app?.problems() ?? [`${name} is not connected: it does not answer, or does not let us in.`],
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await attempt;
      await app?.stop();
    },
  };
}
