/** A server that answers as vLLM, llama.cpp and LM Studio document it: real HTTP, server-sent events, their ways to tell the window. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const chatRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  stream: z.literal(true),
  stream_options: z.object({ include_usage: z.literal(true) }),
  response_format: z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: z.string(), schema: z.unknown() }),
  }),
  max_tokens: z.number(),
  temperature: z.number(),
  seed: z.number(),
  chat_template_kwargs: z.unknown().optional(),
});
export type OpenAiChat = z.infer<typeof chatRequest>;

export interface OpenAiAnswer {
  content?: string;
  /** Comes before the content, in a field of its own. */
  reasoning?: string;
  finishReason?: string;
  promptTokens?: number;
  status?: number;
  body?: string;
  contentType?: string;
  /** Instead of a piece, under status 200. */
  event?: string;
  breaks?: boolean;
}

export interface OpenAiSetup {
  kind: 'vllm' | 'llama.cpp' | 'lm-studio' | 'other';
  models: readonly string[];
  contextTokens?: number;
  key?: string;
  /** Answers 400 to fields that OpenAI does not have. */
  strict?: boolean;
}

export interface FakeOpenAi {
  /** With its version. */
  url: string;
  chats: OpenAiChat[];
  close(): Promise<void>;
}

export async function startFakeOpenAi(
  { kind, models, contextTokens = 32_768, key, strict = false }: OpenAiSetup,
  answer: (chat: OpenAiChat, index: number) => OpenAiAnswer,
): Promise<FakeOpenAi> {
  const chats: OpenAiChat[] = [];
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`)
      return void json(401, { error: { message: 'Incorrect API key provided', type: 'invalid_request_error' } });
    const url = request.url ?? '';
    if (url === '/v1/models') return void json(200, { object: 'list', data: models.map(describe) });
    if (url === '/props' && kind === 'llama.cpp')
      return void json(200, { default_generation_settings: { n_ctx: contextTokens }, total_slots: 1 });
    if (url.startsWith('/api/v0/models/') && kind === 'lm-studio')
      return void json(200, { id: decodeURIComponent(url.slice(15)), loaded_context_length: contextTokens });
    if (url !== '/v1/chat/completions') return void json(404, { detail: 'Not Found' });
    const body: unknown = JSON.parse(text);
    if (strict && z.looseObject({}).parse(body).chat_template_kwargs !== undefined)
      return void json(400, { error: { message: 'Unrecognized request argument supplied: chat_template_kwargs' } });
    const chat = chatRequest.parse(body);
    chats.push(chat);
    const promptTokens = Math.ceil(Buffer.byteLength(chat.messages[0]?.content ?? '') / 4);
    if (promptTokens + chat.max_tokens > contextTokens)
      return void json(400, {
        error: {
          message: `This model's maximum context length is ${contextTokens} tokens. However, you requested more.`,
        },
      });
    send(response, answer(chat, chats.length - 1), promptTokens);
  });
  const describe = (id: string) => ({
    ...{ id, object: 'model', owned_by: kind },
    ...(kind === 'vllm' && { max_model_len: contextTokens }),
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    chats,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: http.ServerResponse, answer: OpenAiAnswer, promptTokens: number): void {
  if (answer.status !== undefined || answer.body !== undefined) {
    response.writeHead(answer.status ?? 200, { 'content-type': answer.contentType ?? 'application/json' });
    return void response.end(answer.body ?? '');
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const event = (value: object | string) =>
    response.write(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
  const piece = (delta: object, finish: string | null = null) =>
    event({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }], usage: null });
  piece({ role: 'assistant', content: '' });
  if (answer.reasoning !== undefined) piece({ reasoning_content: answer.reasoning });
  const content = answer.content ?? '';
  piece({ content: content.slice(0, 5) });
  if (answer.event !== undefined) event(answer.event);
  if (answer.breaks) return void setImmediate(() => response.destroy());
  piece({ content: content.slice(5) });
  piece({}, answer.finishReason ?? 'stop');
  event({ choices: [], usage: { prompt_tokens: answer.promptTokens ?? promptTokens, completion_tokens: 9 } });
  event('[DONE]');
  response.end();
}
