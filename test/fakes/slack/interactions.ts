/** What people press, choose, fill in and type. */
import { showMessage } from './conversation-methods.ts';
import type { Delivery } from './deliver.ts';
import {
  actionOf,
  type Block,
  type Chosen,
  findPlace,
  holdOf,
  isEmpty,
  nameAll,
  type StateValues,
  stateOf,
} from './elements.ts';
import type { View, Views } from './view-methods.ts';
import { ANNA, APP, type FakeMessage, TEAM, type Whisper, type Workspace } from './workspace.ts';

export interface Action {
  /** The `action_id`. */
  id: string;
  /** Where several blocks have it. */
  block?: string;
  /** The value of an option, or several; the id of a person or a channel; a date. A button needs none. */
  chosen?: Chosen;
}

export interface Interactions {
  newTrigger(): string;
  /** Anything that can be pressed or chosen: in a message (or its ts), in one that only one person sees, in a view. */
  act(where: string | FakeMessage | Whisper | View, action: Action, user?: string): Promise<unknown>;
  /** Presses a button of a message. */
  press(action: string, ts: string, user?: string): Promise<void>;
  /**
   * Sends a dialog off. By block: what was filled in; what is not named stays as it was.
   * @returns what the app answers, e.g. `response_action`
   */
  submit(view: View, values: Record<string, Chosen>, user?: string): Promise<unknown>;
  /** @returns what the app answers */
  command(text: string, where: { channel: string; user?: string; command?: string }): Promise<unknown>;
  /** A global one. */
  shortcut(callbackId: string, user?: string): Promise<unknown>;
  messageShortcut(callbackId: string, ts: string, user?: string): Promise<unknown>;
}

export interface InteractionsOptions {
  workspace: Workspace;
  views: Views;
  delivery: Delivery;
  newTrigger: () => string;
  /** What the app answered to commands and dialogs. */
  answers: unknown[];
  responseUrl: (id: string) => string;
}

