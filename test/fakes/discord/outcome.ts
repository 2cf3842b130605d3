/** What came of what a person did. */
import { CALLBACK, type FakeInteraction } from './interaction-routes.ts';
import type { FakeMessage, Json } from './server-world.ts';
import { type AnyComponent, nested } from './validate-components.ts';

/** A modal that somebody has before them. */
export interface OpenModal {
  customId: string;
  title: string;
  components: AnyComponent[];
  channelId: string;
  userId: string;
  /** The message whose button opened it. */
  source: FakeMessage | undefined;
}

/** What came of an interaction; it goes on when the bot does. */
export interface Outcome {
  readonly id: string;
  /** The first answer: `type` and `data`. */
  readonly response: { type: number; data: Json } | undefined;
  readonly respondedInMs: number | undefined;
  /** There was no answer in time: the person sees "This interaction failed". */
  readonly expired: boolean;
  readonly isDeferred: boolean;
  readonly modal: OpenModal | undefined;
  /** The message that answers, or the one whose button was pressed when that was changed. */
  readonly original: FakeMessage | undefined;
  readonly followups: readonly FakeMessage[];
}

/** It goes on as the interaction does. */
export const outcomeOf = (own: FakeInteraction): Outcome => ({
  id: own.id,
  get response() {
    return own.response;
  },
  get respondedInMs() {
    return own.respondedInMs;
  },
  get expired() {
    return own.response === undefined;
  },
  get isDeferred() {
    return own.response?.type === CALLBACK.deferred || own.response?.type === CALLBACK.deferredUpdate;
  },
  get modal() {
    return own.response?.type === CALLBACK.modal ? modalOf(own, own.response.data) : undefined;
  },
  get original() {
    return own.original;
  },
  followups: own.followups,
});

function modalOf({ channelId, userId, source }: FakeInteraction, data: Json): OpenModal {
  const components = Array.isArray(data.components) ? data.components.flatMap(one => nested(one).slice(0, 1)) : [];
  return { customId: String(data.custom_id), title: String(data.title), components, channelId, userId, source };
}
