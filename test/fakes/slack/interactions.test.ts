import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isValidSlackRequest } from '@slack/bolt';
import { WebSocket } from 'ws';
import { until } from '../../builders/until.ts';
import { CHANNEL, connectApp, type Envelope, startSlack } from './connect-app.ts';
import { BOT } from './start-fake-slack.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const option = (value: string) => ({ value, text: plain(value) });

describe('people of the fake', () => {
  const form = {
    ...{ type: 'modal', callback_id: 'form', title: plain('Form'), submit: plain('Save') },
    blocks: [
      {
        type: 'input',
        block_id: 'name',
        label: plain('Name'),
        element: { type: 'plain_text_input', action_id: 'value' },
      },
      {
        ...{ type: 'input', block_id: 'kind', label: plain('Kind') },
        element: {
          type: 'static_select',
          action_id: 'value',
          options: [option('a'), option('b')],
          initial_option: option('a'),
        },
      },
      { type: 'actions', elements: [{ type: 'button', action_id: 'more', text: plain('More') }] },
    ],
  };

  test('open a dialog once with each trigger, press in it, and send it off', async t => {
    const { slack, call } = await startSlack(t);
    let answer: unknown = { response_action: 'errors', errors: { name: 'no' } };
    const isSubmission = ({ payload }: Envelope) => payload.type === 'view_submission';
    const { got } = await connectApp(t, call, envelope => (isSubmission(envelope) ? answer : undefined));
    const trigger = slack.newTrigger();
    assert.ok((await call('views.open', { trigger_id: trigger, view: form })).ok);
    assert.equal((await call('views.open', { trigger_id: trigger, view: form })).error, 'exchanged_trigger_id');
    assert.equal((await call('views.open', { trigger_id: 'none', view: form })).error, 'invalid_trigger_id');
    const wrong = await call('views.open', { trigger_id: slack.newTrigger(), view: { ...form, submit: undefined } });
    assert.equal(wrong.error, 'invalid_arguments');

    const view = slack.views[0] ?? {};
    await slack.act(view, { id: 'more' }, 'U2');
    assert.match(
      JSON.stringify(got[0]?.payload),
      /"state":\{"values":\{"name".*"container":\{"type":"view","view_id":"V/,
    );
    assert.equal((await call('views.update', { view_id: view.id, hash: 'old', view: form })).error, 'hash_conflict');

    await assert.rejects(slack.submit(view, {}), /name has to be filled in/);
    await assert.rejects(slack.submit(view, { name: 'x', kind: 'z' }), /no choice z/);
    await slack.submit(view, { name: 'Anna', kind: 'b' });
    assert.match(JSON.stringify(got.at(-1)?.payload), /"value":"Anna".*"selected_option":\{"value":"b"/);
    answer = undefined;
    await slack.submit(view, { name: 'Anna' });
    assert.equal((await call('views.update', { view_id: view.id, view: form })).error, 'not_found', 'it is closed');
  });

  test('have three seconds for it', async t => {
    const { slack, call } = await startSlack(t);
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const trigger = slack.newTrigger();
    t.mock.timers.tick(3_001);
    assert.equal((await call('views.open', { trigger_id: trigger, view: form })).error, 'expired_trigger_id');
  });

  test('use whatever a message holds', async t => {
    const { slack, call } = await startSlack(t);
    const { got } = await connectApp(t, call, ({ type }) =>
      type === 'slash_commands' ? { text: 'hello' } : undefined,
    );
    const blocks = [
      { type: 'actions', block_id: 'b', elements: [{ type: 'checkboxes', action_id: 'tick', options: [option('a')] }] },
      { type: 'section', text: plain('x'), accessory: { type: 'overflow', action_id: 'menu', options: [option('c')] } },
    ];
    const metadata = { event_type: 'job', event_payload: { j: '1' } };
    const { ts } = await call('chat.postMessage', { channel: CHANNEL, text: 'a', blocks, metadata });
    await slack.act(String(ts), { id: 'tick', chosen: ['a'] });
    assert.match(JSON.stringify(got[0]?.payload), /"metadata".*"block_id":"b".*"selected_options":\[\{"value":"a"/);
    await slack.act(String(ts), { id: 'menu', chosen: 'c' });
    assert.match(JSON.stringify(got[1]?.payload.actions), /"type":"overflow".*"selected_option":\{"value":"c"/);
    await assert.rejects(async () => slack.press('nothing', String(ts)), /nothing called nothing/);
    assert.deepEqual(await slack.command('help', { channel: CHANNEL }), { text: 'hello' });
    await slack.shortcut('new');
    const own = await slack.mention(CHANNEL, 'what?', { threadTs: String(ts) });
    assert.deepEqual(
      got.slice(-3).map(({ payload }) => payload.command ?? payload.callback_id ?? payload.event),
      [
        '/transcribe',
        'new',
        {
          type: 'app_mention',
          channel: CHANNEL,
          user: 'U1',
          ts: own,
          text: `<@${BOT}> what?`,
          event_ts: own,
          thread_ts: ts,
        },
      ],
    );
  });
});

describe('events of the fake', () => {
  test('come again, in another order, over any socket', async t => {
    const { slack, call } = await startSlack(t);
    const [one, two] = [await connectApp(t, call), await connectApp(t, call)];
    await slack.emit({ type: 'x', n: 0 }, 4);
    const first = [...one.got, ...two.got];
    assert.equal(new Set(first.map(({ payload }) => payload.event_id)).size, 1);
    assert.deepEqual(first.map(({ retry_attempt: attempt }) => attempt).toSorted(), [0, 1, 2, 3]);
    assert.ok(await slack.emitShuffled(Array.from({ length: 20 }, (_, n) => ({ type: 'x', n: n + 1 }))));
    const numbers = (got: Envelope[]) => got.flatMap(({ payload }) => payload.event?.n || []);
    assert.equal(new Set([...numbers(one.got), ...numbers(two.got)]).size, 20);
    assert.ok(one.got.length > 5 && two.got.length > 5);
    assert.notDeepEqual(
      numbers(one.got),
      numbers(one.got).toSorted((a, b) => a - b),
    );
  });

  test('are sent again when nobody takes them, and go elsewhere when a socket is recycled', async t => {
    const { slack, call } = await startSlack(t, { ackTimeoutMs: 50, retryDelaysMs: [0, 10, 10] });
    let isDeaf = true;
    const { got, socket } = await connectApp(t, call, () => (isDeaf ? 'none' : undefined));
    assert.equal(await slack.emit({ type: 'x' }), false);
    assert.deepEqual(
      got.map(({ retry_attempt: attempt, retry_reason: why }) => `${attempt}${why}`),
      ['0', '1timeout', '2timeout', '3timeout'],
    );
    isDeaf = false;
    await slack.recycleSockets({ graceMs: 20 });
    await until('it is closed', () => socket.readyState === WebSocket.CLOSED);
    assert.equal(got.at(-1)?.reason, 'refresh_requested');
    const sent = slack.emit({ type: 'x' });
    const other = await connectApp(t, call);
    assert.ok(await sent);
    assert.equal(other.got.length, 1);
  });

  test('and commands come over HTTP, signed, and again until they are taken', async t => {
    const secret = 'a-signing-secret';
    const got: { body: string; headers: Record<string, unknown>; isSigned: boolean }[] = [];
    const server = createServer(async (request, response) => {
      const body = (await request.toArray()).join('');
      const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = request.headers;
      const headers = { 'x-slack-signature': String(signature), 'x-slack-request-timestamp': Number(timestamp) };
      got.push({
        body,
        headers: request.headers,
        isSigned: isValidSlackRequest({ signingSecret: secret, body, headers }),
      });
      if (got.length === 1) await delay(200);
      response.writeHead(got.length < 3 ? 500 : 200, { 'content-type': 'application/json' }).end('{"text":"yes"}');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { slack } = await startSlack(t, { ackTimeoutMs: 100, retryDelaysMs: [0, 10, 10] });
    slack.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`, secret);
    assert.ok(await slack.emit({ type: 'x' }));
    assert.deepEqual(
      got.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]),
      [
        [undefined, undefined],
        ['1', 'http_timeout'],
        ['2', 'http_error'],
      ],
    );
    assert.deepEqual(await slack.command('a & b', { channel: CHANNEL }), { text: 'yes' });
    assert.match(got.at(-1)?.body ?? '', /command=%2Ftranscribe&text=a\+%26\+b/);
    await slack.shortcut('new');
    assert.match(got.at(-1)?.body ?? '', /^payload=%7B/);
    assert.ok(got.every(({ isSigned }) => isSigned));
  });
});
