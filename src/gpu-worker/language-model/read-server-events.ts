/** Server-sent events whose data is JSON, as OpenAI's protocol streams them; ends at `[DONE]`. */
import { HansardError } from '../../errors.ts';

/** A line that never ends is no event. */
const MAX_LINE_CHARS = 1_000_000;

/** @throws HansardError `summarizer_failed` for data that is no JSON; the connection's own error when it breaks */
export async function* readServerEvents(response: Response): AsyncGenerator<unknown> {
  if (!response.body) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split(/\r?\n/u);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const data = /^data: ?(.*)$/u.exec(line)?.[1];
      if (data === '[DONE]') return;
      if (data !== undefined) yield parse(data);
    }
    if (rest.length > MAX_LINE_CHARS) throw new HansardError('summarizer_failed', 'a line of the answer never ends');
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new HansardError('summarizer_failed', 'a piece of the answer is no JSON', { cause });
  }
}
