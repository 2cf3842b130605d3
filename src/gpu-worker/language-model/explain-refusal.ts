/** What a server says when it says no, in whichever form: Ollama's and OpenAI's JSON, plain text, a proxy's web page. */
import { z } from 'zod';
import { ServerRefusal } from './language-model.ts';

/** What a server that is something else may answer with. */
const MAX_ERROR_CHARS = 200;

const errorBody = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
]);

/** @param wanted what should have answered */
export async function refusalOf(response: Response, wanted: string): Promise<ServerRefusal> {
  const type = response.headers.get('content-type') ?? '';
  const body = (await response.text()).trim();
  return new ServerRefusal(response.ok ? 502 : response.status, explain(body, response.status, type, wanted));
}

/** The message of an error object, also of one that comes in mid-answer under status 200. */
export function errorIn(value: unknown): string | undefined {
  const parsed = errorBody.safeParse(value);
  return parsed.success ? parsed.data.slice(0, MAX_ERROR_CHARS) : undefined;
}

function explain(body: string, status: number, type: string, wanted: string): string {
  const said = errorIn(tryJson(body));
  if (said !== undefined) return said;
  if (/html/u.test(type)) return `a web page answered (status ${status}), not ${wanted}`;
  return body.slice(0, MAX_ERROR_CHARS) || `status ${status}`;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
