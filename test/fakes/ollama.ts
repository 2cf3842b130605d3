/** A server that answers as Ollama 0.17.4 was recorded to: real HTTP on 127.0.0.1, one way of answering per chat. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';

const chatRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ content: z.string() })),
  stream: z.boolean().optional(),
  truncate: z.boolean().optional(),
  format: z.unknown(),
  options: z.object({ num_ctx: z.number(), temperature: z.number(), seed: z.number() }),
});
export type FakeChat = z.infer<typeof chatRequest>;

export interface Answer {
  /** The text, streamed in pieces. */
  content?: string;
  doneReason?: string;
  promptEvalCount?: number;
  /** A line under status 200 after the first piece: the runner died. */
  errorLine?: string;
  status?: number;
  body?: string;
  contentType?: string;
  /** Never says a word, or stops after the first piece. */
  hangs?: 'at once' | 'after a piece';
  /** Spaces and no end of them: as fast as they are read, or one now and then. */
  endless?: 'fast' | 'slow';
  breaks?: boolean;
}

export interface FakeOllama {
  host: string;
  chats: FakeChat[];
  close(): Promise<void>;
}

export interface FakeSetup {
  model: string;
  contextTokens?: number;
  /** Answers every route with this. */
  always?: Answer;
  /** Of a server that was there before. */
  port?: number;
}

/** @param answer what to say to a chat; `index` counts chats from 0 */
export async function startFakeOllama(
  { model, contextTokens = 32_768, always, port = 0 }: FakeSetup,
  answer: (chat: FakeChat, index: number) => Answer,
): Promise<FakeOllama> {
  const chats: FakeChat[] = [];
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    if (always) return void send(response, always, 0);
    if (request.url === '/api/version') return void json(200, { version: '0.17.4' });
    const asked = z.object({ model: z.string() }).parse(JSON.parse(text));
    if (asked.model !== model) return void json(404, { error: `model '${asked.model}' not found` });
    if (request.url === '/api/show')
      return void json(200, { details: { family: 'llama' }, model_info: { 'llama.context_length': contextTokens } });
    const chat = chatRequest.parse(JSON.parse(text));
    chats.push(chat);
    const promptTokens = Math.ceil(Buffer.byteLength(chat.messages.map(({ content }) => content).join('')) / 4);
    if (promptTokens > Math.min(chat.options.num_ctx, contextTokens) && chat.truncate === false)
      return void json(400, { error: 'the input length exceeds the context length' });
    send(response, answer(chat, chats.length - 1), promptTokens);
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return {
    host: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    chats,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: http.ServerResponse, answer: Answer, promptTokens: number): void {
  if (answer.status !== undefined || answer.body !== undefined) {
    response.writeHead(answer.status ?? 200, {
      'content-type': answer.contentType ?? 'application/json; charset=utf-8',
    });
    response.end(answer.body ?? '');
    return;
  }
  if (answer.hangs === 'at once') return;
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const line = (value: object) => response.write(`${JSON.stringify(value)}\n`);
  if (answer.endless) return void sendSpaces(response, answer.endless);
  const content = answer.content ?? '';
  const middle = Math.ceil(content.length / 2);
  line({ model: 'fake', message: { role: 'assistant', content: content.slice(0, middle) }, done: false });
  if (answer.hangs) return;
  if (answer.breaks) return void setImmediate(() => response.destroy());
  if (answer.errorLine !== undefined) {
    line({ error: answer.errorLine });
    return void response.end();
  }
  line({ model: 'fake', message: { role: 'assistant', content: content.slice(middle) }, done: false });
  line({
    model: 'fake',
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: answer.doneReason ?? 'stop',
    prompt_eval_count: answer.promptEvalCount ?? promptTokens,
    eval_count: 10,
  });
  response.end();
}

/** Ends when nobody listens any more. */
async function sendSpaces(response: http.ServerResponse, pace: 'fast' | 'slow'): Promise<void> {
  const content = ' '.repeat(pace === 'fast' ? 10_000 : 1);
  while (!response.destroyed) {
    response.write(`${JSON.stringify({ model: 'fake', message: { role: 'assistant', content }, done: false })}\n`);
    await setTimeout(pace === 'fast' ? 0 : 50);
  }
}
