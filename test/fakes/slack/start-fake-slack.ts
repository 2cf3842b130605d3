/**
 * Slack's servers: Web API, files, Socket Mode and requests. They check what Slack checks (tokens, scopes, membership, threads,
 * blocks and their limits), answer as it does, and misbehave as it does where a test says so.
 */
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { until } from '../../builders/until.ts';
import { chatMethods } from './chat-methods.ts';
import { conversationMethods } from './conversation-methods.ts';
import { createDelivery, type Delivery } from './deliver.ts';
import { createPatience, type Fault, type TransferFault, tooFast } from './faults.ts';
import { fileMethods } from './file-methods.ts';
import { createHttpDelivery } from './http-delivery.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import { createPostings, type Postings } from './postings.ts';
import { fullScopes } from './scopes.ts';
import { type Call, createSlackServer } from './serve.ts';
import { type SocketMode, startSocketMode } from './socket-mode.ts';
import { createTransfers } from './transfers.ts';
import type { EnvelopeType, Transport } from './transport.ts';
import { createTriggers } from './triggers.ts';
import { createViews, type Views } from './view-methods.ts';
import { type Access, createWebApi } from './web-api.ts';
import { BOT, createWorkspace, type Workspace } from './workspace.ts';

export type { Fault, TransferFault } from './faults.ts';
export type { View } from './view-methods.ts';
export type { FakeFile, FakeMessage } from './workspace.ts';
export { BOT, TOKENS } from './workspace.ts';

export interface FakeSlack
  extends Postings,
    Interactions,
    Pick<Delivery, 'emitShuffled'>,
    Pick<Views, 'views' | 'homes'>,
    Pick<Workspace, 'messages' | 'files' | 'whispers' | 'channels' | 'people' | 'creators' | 'addChannel'> {
  apiUrl: string;
  calls: Call[];
  /** Calls that came while Slack had asked for patience with that method. */
  impatient: string[];
  /** Milliseconds that each ack took. */
  ackMs: number[];
  /** Answers of slash commands, and of whatever else was answered. */
  answers: unknown[];
  /** What came to a `response_url`. */
  responses: { id: string; body: Record<string, unknown> }[];
  /** Channel → when the bot posted a message there. */
  postTimes: Map<string, number[]>;
  /** Channels in which the bot posted faster than Slack takes it: one message a second, three at once. */
  tooFastIn(): string[];
  /** Each call takes so long at most. */
  slowDown(mostMs: number): void;
  /** `files.info` tells where a file was shared only so long afterwards. */
  delayShares(ms: number): void;
  /** Asked for each call. */
  misbehave(fault: (method: string) => Fault | undefined): void;
  /** Asked for each download and each upload. */
  misbehaveTransfers(fault: (what: 'download' | 'upload', fileId: string) => TransferFault | undefined): void;
  /** What the bot's token may do from now on. */
  grant(scopes: readonly string[]): void;
  revokeToken(): void;
  /** Sends an event, as often as Slack may. @returns whether the app took it */
  emit(event: Record<string, unknown>, times?: number): Promise<boolean>;
  /** An interaction or a command that a test made by hand. */
  send(type: Exclude<EnvelopeType, 'events_api'>, payload: Record<string, unknown>): Promise<void>;
  /** From now on everything comes over HTTP. */
  deliverTo(url: string, signingSecret: string): void;
  recycleSockets: SocketMode['recycle'];
  /** How many sockets are open. */
  socketCount(): number;
  connected(): Promise<unknown>;
}

export interface FakeSlackOptions {
  /** How long Slack waits for an ack. */
  ackTimeoutMs?: number;
  /** Before it sends an event for the second, third and fourth time. */
  retryDelaysMs?: readonly number[];
  /** Chooses the socket of each event. */
  random?: () => number;
}

/** Slack's own (docs.slack.dev, events-api). */
const ACK_TIMEOUT_MS = 3_000;
const RETRY_DELAYS_MS = [0, 60_000, 300_000];

