/** What people do in Slack: fill in dialogs, type commands, press what is shown. Sends what Slack sends then. */
import type { FakeSlack } from '../fakes/slack/start-fake-slack.ts';

export interface SlackPeople {
  /** Fills in a dialog: by block, the text, the value of a choice, the date or the id; what is not named stays as it was. */
  submit(view: Record<string, unknown>, answers: Record<string, string>, user?: string): Promise<void>;
  command(text: string, channel: string, user?: string): Promise<void>;
  /** Uses any element of a message: `{ value }`, `{ selected_option }` …, as Slack sends it. */
  use(ts: string, action: string, chosen: Record<string, unknown>, user?: string): Promise<void>;
  /** The same in a dialog, or in an ephemeral message with a channel. */
  useIn(view: Record<string, unknown>, action: string, chosen: Record<string, unknown>, user?: string): Promise<void>;
  useEphemeral(channel: string, action: string, chosen: Record<string, unknown>, user?: string): Promise<void>;
}

const TEAM = { id: 'T1' };

export function createSlackPeople(slack: Pick<FakeSlack, 'send' | 'messages'>): SlackPeople {
  const act = (user: string, action: string, chosen: Record<string, unknown>, where: Record<string, unknown>) =>
    slack.send('interactive', {
      ...{ type: 'block_actions', team: TEAM, user: { id: user }, api_app_id: 'A1', trigger_id: 'trigger' },
      ...where,
      actions: [{ action_id: action, block_id: 'b', action_ts: '1.1', ...chosen }],
    });
  return {
    submit: (view, answers, user = 'U1') =>
      slack.send('interactive', {
        ...{ type: 'view_submission', team: TEAM, user: { id: user, team_id: 'T1' }, api_app_id: 'A1' },
        view: { id: 'V1', ...view, state: { values: fillIn(view.blocks as Block[], answers) } },
      }),
    command: (text, channel, user = 'U1') =>
      slack.send('slash_commands', {
        ...{ command: '/transcribe', text, user_id: user, channel_id: channel, team_id: 'T1' },
        ...{ response_url: 'http://127.0.0.1:9/', trigger_id: 'trigger' },
      }),
    use(ts, action, chosen, user = 'U1') {
      const message = slack.messages.find(one => one.ts === ts);
      const channel = message?.channel;
      return act(user, action, chosen, {
        channel: { id: channel },
        message: { ts, blocks: message?.blocks },
        container: { type: 'message', message_ts: ts, channel_id: channel },
      });
    },
    useIn: (view, action, chosen, user = 'U1') =>
      act(user, action, chosen, { view: { id: 'V1', ...view }, container: { type: 'view', view_id: 'V1' } }),
    useEphemeral: (channel, action, chosen, user = 'U1') =>
      act(user, action, chosen, {
        channel: { id: channel },
        container: { type: 'message', is_ephemeral: true, channel_id: channel, message_ts: '1.1' },
      }),
  };
}

interface Block {
  type: string;
  block_id?: string;
  element?: {
    type: string;
    initial_value?: string;
    initial_option?: { value: string };
    initial_options?: { value: string }[];
    options?: { value: string }[];
    initial_date?: string;
  };
}

function fillIn(blocks: readonly Block[], answers: Record<string, string>): Record<string, unknown> {
  const inputs = blocks.filter(({ type }) => type === 'input');
  for (const name of Object.keys(answers))
    if (!inputs.some(({ block_id: id }) => id === name)) throw new Error(`the dialog has no input ${name}`);
  return Object.fromEntries(
    inputs.map(({ block_id: id = '', element }) => [id, { value: answerOf(element, answers[id]) }]),
  );
}

function answerOf(element: Block['element'], answer: string | undefined): Record<string, unknown> {
  const type = element?.type ?? '';
  const options = element?.options ?? [];
  switch (type) {
    case 'plain_text_input':
      return { type, value: (answer ?? element?.initial_value) || null };
    case 'static_select': {
      const chosen = options.find(({ value }) => value === answer);
      if (answer !== undefined && !chosen) throw new Error(`there is no choice ${answer}`);
      return { type, selected_option: chosen ?? element?.initial_option ?? null };
    }
    case 'checkboxes':
      return {
        type,
        selected_options:
          answer === undefined ? (element?.initial_options ?? []) : options.filter(({ value }) => value === answer),
      };
    case 'datepicker':
      return { type, selected_date: (answer ?? element?.initial_date) || null };
    case 'users_select':
      return { type, selected_user: answer ?? null };
    default:
      return { type, selected_conversation: answer ?? null };
  }
}
