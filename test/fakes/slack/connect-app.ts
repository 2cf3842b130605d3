/** An app for the tests of the fake itself: it calls methods, and takes what comes over a socket. */
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { type FakeSlack, type FakeSlackOptions, startFakeSlack, TOKENS } from './start-fake-slack.ts';

export const CHANNEL = 'C1';

export type Answer = Record<string, unknown> & { ok: boolean; error?: string };
export type Call = (method: string, args?: Record<string, unknown>, token?: string) => Promise<Answer>;

/** A Slack with one channel, and what calls its methods. */
export async function startSlack(
  t: TestContext,
  options?: FakeSlackOptions,
): Promise<{ slack: FakeSlack; call: Call }> {
  const slack = await startFakeSlack(t, options);
  slack.addChannel(CHANNEL);
  const call: Call = async (method, args = {}, token = TOKENS.bot) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(`${slack.apiUrl}${method}`, { method: 'POST', headers, body: JSON.stringify(args) });
    const answer = (await response.json()) as Answer;
    return { ...answer, scopes: response.headers.get('x-oauth-scopes') };
  };
  return { slack, call };
}

export interface Envelope {
  type: string;
  envelope_id: string;
  payload: Record<string, unknown> & { event?: { n?: number } };
  retry_attempt?: number;
  retry_reason?: string;
  reason?: string;
}

/** An app that has one socket and acknowledges what it gets. */
export async function connectApp(
  t: TestContext,
  call: Call,
  answerTo: (envelope: Envelope) => unknown = () => undefined,
) {
  const { url } = await call('apps.connections.open', {}, TOKENS.app);
  const socket = new WebSocket(String(url));
  const got: Envelope[] = [];
  socket.on('message', data => {
    const envelope: Envelope = JSON.parse(String(data));
    if (envelope.type === 'hello') return;
    got.push(envelope);
    const payload = envelope.envelope_id === undefined ? 'none' : answerTo(envelope);
    if (payload !== 'none') socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, payload }));
  });
  t.after(() => socket.close());
  await new Promise(resolve => socket.once('open', resolve));
  return { socket, got };
}
