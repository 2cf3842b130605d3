/** Has Ollama fetch a model, and says how far it is. */
import { HansardError } from '../../errors.ts';
import { ServerRefusal } from './language-model.ts';
import { connectOllama } from './ollama-client.ts';
import { withPatience } from './patience.ts';

/** The server may look for a while; between two reports it says something every fraction of a second. */
const LIMITS = { firstMs: 60_000, idleMs: 2 * 60_000, totalMs: 24 * 60 * 60_000 };

export interface PullStep {
  /** In Ollama's words: `pulling manifest`, `verifying sha256 digest` … */
  status: string;
  /** Of the layer that it is at; both 0 in steps without bytes. */
  doneBytes: number;
  totalBytes: number;
}

/**
 * @throws HansardError `model_unavailable` when the server is away, does not know the model, or cannot fetch it;
 *   `cancelled`
 */
export async function pullModel(
  host: string,
  model: string,
  onStep: (step: PullStep) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    // the package itself refuses a stream that ends without success
    await withPatience({ limits: LIMITS, signal, what: `pull ${model}` }, async (limited, heard) => {
      for await (const step of await connectOllama(host, limited).pull({ model, stream: true })) {
        heard();
        onStep({ status: step.status, doneBytes: step.completed ?? 0, totalBytes: step.total ?? 0 });
      }
    });
  } catch (error) {
    if (error instanceof HansardError && error.code === 'cancelled') throw error;
    throw new HansardError('model_unavailable', explain(error, host, model), { cause: error });
  }
}

function explain(error: unknown, host: string, model: string): string {
  const said = error instanceof HansardError ? error.detail : error instanceof Error ? error.message : String(error);
  if (/file does not exist|not found/iu.test(said)) return `Ollama's library has no model ${model}.`;
  if (error instanceof ServerRefusal || !/ECONNREFUSED|ENOTFOUND|EHOSTUNREACH/u.test(said))
    return `Ollama at ${host} could not fetch ${model}: ${said.replace(/\.+$/u, '')}.`;
  return `No Ollama answers at ${host}. Start it, or set OLLAMA_HOST.`;
}
