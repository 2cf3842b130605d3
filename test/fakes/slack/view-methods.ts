/** Dialogs and the Home tab. */
import { type Block, nameAll, type StateValues, stateOf } from './elements.ts';
import { Refusal, refusalOf } from './refusal.ts';
import type { Triggers } from './triggers.ts';
import { validateView } from './validate-blocks.ts';
import type { Methods } from './web-api.ts';
import { APP, TEAM } from './workspace.ts';

export type View = Record<string, unknown>;

/** What tests that send interactions by hand call the dialog that was opened last. */
const LATEST = 'V1';
const MOST_STACKED = 3;

export interface Views {
  /** Every state of every dialog, in the order in which they were shown. */
  views: View[];
  /** Home tabs, by the person who sees them. */
  homes: Map<string, View>;
  methods: Methods;
  /** As Slack holds it now. */
  current(view: View): View;
  remember(view: View, values: StateValues): void;
  /** What the answer to a submission does to the dialog. @throws Error when Slack could do nothing with it */
  applyAnswer(view: View, answer: unknown): void;
}

export function createViews(triggers: Triggers, newId: (letter: string) => string): Views {
  const views: View[] = [];
  const homes: Views['homes'] = new Map();
  /** The dialogs that are open, by id. */
  const open = new Map<string, View>();

  const assertValid = (view: unknown) => {
    const objection = validateView(view);
    if (objection) throw refusalOf(objection);
  };
  const build = (view: unknown, more: View): View => {
    assertValid(view);
    const blocks = nameAll((view as { blocks: unknown[] }).blocks);
    return {
      ...{ team_id: TEAM, app_id: APP, bot_id: 'B1', private_metadata: '', callback_id: '', external_id: '' },
      ...(view as View),
      ...{ blocks, state: { values: stateOf(blocks) }, hash: newId('hash.') },
      ...more,
    };
  };
  const show = (view: View): View => {
    open.set(String(view.id), view);
    views.push(view);
    return view;
  };
  const assertType = (view: unknown, type: string) => {
    if ((view as View | undefined)?.type !== type)
      throw refusalOf({ error: 'invalid_arguments', reason: `the type must be ${type} [json-pointer:/view/type]` });
  };
  const assertHash = (shown: View | undefined, hash: unknown) => {
    if (hash !== undefined && shown && hash !== shown.hash) throw new Refusal('hash_conflict');
  };
  const openNew = (view: unknown, previous?: View): View => {
    assertType(view, 'modal');
    const id = newId('V');
    return show(
      build(view, { id, root_view_id: previous?.root_view_id ?? id, previous_view_id: previous?.id ?? null }),
    );
  };
  const update = (id: unknown, view: unknown, hash: unknown): View => {
    const shown = id === LATEST ? [...open.values()].at(-1) : open.get(String(id));
    if (!shown) throw new Refusal('not_found');
    assertHash(shown, hash);
    assertType(view, 'modal');
    const { id: own, root_view_id, previous_view_id } = shown;
    return show(build(view, { id: own, root_view_id, previous_view_id }));
  };
  const push = (view: unknown): View => {
    const top = [...open.values()].at(-1);
    const stack = [...open.values()].filter(one => one.root_view_id === top?.root_view_id);
    if (stack.length >= MOST_STACKED) throw new Refusal('push_limit_reached');
    return openNew(view, top);
  };

  return {
    ...{ views, homes },
    methods: {
      'views.open': ({ trigger_id: trigger, view }) => {
        assertValid(view);
        triggers.exchange(trigger);
        return { view: openNew(view) };
      },
      'views.push': ({ trigger_id: trigger, view }) => {
        assertValid(view);
        triggers.exchange(trigger);
        return { view: push(view) };
      },
      'views.update': ({ view_id: id, view, hash }) => ({ view: update(id, view, hash) }),
      'views.publish': ({ user_id: user, view, hash }) => {
        if (!/^[UW]/.test(String(user))) throw new Refusal('user_not_found');
        assertType(view, 'home');
        const shown = homes.get(String(user));
        assertHash(shown, hash);
        const id = shown?.id ?? newId('V');
        const built = build(view, { id, root_view_id: id, previous_view_id: null });
        homes.set(String(user), built);
        return { view: built };
      },
    },
    current: view => open.get(String(view.id)) ?? [...homes.values()].find(({ id }) => id === view.id) ?? view,
    remember(view, values) {
      view.state = { values };
    },
    applyAnswer(view, answer) {
      const { response_action: action, errors = {}, view: next } = (answer ?? {}) as Answer;
      if (action === undefined) return void open.delete(String(view.id));
      if (action === 'clear') {
        for (const one of open.values()) if (one.root_view_id === view.root_view_id) open.delete(String(one.id));
        return;
      }
      if (action === 'update') return void update(view.id, next, undefined);
      if (action === 'push') return void push(next);
      if (action !== 'errors') throw new Error(`Slack does not know the answer ${action}`);
      const inputs = (view.blocks as Block[]).filter(({ type }) => type === 'input').map(({ block_id: id }) => id);
      const unknown = Object.keys(errors).filter(id => !inputs.includes(id));
      if (unknown.length > 0 || Object.keys(errors).length === 0)
        throw new Error(`Slack shows errors under inputs only, and ${unknown} is none of ${inputs}`);
    },
  };
}

interface Answer {
  response_action?: string;
  errors?: Record<string, string>;
  view?: unknown;
}
