/** Whether an Ollama server answers and has the model; asked before a summarizer is chosen. */
import { HansardError } from '../../errors.ts';
import { connect, OllamaRefusal, type OllamaServer } from './connect.ts';

export type OllamaFinding =
  | {
      isReady: true;
      /** Of the server. */
      version: string;
      /** The longest window that the model can have, in tokens. */
      contextTokens: number;
    }
  | {
      isReady: false;
      /** One plain sentence. */
      reason: string;
    };

/** A server on the own machine answers in milliseconds; nobody wants to wait for one that is not there. */
const GIVE_UP_MS = 2_000;
/** For a model file that does not say: the smallest window of the models that we know. */
const SMALLEST_CONTEXT = 4_096;

/**
 * Never throws for a server that is away, slow or something else; only when `signal` aborts.
 * @param signal gives up earlier
 */
export async function findOllama(server: OllamaServer, signal?: AbortSignal): Promise<OllamaFinding> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), GIVE_UP_MS);
  try {
    const client = connect(server, signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal);
    const { version } = await client.version();
    const { model_info: facts } = await client.show({ model: server.model });
    return { isReady: true, version, contextTokens: readContext(facts) };
  } catch (error) {
    if (signal?.aborted) throw new HansardError('cancelled', 'look for Ollama', { cause: signal.reason });
    return { isReady: false, reason: explain(error, server, timeout.signal.aborted) };
  } finally {
    clearTimeout(timer);
  }
}

/** `qwen3.context_length`, `llama.context_length` …: the key starts with the model's architecture. */
function readContext(facts: unknown): number {
  const entries = Object.entries(Object(facts));
  const found = entries.find(([key]) => key.endsWith('.context_length'))?.[1];
  return typeof found === 'number' && found > 0 ? found : SMALLEST_CONTEXT;
}

function explain(error: unknown, { host, model }: OllamaServer, timedOut: boolean): string {
  if (timedOut) return `Ollama at ${host} did not answer within ${GIVE_UP_MS / 1000} seconds.`;
  if (error instanceof HansardError) return `OLLAMA_HOST is wrong: ${error.detail}.`;
  if (error instanceof OllamaRefusal && error.status === 404)
    return `Ollama at ${host} does not have the model ${model}. Type: ollama pull ${model}`;
  if (error instanceof OllamaRefusal) return `What answers at ${host} is not a working Ollama: ${error.message}.`;
  return `No Ollama answers at ${host}.`;
}
