/** A language model on an Ollama server. */
import type { ChatRequest, Ollama } from 'ollama';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { type LanguageModel, type ModelFinding, type Question, ServerRefusal } from './language-model.ts';
import { connectOllama } from './ollama-client.ts';
import { checkOllamaVersion } from './ollama-version.ts';
import { withPatience } from './patience.ts';
import { assertEnds, assertWhole } from './whole-answer.ts';

export interface OllamaServer {
  /** `127.0.0.1:11434`, `http://host:port` … */
  host: string;
  /** In order of preference: the first that the server has is asked, the first of all is what it should get. */
  models: readonly [string, ...string[]];
  /** Our own models need the memory of its GPU when it is through. */
  sharesGpu?: boolean;
  /** Threads that the model may use on a CPU; its server's choice when not given. */
  threads?: number | undefined;
}

/** A server on the own machine answers in milliseconds; nobody wants to wait for one that is not there. */
const GIVE_UP_MS = 2_000;
/** For a model file that does not say: the smallest window of the models that we know. */
const SMALLEST_CONTEXT = 4_096;

/** Fields that the server knows and the package's types do not: refuse a prompt that is too long, never cut it. */
interface StrictChatRequest extends ChatRequest {
  truncate: false;
  shift: false;
}

export function createOllama(server: OllamaServer): LanguageModel {
  const { host } = server;
  return {
    method: 'ollama',
    place: `Ollama at ${host}`,
    find: signal => find(server, signal),
    ask: (model, question, { limits, signal, onPiece }) =>
      withPatience({ limits, signal, what: 'summarize' }, async (limited, heard) => {
        const client = connectOllama(host, limited);
        let content = '';
        let isDone = false;
        for await (const part of await client.chat(buildRequest(model, server, question))) {
          heard();
          content += part.message.content;
          assertEnds(content.length, question);
          onPiece(content.length);
          isDone = part.done;
          if (part.done) assertWhole({ reason: part.done_reason, promptTokens: part.prompt_eval_count }, question);
        }
        if (!isDone) throw new HansardError('summarizer_failed', 'the answer broke off');
        return content;
      }),
  };
}

async function find(server: OllamaServer, signal: AbortSignal | undefined): Promise<ModelFinding> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), GIVE_UP_MS);
  try {
    const client = connectOllama(server.host, signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal);
    const { version } = await client.version();
    const shown = await showFirst(client, server.models);
    if (!shown) return { isReady: false, reason: explainMissing(server) };
    const { obstacle, warnings } = checkOllamaVersion(version, shown.thinks);
    if (obstacle !== undefined) return { isReady: false, reason: obstacle };
    return { isReady: true, model: shown.model, contextTokens: shown.contextTokens, warnings };
  } catch (error) {
    if (signal?.aborted) throw new HansardError('cancelled', 'look for Ollama', { cause: signal.reason });
    return { isReady: false, reason: explain(error, server, timeout.signal.aborted) };
  } finally {
    clearTimeout(timer);
  }
}

const shownSchema = z.object({
  model_info: z.record(z.string(), z.unknown()).optional(),
  capabilities: z.array(z.string()).optional(),
});

/** The first of the models that is there; undefined when none is. */
async function showFirst(client: Ollama, models: readonly string[]) {
  for (const model of models) {
    try {
      const { model_info: facts = {}, capabilities = [] } = shownSchema.parse(await client.show({ model }));
      return { model, contextTokens: readContext(facts), thinks: capabilities.includes('thinking') };
    } catch (error) {
      if (!(error instanceof ServerRefusal) || error.status !== 404) throw error;
    }
  }
  return undefined;
}

/** `qwen3.context_length`, `llama.context_length` …: the key starts with the model's architecture. */
function readContext(facts: Record<string, unknown>): number {
  const found = Object.entries(facts).find(([key]) => key.endsWith('.context_length'))?.[1];
  return typeof found === 'number' && found > 0 ? found : SMALLEST_CONTEXT;
}

function explainMissing({ host, models }: OllamaServer): string {
  return `Ollama at ${host} does not have the model ${models[0]}. Type: npx hansard models pull ${models[0]}`;
}

function explain(error: unknown, { host }: OllamaServer, timedOut: boolean): string {
  if (timedOut) return `Ollama at ${host} did not answer within ${GIVE_UP_MS / 1000} seconds.`;
  if (error instanceof HansardError) return `OLLAMA_HOST is wrong: ${error.detail}.`;
  if (error instanceof ServerRefusal || error instanceof z.ZodError)
    return `What answers at ${host} is not a working Ollama: ${error.message}.`;
  return `No Ollama answers at ${host}.`;
}

function buildRequest(
  model: string,
  { sharesGpu, threads }: OllamaServer,
  { prompt, format, contextTokens, replyTokens, temperature, seed, mayThink }: Question,
): StrictChatRequest & { stream: true } {
  return {
    model,
    messages: [{ role: 'user', content: prompt }],
    stream: true,
    ...(!mayThink && { think: false }),
    format,
    truncate: false,
    shift: false,
    ...(sharesGpu && { keep_alive: 0 }),
    options: {
      num_ctx: contextTokens,
      num_predict: replyTokens,
      temperature,
      seed,
      ...(threads !== undefined && { num_thread: threads }),
    },
  };
}
