/** The connection to one Ollama server, with limits of our own and errors in our words. */
import { Ollama } from 'ollama';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { patientFetch } from './patient-fetch.ts';

export interface OllamaServer {
  /** `127.0.0.1:11434`, `http://host:port` … */
  host: string;
  model: string;
  /** Our own models need the memory of its GPU when it is through. */
  sharesGpu?: boolean;
  /** For tests; ours otherwise. */
  fetch?: typeof fetch;
}

/** The server said no. */
export class OllamaRefusal extends Error {
  override readonly name = 'OllamaRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** The prompt is longer than the window. */
  get isTooLong(): boolean {
    return this.status === 400 && /context length/iu.test(this.message);
  }
}

const errorBody = z.object({ error: z.string() });
/** What a server that is no Ollama may answer with. */
const MAX_ERROR_CHARS = 200;

/**
 * A client for one job: its requests end when `signal` aborts. Statuses other than 2xx are thrown as OllamaRefusal
 * before the package sees them, which would print them.
 * @throws HansardError `summarizer_offline` for a host that is no address
 */
export function connect({ host, fetch = patientFetch }: OllamaServer, signal: AbortSignal): Ollama {
  const limited: typeof fetch = async (input, init) => {
    const signals = init?.signal ? [init.signal, signal] : [signal];
    const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    const type = response.headers.get('content-type') ?? '';
    if (response.ok && /json/u.test(type)) return response;
    const body = (await response.text()).trim();
    throw new OllamaRefusal(response.ok ? 502 : response.status, explain(body, response.status, type));
  };
  try {
    return new Ollama({ host, fetch: limited });
  } catch (cause) {
    throw new HansardError('summarizer_offline', `"${host}" is no address of a server`, { cause });
  }
}

function explain(body: string, status: number, type: string): string {
  const parsed = z.safeParse(errorBody, tryJson(body));
  if (parsed.success) return parsed.data.error.slice(0, MAX_ERROR_CHARS);
  if (/html/u.test(type)) return `a web page answered (status ${status}), not Ollama`;
  return body.slice(0, MAX_ERROR_CHARS) || `status ${status}`;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