export async function startFakeSlack(
  t: Pick<TestContext, 'after'>,
  { ackTimeoutMs = ACK_TIMEOUT_MS, retryDelaysMs = RETRY_DELAYS_MS, random = Math.random }: FakeSlackOptions = {},
): Promise<FakeSlack> {
  const access: Access = { granted: new Set(fullScopes()), isRevoked: false };
  const chosen = { mostMs: 0, sharesDelayMs: 0 };
  let faultOf: (method: string) => Fault | undefined = () => undefined;
  let transferFaultOf: (what: 'download' | 'upload', fileId: string) => TransferFault | undefined = () => undefined;
  const [calls, responses]: [Call[], FakeSlack['responses']] = [[], []];
  const [ackMs, answers]: [number[], unknown[]] = [[], []];
  const postTimes = new Map<string, number[]>();
  const stopped = new AbortController();

  const workspace = createWorkspace(() => chosen.sharesDelayMs);
  const { messages, files, whispers, channels, people, creators, addChannel, newId } = workspace;
  const { newTrigger, exchange } = createTriggers(newId);
  const views = createViews({ newTrigger, exchange }, newId);
  const patience = createPatience();
  const server = createSlackServer({
    ...{ webApi: () => webApi, transfers: () => transfers, patience, calls, responses },
    faultOf: method => faultOf(method),
    transferFaultOf: (what, id) => transferFaultOf(what, id),
    mostMs: () => chosen.mostMs,
  });
  const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sockets = startSocketMode({ server, newId, ackMs, ackTimeoutMs, random });
  let transport: Transport = sockets;
  const delivery = createDelivery({ transport: () => transport, newId, retryDelaysMs, signal: stopped.signal });
  const postings = createPostings(workspace, delivery);
  const interactions = createInteractions({
    ...{ workspace, views, delivery, newTrigger, answers },
    responseUrl: id => `http://${host()}/respond/${id}`,
  });
  const methods = {
    ...chatMethods(workspace, channel => postTimes.set(channel, [...(postTimes.get(channel) ?? []), Date.now()])),
    ...conversationMethods(workspace),
    ...fileMethods({
      workspace,
      baseUrl: () => `http://${host()}`,
      // the app may be gone by then
      announce: (channel, id) => void postings.fileShared(channel, id, BOT).catch(() => {}),
    }),
    ...views.methods,
  };
  const webApi = createWebApi(workspace, access, methods, () => `ws://${host()}/socket`);
  const transfers = createTransfers(workspace, access);

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    stopped.abort();
    sockets.stop();
    server.closeAllConnections();
    server.close();
  });

  return {
    apiUrl: `http://${host()}/api/`,
    ...{ messages, files, whispers, channels, people, creators, addChannel },
    ...{ calls, ackMs, answers, responses, postTimes },
    ...{ impatient: patience.impatient, views: views.views, homes: views.homes },
    ...postings,
    ...interactions,
    emit: delivery.emit,
    emitShuffled: delivery.emitShuffled,
    tooFastIn: () => [...postTimes].filter(([, times]) => tooFast(times).length > 0).map(([channel]) => channel),
    slowDown(most) {
      chosen.mostMs = most;
    },
    delayShares(ms) {
      chosen.sharesDelayMs = ms;
    },
    misbehave(fault) {
      faultOf = fault;
    },
    misbehaveTransfers(fault) {
      transferFaultOf = fault;
    },
    grant(scopes) {
      access.granted = new Set(scopes);
    },
    revokeToken() {
      access.isRevoked = true;
    },
    async send(type, payload) {
      answers.push(await delivery.send(type, payload));
    },
    deliverTo(url, signingSecret) {
      transport = createHttpDelivery({ url, signingSecret, ackMs, ackTimeoutMs });
    },
    recycleSockets: sockets.recycle,
    socketCount: () => sockets.sockets.size,
    connected: () => until('the app is connected', () => sockets.sockets.size > 0),
  };
}
