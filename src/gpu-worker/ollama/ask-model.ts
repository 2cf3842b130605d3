/** One question to the model: streamed, with limits on waiting, and accepted only when it is whole. */
import type { ChatRequest } from 'ollama';
import { HansardError } from '../../errors.ts';
import { connect, type OllamaServer } from './connect.ts';

export interface Question {
  prompt: string;
  /** JSON schema of the answer. */
  format: object;
  contextTokens: number;
  /** The answer may not be longer. */
  replyTokens: number;
  temperature: number;
  seed: number;
}

export interface WaitLimits {
  /** Until the first piece: the model is loaded and the prompt is read, both slow on a CPU. */
  firstMs: number;
  /** Between two pieces. */
  idleMs: number;
  /** For the whole answer. */
  totalMs: number;
}

/** An hour-long answer is no answer; a first piece after ten minutes has been seen on busy CPUs. */
export const WAIT_LIMITS: WaitLimits = { firstMs: 15 * 60_000, idleMs: 2 * 60_000, totalMs: 60 * 60_000 };

/** Fields that the server knows and the package's types do not: refuse a prompt that is too long, never cut it. */
interface StrictChatRequest extends ChatRequest {
  truncate: false;
  shift: false;
}

/** A token of text has at most about six bytes; fewer tokens read than this share means that the prompt was cut. */
const MAX_BYTES_PER_TOKEN = 6;

export interface Waiting {
  limits: WaitLimits;
  signal: AbortSignal;
  /** Called with the characters of the answer so far. */
  onPiece(characters: number): void;
}

/**
 * The answer's text.
 * @throws HansardError `summarizer_failed` for an answer that is cut, `summarizer_offline` for one that does not come,
 *   `cancelled`; OllamaRefusal when the server says no; the connection's own error when it breaks
 */
export async function askModel(server: OllamaServer, question: Question, waiting: Waiting): Promise<string> {
  const { limits, signal, onPiece } = waiting;
  const patience = new AbortController();
  const watch = startWatch(patience, limits);
  try {
    const client = connect(server, AbortSignal.any([signal, patience.signal]));
    let content = '';
    for await (const part of await client.chat(buildRequest(server, question))) {
      watch.heard();
      content += part.message.content;
      onPiece(content.length);
      if (part.done) assertWhole(part, question);
    }
    return content;
  } catch (error) {
    if (signal.aborted) throw new HansardError('cancelled', 'summarize', { cause: signal.reason });
    if (patience.signal.aborted) throw patience.signal.reason;
    throw error;
  } finally {
    watch.stop();
  }
}

function buildRequest({ model, sharesGpu }: OllamaServer, question: Question): StrictChatRequest & { stream: true } {
  const { prompt, format, contextTokens, replyTokens, temperature, seed } = question;
  return {
    model,
    messages: [{ role: 'user', content: prompt }],
    stream: true,
    think: false,
    format,
    truncate: false,
    shift: false,
    ...(sharesGpu && { keep_alive: 0 }),
    options: { num_ctx: contextTokens, num_predict: replyTokens, temperature, seed },
  };
}

interface Ending {
  done_reason?: string;
  prompt_eval_count?: number;
}

function assertWhole({ done_reason: reason, prompt_eval_count: read }: Ending, { prompt, contextTokens }: Question) {
  if (reason !== 'stop') throw new HansardError('summarizer_failed', `the answer ended with "${reason}", not "stop"`);
  // absent from some versions when the prompt was in their cache
  if (read === undefined) return;
  if (read >= contextTokens || read < Buffer.byteLength(prompt) / MAX_BYTES_PER_TOKEN)
    throw new HansardError('summarizer_failed', `the model read only ${read} tokens of the prompt`);
}

interface Watch {
  /** Something came: the wait for the next piece begins. */
  heard(): void;
  stop(): void;
}

function startWatch(patience: AbortController, { firstMs, idleMs, totalMs }: WaitLimits): Watch {
  const giveUp = (what: string) => patience.abort(new HansardError('summarizer_offline', what));
  const total = setTimeout(() => giveUp(`no whole answer within ${totalMs / 1000} s`), totalMs);
  let step = setTimeout(() => giveUp(`no first word within ${firstMs / 1000} s`), firstMs);
  return {
    heard() {
      clearTimeout(step);
      step = setTimeout(() => giveUp(`no further word within ${idleMs / 1000} s`), idleMs);
    },
    stop() {
      clearTimeout(total);
      clearTimeout(step);
    },
  };
}
