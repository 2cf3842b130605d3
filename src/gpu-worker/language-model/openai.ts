/**
 * A language model on a server that speaks OpenAI's protocol: vLLM, LM Studio, llama.cpp and their like. How long its
 * window is they tell in three ways; where none does, we keep to one that every server has.
 */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { errorIn, refusalOf } from './explain-refusal.ts';
import { type LanguageModel, type ModelFinding, type Question, ServerRefusal } from './language-model.ts';
import { withPatience } from './patience.ts';
import { patientFetch } from './patient-fetch.ts';
import { readServerEvents } from './read-server-events.ts';
import { assertEnds, assertWhole } from './whole-answer.ts';

export interface OpenAiServer {
  /** Up to and with its version: `http://127.0.0.1:8000/v1`. */
  url: string;
  key?: string | undefined;
  /** The only one that the server lists, when not given. */
  model?: string | undefined;
}

const GIVE_UP_MS = 2_000;
/** Where the server does not say how long the window is. */
const SAFE_CONTEXT = 4_096;

const modelsSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      /** vLLM */
      max_model_len: z.number().optional().catch(undefined),
      /** llama.cpp */
      meta: z.object({ n_ctx: z.number().optional() }).nullish().catch(undefined),
    }),
  ),
});
/** llama.cpp: the window that one request gets. */
const propsSchema = z.object({ default_generation_settings: z.object({ n_ctx: z.number().positive() }) });
/** LM Studio: the window with which the model was loaded, else the longest that it can have. */
const studioSchema = z.object({
  loaded_context_length: z.number().positive().optional(),
  max_context_length: z.number().positive().optional(),
});

const pieceSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z.object({ prompt_tokens: z.number() }).nullish(),
});

export function createOpenAi(server: OpenAiServer): LanguageModel {
  return {
    method: 'openai',
    place: server.url,
    find: signal => find(server, signal),
    ask: (model, question, { limits, signal, onPiece }) =>
      withPatience({ limits, signal, what: 'summarize' }, async (limited, heard) => {
        const response = await post(server, buildRequest(model, question), limited);
        const ending: { reason: string | undefined; promptTokens: number | undefined } = {
          reason: undefined,
          promptTokens: undefined,
        };
        let content = '';
        for await (const event of readServerEvents(response)) {
          heard();
          const failure = errorIn(event);
          if (failure !== undefined) throw new ServerRefusal(500, failure);
          const { choices, usage } = parsePiece(event);
          content += choices[0]?.delta?.content ?? '';
          assertEnds(content.length, question);
          ending.reason = choices[0]?.finish_reason ?? ending.reason;
          ending.promptTokens = usage?.prompt_tokens ?? ending.promptTokens;
          onPiece(content.length);
        }
        assertWhole(ending, question);
        return content;
      }),
  };
}

function parsePiece(event: unknown): z.infer<typeof pieceSchema> {
  const parsed = pieceSchema.safeParse(event);
  if (!parsed.success)
    throw new HansardError('summarizer_failed', `a piece of the answer: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function find(server: OpenAiServer, signal: AbortSignal | undefined): Promise<ModelFinding> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), GIVE_UP_MS);
  try {
    const limited = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal;
    const { data } = modelsSchema.parse(await get(server, `${base(server)}/models`, limited));
    const found = server.model === undefined ? onlyOne(data) : data.find(({ id }) => id === server.model);
    if (!found) return { isReady: false, reason: explainMissing(server, data) };
    const contextTokens =
      found.max_model_len ?? found.meta?.n_ctx ?? (await askWindow(server, found.id, limited)) ?? SAFE_CONTEXT;
    return { isReady: true, model: found.id, contextTokens, warnings: [] };
  } catch (error) {
    if (signal?.aborted) throw new HansardError('cancelled', 'look for the language model', { cause: signal.reason });
    return { isReady: false, reason: explain(error, server, timeout.signal.aborted) };
  } finally {
    clearTimeout(timer);
  }
}

function onlyOne<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** The other servers' own ways; undefined where the server has none of them. */
async function askWindow(server: OpenAiServer, model: string, signal: AbortSignal): Promise<number | undefined> {
  const root = base(server).replace(/\/v\d+$/u, '');
  const ask = async <T>(route: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    try {
      return schema.parse(await get(server, `${root}${route}`, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
  };
  const props = await ask('/props', propsSchema);
  if (props) return props.default_generation_settings.n_ctx;
  const studio = await ask(`/api/v0/models/${encodeURIComponent(model)}`, studioSchema);
  return studio?.loaded_context_length ?? studio?.max_context_length;
}

async function get(server: OpenAiServer, url: string, signal: AbortSignal): Promise<unknown> {
  const response = await patientFetch(url, { headers: headersOf(server), signal });
  if (!response.ok || !/json/u.test(response.headers.get('content-type') ?? ''))
    throw await refusalOf(response, 'a server of language models');
  return await response.json();
}

/** Thinking is switched off as vLLM and llama.cpp do it; a server that does not know the field is asked without it. */
async function post(server: OpenAiServer, body: object, signal: AbortSignal): Promise<Response> {
  const send = (content: object) =>
    patientFetch(`${base(server)}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersOf(server) },
      body: JSON.stringify(content),
      signal,
    });
  const unlessRefused = async (response: Response) => {
    if (response.ok && /event-stream/u.test(response.headers.get('content-type') ?? '')) return response;
    throw await refusalOf(response, 'a server of language models');
  };
  try {
    return await unlessRefused(await send({ ...body, chat_template_kwargs: { enable_thinking: false } }));
  } catch (error) {
    if (!(error instanceof ServerRefusal) || !/chat_template_kwargs/u.test(error.message)) throw error;
    return await unlessRefused(await send(body));
  }
}

function buildRequest(model: string, { prompt, format, replyTokens, temperature, seed }: Question): object {
  return {
    model,
    messages: [{ role: 'user', content: prompt }],
    stream: true,
    stream_options: { include_usage: true },
    response_format: { type: 'json_schema', json_schema: { name: 'reply', strict: true, schema: format } },
    max_tokens: replyTokens,
    temperature,
    seed,
  };
}

function base({ url }: OpenAiServer): string {
  return url.replace(/\/+$/u, '');
}

function headersOf({ key }: OpenAiServer): Record<string, string> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}

const MOST_NAMES = 5;

function explainMissing({ url, model }: OpenAiServer, data: readonly { id: string }[]): string {
  const names = data.map(({ id }) => id);
  const listed =
    names.length === 0 ? 'none' : `${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ' …' : ''}`;
  return model === undefined
    ? `${url} has more than one model or none. Set HANSARD_SUMMARY_MODEL to one of: ${listed}.`
    : `${url} does not have the model ${model}. It has: ${listed}. Set HANSARD_SUMMARY_MODEL to one of them.`;
}

function explain(error: unknown, { url }: OpenAiServer, timedOut: boolean): string {
  if (timedOut) return `${url} did not answer within ${GIVE_UP_MS / 1000} seconds.`;
  if (error instanceof ServerRefusal && (error.status === 401 || error.status === 403))
    return `${url} refuses the key. Set HANSARD_LLM_KEY.`;
  if (error instanceof ServerRefusal || error instanceof z.ZodError || error instanceof SyntaxError)
    return `What answers at ${url} is no server of language models: ${error.message}.`;
  return `Nothing answers at ${url}.`;
}
