/** The connection to one Ollama server, with limits of our own and errors in our words. */
import { Ollama } from 'ollama';
import { HansardError } from '../../errors.ts';
import { refusalOf } from './explain-refusal.ts';
import { patientFetch } from './patient-fetch.ts';

/**
 * A client for one job: its requests end when `signal` aborts. Statuses other than 2xx are thrown as ServerRefusal
 * before the package sees them, which would print them.
 * @param host `127.0.0.1:11434`, `http://host:port` …
 * @throws HansardError `summarizer_offline` for a host that is no address
 */
export function connectOllama(host: string, signal: AbortSignal): Ollama {
  const limited: typeof fetch = async (input, init) => {
    const signals = init?.signal ? [init.signal, signal] : [signal];
    const response = await patientFetch(input, { ...init, signal: AbortSignal.any(signals) });
    if (response.ok && /json/u.test(response.headers.get('content-type') ?? '')) return response;
    throw await refusalOf(response, 'Ollama');
  };
  try {
    return new Ollama({ host, fetch: limited });
  } catch (cause) {
    throw new HansardError('summarizer_offline', `"${host}" is no address of a server`, { cause });
  }
}
