/** How the bot answers to what people press and type: first within three seconds, then for a quarter of an hour. */
import { z } from 'zod';
import { problem, problemsOf } from './problems.ts';
import { Refusal, refuse } from './refusal.ts';
import type { UploadedFile } from './request-body.ts';
import { type ApiRequest, param, type Route } from './routes.ts';
import { DISCORD, type FakeMessage, type Json, type World } from './server-world.ts';
import type { Show } from './show.ts';
import { FLAG, validateModal } from './validate-components.ts';
import { type MessageWriter, pendingMessage } from './write-messages.ts';

/** `type` of an interaction (docs.discord.com, interactions/receiving-and-responding). */
export const INTERACTION = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
/** `type` of the first answer. */
export const CALLBACK = { message: 4, deferred: 5, deferredUpdate: 6, update: 7, choices: 8, modal: 9 } as const;

/** Of the token (docs.discord.com, interactions/receiving-and-responding). */
export const TOKEN_LIFE_MS = 15 * 60_000;

export interface FakeInteraction {
  id: string;
  token: string;
  type: number;
  channelId: string;
  userId: string;
  atMs: number;
  /** Of the token. */
  endsAtMs: number;
  /** The message whose button was pressed. */
  source: FakeMessage | undefined;
  response: { type: number; data: Json } | undefined;
  respondedInMs: number | undefined;
  original: FakeMessage | undefined;
  followups: FakeMessage[];
  /** Called once there is a first answer. */
  onResponse: () => void;
}

export interface InteractionRoutesOptions {
  world: World;
  show: Show;
  writer: MessageWriter;
  interactions: Map<string, FakeInteraction>;
  responseLimitMs: () => number;
}

const callback = z.looseObject({ type: z.number().int(), data: z.record(z.string(), z.unknown()).nullish() });
const choices = z.looseObject({
  choices: z
    .array(z.looseObject({ name: z.string().min(1).max(100), value: z.union([z.string().max(100), z.number()]) }))
    .max(25),
});

export function interactionRoutes(options: InteractionRoutesOptions): Route[] {
  const { world, show, writer, interactions } = options;

  function first(request: ApiRequest): unknown {
    const found = interactions.get(param(request, 1));
    const isLate = found && !found.response && Date.now() - found.atMs > options.responseLimitMs();
    if (!found || isLate || found.id !== param(request, 0)) throw new Refusal(10062);
    if (found.response) throw new Refusal(40060);
    refuse(problemsOf(callback, request.body));
    const { type, data } = callback.parse(request.body);
    const isEphemeral = (Number(data?.flags ?? 0) & FLAG.ephemeral) !== 0;
    if (!allowedTypes(found).includes(type))
      throw new Refusal(50035, [
        problem(['type'], 'BASE_TYPE_CHOICES', `Value must be one of {${allowedTypes(found).join(', ')}}.`),
      ]);
    if (type === CALLBACK.modal) refuse(validateModal(data ?? {}));
    if (type === CALLBACK.choices) refuse(problemsOf(choices, data ?? {}, ['data']));
    const more = { interaction: metadataOf(found), whisperedTo: isEphemeral ? found.userId : undefined };
    if (type === CALLBACK.message) found.original = write(found, data, request.files, more.whisperedTo);
    if (type === CALLBACK.deferred) {
      found.original = pendingMessage(world.newId(), found.channelId, more);
      writer.add(found.original);
    }
    if (type === CALLBACK.update && found.source) writer.edit(found.source, data ?? {}, request.files);
    if (type === CALLBACK.update || type === CALLBACK.deferredUpdate) found.original = found.source;
    found.response = { type, data: data ?? {} };
    found.respondedInMs = Date.now() - found.atMs;
    found.onResponse();
    if (request.query.get('with_response') !== 'true') return undefined;
    const { original } = found;
    const isWritten = original && type !== CALLBACK.deferredUpdate;
    return {
      interaction: {
        ...{ id: found.id, type: found.type, response_message_id: original?.id },
        ...{ response_message_loading: type === CALLBACK.deferred, response_message_ephemeral: isEphemeral },
      },
      resource: { type, ...(isWritten && { message: show.message(original, true) }) },
    };
  }

  function write(
    found: FakeInteraction,
    body: unknown,
    files: readonly UploadedFile[],
    whisperedTo: string | undefined,
  ): FakeMessage {
    const channel = world.channelOf(found.channelId);
    return writer.write(channel, {
      authorId: DISCORD.botUserId,
      body,
      files,
      interaction: metadataOf(found),
      whisperedTo,
    });
  }

  /** @throws Refusal 10015, 50027 */
  function answeredOf(request: ApiRequest): FakeInteraction {
    const found = interactions.get(param(request, 1));
    if (!found || param(request, 0) !== DISCORD.applicationId) throw new Refusal(10015);
    if (Date.now() >= found.endsAtMs) throw new Refusal(50027);
    if (!found.response) throw new Refusal(10015);
    return found;
  }

  function follow(request: ApiRequest): unknown {
    const found = answeredOf(request);
    const { original } = found;
    // it takes the place of the reply that was put off
    if (original && (original.flags & FLAG.loading) !== 0) return fill(original, request);
    const isEphemeral = (flagsOf(request.body) & FLAG.ephemeral) !== 0;
    const message = write(found, request.body, request.files, isEphemeral ? found.userId : undefined);
    found.followups.push(message);
    return show.message(message, true);
  }

  function fill(message: FakeMessage, request: ApiRequest): unknown {
    writer.edit(message, request.body, request.files);
    return show.message(message, true);
  }

  const messageOf = (request: ApiRequest, id: string): FakeMessage => {
    const found = answeredOf(request);
    const own = id === '@original' ? found.original : found.followups.find(one => one.id === id);
    const isThere = own && (world.messages.includes(own) || world.whispers.includes(own));
    if (!isThere) throw new Refusal(10008);
    return own;
  };
  const ofMessage = (path: string, idOf: (request: ApiRequest) => string): Route[] => [
    { method: 'GET', path, isOpen: true, handle: request => show.message(messageOf(request, idOf(request)), true) },
    { method: 'PATCH', path, isOpen: true, handle: request => fill(messageOf(request, idOf(request)), request) },
    { method: 'DELETE', path, isOpen: true, handle: request => writer.remove(messageOf(request, idOf(request))) },
  ];
  return [
    { method: 'POST', path: '/interactions/:id/:token/callback', isOpen: true, handle: first },
    { method: 'POST', path: '/webhooks/:id/:token', isOpen: true, handle: follow },
    ...ofMessage('/webhooks/:id/:token/messages/@original', () => '@original'),
    ...ofMessage('/webhooks/:id/:token/messages/:id', request => param(request, 2)),
  ];
}

function allowedTypes({ type, source }: FakeInteraction): number[] {
  const { message, deferred, deferredUpdate, update, choices: listed, modal } = CALLBACK;
  if (type === INTERACTION.autocomplete) return [listed];
  if (type === INTERACTION.command) return [message, deferred, modal];
  if (type === INTERACTION.component) return [message, deferred, deferredUpdate, update, modal];
  return source ? [message, deferred, deferredUpdate, update] : [message, deferred];
}

const metadataOf = ({ id, type, userId }: FakeInteraction) => ({ id, type, userId });

function flagsOf(body: unknown): number {
  return z.looseObject({ flags: z.number().nullish() }).safeParse(body).data?.flags ?? 0;
}