export function createInteractions(options: InteractionsOptions): Interactions {
  const { workspace, views, delivery, newTrigger, answers } = options;
  const common = (user: string) => ({
    ...{ token: 'verification', api_app_id: APP, trigger_id: newTrigger(), enterprise: null },
    ...{ team: { id: TEAM, domain: 'fake' }, user: personOf(user), is_enterprise_install: false },
  });
  const responseUrl = () => options.responseUrl(workspace.newId('R'));
  const channelOf = (id: string) => ({ id, name: workspace.channels.get(id)?.name ?? 'directmessage' });
  const answered = async (answer: Promise<unknown>) => {
    const given = await answer;
    answers.push(given);
    return given;
  };
  const messageOf = (ts: string): FakeMessage => {
    const message = workspace.messages.find(one => one.ts === ts);
    if (!message) throw new Error(`there is no message ${ts}`);
    return message;
  };
  /** With everything named, as the app gets it. */
  const shownTo = (message: FakeMessage) => ({
    ...showMessage(message, workspace, true),
    ...(message.blocks.length > 0 && { blocks: nameAll(message.blocks) }),
  });

  function actInMessage(message: FakeMessage | Whisper, { id, block, chosen }: Action, user: string): Promise<unknown> {
    const { ts, channel, threadTs } = message;
    const isEphemeral = !('edits' in message);
    const blocks = nameAll((message.blocks ?? []) as unknown[]);
    const place = findPlace(blocks, id, block);
    const values = withChoice(stateOf(blocks), place.blockId, id, holdOf(place.element, chosen));
    return delivery.send('interactive', {
      ...{ type: 'block_actions', ...common(user), channel: channelOf(channel), response_url: responseUrl() },
      container: {
        ...{ type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: isEphemeral },
        ...(threadTs !== undefined && { thread_ts: threadTs }),
      },
      ...(!isEphemeral && { message: shownTo(message) }),
      state: { values },
      actions: [actionOf(place, chosen, workspace.nextTs())],
    });
  }

  function actInView(given: View, { id, block, chosen }: Action, user: string): Promise<unknown> {
    const view = views.current(given);
    const place = findPlace(view.blocks as Block[], id, block);
    const values = withChoice(valuesOf(view), place.blockId, id, holdOf(place.element, chosen));
    views.remember(view, values);
    return delivery.send('interactive', {
      ...{ type: 'block_actions', ...common(user), view },
      container: { type: 'view', view_id: view.id },
      actions: [actionOf(place, chosen, workspace.nextTs())],
    });
  }

  const act: Interactions['act'] = (where, action, user = ANNA) => {
    if (typeof where === 'string') return actInMessage(messageOf(where), action, user);
    if (isView(where)) return actInView(where, action, user);
    return actInMessage(where, action, user);
  };

  return {
    newTrigger,
    act,
    async press(action, ts, user) {
      await act(ts, { id: action }, user);
    },
    async submit(given, filled, user = ANNA) {
      const view = views.current(given);
      const inputs = (view.blocks as Block[]).filter(({ type }) => type === 'input');
      const unknown = Object.keys(filled).find(id => !inputs.some(({ block_id: own }) => own === id));
      if (unknown !== undefined) throw new Error(`the dialog has no input ${unknown}`);
      let values = valuesOf(view);
      for (const { block_id: id = '', element, optional } of inputs) {
        if (!element) continue;
        const action = element.action_id ?? '';
        if (id in filled) values = withChoice(values, id, action, holdOf(element, filled[id]));
        if (!optional && isEmpty(values[id]?.[action] ?? {})) throw new Error(`${id} has to be filled in`);
      }
      views.remember(view, values);
      const { trigger_id, ...rest } = common(user);
      const sent = { type: 'view_submission', ...rest, trigger_id, view, response_urls: [] };
      const answer = await answered(delivery.send('interactive', sent));
      views.applyAnswer(view, answer);
      return answer;
    },
    command: (text, { channel, user = ANNA, command = '/transcribe' }) =>
      answered(
        delivery.send('slash_commands', {
          ...{ token: 'verification', team_id: TEAM, team_domain: 'fake', api_app_id: APP },
          ...{ channel_id: channel, channel_name: channelOf(channel).name, user_id: user },
          ...{ user_name: user.toLowerCase(), command, text, is_enterprise_install: 'false' },
          ...{ response_url: responseUrl(), trigger_id: newTrigger() },
        }),
      ),
    shortcut: (callbackId, user = ANNA) =>
      answered(
        delivery.send('interactive', {
          ...{ type: 'shortcut', ...common(user), callback_id: callbackId, action_ts: workspace.nextTs() },
        }),
      ),
    messageShortcut(callbackId, ts, user = ANNA) {
      const message = messageOf(ts);
      return answered(
        delivery.send('interactive', {
          ...{ type: 'message_action', ...common(user), callback_id: callbackId, action_ts: workspace.nextTs() },
          ...{ channel: channelOf(message.channel), message_ts: ts, message: shownTo(message) },
          response_url: responseUrl(),
        }),
      );
    },
  };
}

function isView(where: FakeMessage | Whisper | View): where is View {
  return 'type' in where && (where.type === 'modal' || where.type === 'home');
}

const personOf = (id: string) => ({ id, username: id.toLowerCase(), name: id.toLowerCase(), team_id: TEAM });

function valuesOf(view: View): StateValues {
  const known = (view.state as { values?: StateValues } | undefined)?.values;
  return stateOf(view.blocks as Block[], known);
}

/** Buttons hold nothing, so nothing of them stands in there. */
function withChoice(values: StateValues, block: string, action: string, held: Record<string, unknown>): StateValues {
  if (values[block]?.[action] === undefined) return values;
  return { ...values, [block]: { ...values[block], [action]: held } };
}
