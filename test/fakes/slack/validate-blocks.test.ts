import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { validateMessage, validateView } from './validate-blocks.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const x = (length: number) => 'x'.repeat(length);
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const section = (more: object = {}) => ({ type: 'section', text: mrkdwn('text'), ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const button = (more: object = {}) => ({ type: 'button', action_id: 'a', text: plain('Press'), ...more });
const option = (value: string, more: object = {}) => ({ value, text: plain(value), ...more });
const options = (count: number) => times(count, index => option(`o${index}`));
const boxes = (more: object = {}) => ({ type: 'checkboxes', action_id: 'a', options: options(2), ...more });
const select = (more: object = {}) => ({ type: 'static_select', action_id: 'a', options: options(2), ...more });
const overflow = (count: number) => ({ type: 'overflow', action_id: 'a', options: options(count) });
const rich = (...elements: object[]) => ({ type: 'rich_text', elements });
const line = (text: string) => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });
const list = (more: object = {}) => ({ type: 'rich_text_list', style: 'bullet', elements: [line('one')], ...more });
const container = (more: object = {}) => ({
  type: 'container',
  title: plain('More'),
  child_blocks: [section()],
  ...more,
});
const textInput = (more: object = {}) => ({ type: 'plain_text_input', action_id: 'a', ...more });
const input = (element: object = textInput(), more: object = {}) => ({
  type: 'input',
  label: plain('Name'),
  element,
  ...more,
});
const image = (more: object = {}) => ({
  type: 'image',
  alt_text: 'a cat',
  image_url: 'https://a.example/cat.png',
  ...more,
});
const cell = { type: 'raw_text', text: 'a' };
const table = (rows: number, cells: number) => ({ type: 'table', rows: times(rows, () => times(cells, () => cell)) });

describe('a message that Slack takes', () => {
  for (const [name, ...blocks] of [
    ['text and fields', section(), { type: 'section', fields: times(10, () => mrkdwn(x(1_000))) }],
    ['the longest section', section({ text: mrkdwn(x(3_000)) })],
    [
      'a header, a divider, a context',
      { type: 'header', text: plain(x(150)) },
      { type: 'divider' },
      { type: 'context', elements: times(10, () => mrkdwn('a')) },
    ],
    [
      'every kind of rich text',
      rich(
        line('a '),
        list(),
        { type: 'rich_text_quote', elements: [{ type: 'user', user_id: 'U1' }] },
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'code' }] },
      ),
    ],
    [
      'a container that is folded',
      container({ is_collapsible: true, default_collapsed: true, child_blocks: times(10, () => section()) }),
    ],
    ['a container with a rich title', container({ title: undefined, rich_text_title: rich(line('More')) })],
    ['boxes, some of them ticked', actions(boxes({ options: options(10), initial_options: options(2) }))],
    ['a menu and a select', section({ accessory: overflow(5) }), actions(select({ initial_option: option('o1') }))],
    ['the longest button', actions(button({ text: plain(x(75)), value: x(2_000), url: `https://${x(2_992)}` }))],
    ['25 buttons', actions(...times(25, index => button({ action_id: `a${index}` })))],
    ['an input', input(textInput(), { dispatch_action: true })],
    ['an image and a table', image(), table(100, 20)],
    [
      'selects of people and channels',
      actions(
        { type: 'users_select', action_id: 'a' },
        { type: 'conversations_select', action_id: 'b', filter: { include: ['public'] } },
      ),
    ],
    ['one action in two blocks', actions(button()), actions(button())],
    ['50 blocks', ...times(50, () => ({ type: 'divider' }))],
  ] as [string, ...object[]][])
    test(name, () => assert.equal(validateMessage(blocks, 'text'), undefined));

  test('has text alone or blocks alone', () => {
    assert.equal(validateMessage(undefined, 'text'), undefined);
    assert.equal(validateMessage([section()], undefined), undefined);
  });
});

describe('a message is refused for', () => {
  for (const [name, reason, ...blocks] of [
    ['a block that Slack does not know', /type/, { type: 'paragraph', text: plain('a') }],
    ['a file block', /type/, { type: 'file', source: 'remote', external_id: 'a' }],
    ['a key that a block does not have', /colour/, section({ colour: 'red' })],
    ['a key that an element does not have', /colour/, actions(button({ colour: 'red' }))],
    ['a section without text', /fields.*text/, { type: 'section' }],
    ['a long section', /blocks\/0\/text\/text/, section({ text: mrkdwn(x(3_001)) })],
    ['an empty text', /more than 0/, section({ text: mrkdwn('') })],
    ['a text that nobody sees', /more than 0/, section({ text: plain(' \u2060\u200b') })],
    ['11 fields', /fields/, { type: 'section', fields: times(11, () => mrkdwn('a')) }],
    ['a long field', /fields\/0/, { type: 'section', fields: [mrkdwn(x(2_001))] }],
    ['no fields', /fields/, { type: 'section', fields: [] }],
    ['a context as accessory', /accessory/, section({ accessory: mrkdwn('a') })],
    ['a long header', /text/, { type: 'header', text: plain(x(151)) }],
    ['a header in mrkdwn', /text/, { type: 'header', text: mrkdwn('a') }],
    ['11 elements of a context', /elements/, { type: 'context', elements: times(11, () => mrkdwn('a')) }],
    ['a button in a context', /elements\/0/, { type: 'context', elements: [button()] }],
    ['no actions', /elements/, actions()],
    ['26 actions', /elements/, actions(...times(26, index => button({ action_id: `a${index}` })))],
    ['an input among actions', /elements\/0/, actions(textInput())],
    ['a long button', /text/, actions(button({ text: plain(x(76)) }))],
    ['a button in mrkdwn', /text/, actions(button({ text: mrkdwn('a') }))],
    ['a long value', /value/, actions(button({ value: x(2_001) }))],
    ['a long address', /url/, actions(button({ url: x(3_001) }))],
    ['an unknown style', /style/, actions(button({ style: 'loud' }))],
    ['a long question', /confirm\/text/, actions(button({ confirm: { text: plain(x(301)) } }))],
    ['a long answer to it', /confirm\/deny/, actions(button({ confirm: { text: plain('a'), deny: plain(x(31)) } }))],
    ['11 boxes', /options/, actions(boxes({ options: options(11) }))],
    ['no boxes', /options/, actions(boxes({ options: [] }))],
    ['11 radio buttons', /options/, actions({ ...boxes({ options: options(11) }), type: 'radio_buttons' })],
    ['a ticked box that is not there', /exactly match/, actions(boxes({ initial_options: [option('o7')] }))],
    [
      'a ticked box that is another',
      /exactly match/,
      actions(boxes({ initial_options: [option('o1', { description: plain('a') })] })),
    ],
    ['ticks of none', /initial_options/, actions(boxes({ initial_options: [] }))],
    ['a long option', /text/, actions(boxes({ options: [option('a', { text: plain(x(76)) })] }))],
    ['a long description', /description/, actions(boxes({ options: [option('a', { description: plain(x(76)) })] }))],
    ['a long value of an option', /value/, actions(boxes({ options: [option('a', { value: x(151) })] }))],
    ['101 choices', /options/, actions(select({ options: options(101) }))],
    [
      'choices and groups',
      /option_groups/,
      actions(select({ option_groups: [{ label: plain('a'), options: options(1) }] })),
    ],
    ['a chosen one that is not there', /exactly match/, actions(select({ initial_option: option('o7') }))],
    ['a choice in mrkdwn', /text/, actions(select({ options: [option('a', { text: mrkdwn('a') })] }))],
    ['a long placeholder', /placeholder/, actions(select({ placeholder: plain(x(151)) }))],
    ['a menu of 6', /options/, section({ accessory: overflow(6) })],
    ['a menu of none', /options/, section({ accessory: overflow(0) })],
    ['an empty filter', /filter/, actions({ type: 'conversations_select', filter: {} })],
    ['a date that is none', /initial_date/, actions({ type: 'datepicker', initial_date: '2026-02-30' })],
    ['an image without words', /alt_text/, image({ alt_text: '' })],
    ['an image without an address', /image_url/, image({ image_url: undefined })],
    ['101 rows', /rows/, table(101, 1)],
    ['21 cells', /rows\/0/, table(1, 21)],
    ['two tables', /only_one_table/, table(1, 1), table(1, 1)],
    ['11 blocks in a container', /child_blocks/, container({ child_blocks: times(11, () => section()) })],
    ['an empty container', /child_blocks/, container({ child_blocks: [] })],
    ['a container in a container', /child_blocks\/0\/type/, container({ child_blocks: [container()] })],
    ['a container without a title', /title/, container({ title: undefined })],
    ['a long title', /title/, container({ title: plain(x(151)) })],
    ['folding what does not fold', /is_collapsible/, container({ default_collapsed: true })],
    ['an empty rich text', /elements/, rich()],
    ['an empty piece of it', /more than 0/, rich(line(''))],
    ['an empty list', /elements/, rich(list({ elements: [] }))],
    ['a list in a list', /elements\/0\/elements\/0/, rich(list({ elements: [list()] }))],
    ['a list of no style', /style/, rich(list({ style: 'dash' }))],
    ['text outside of a section', /elements\/0/, rich({ type: 'text', text: 'a' })],
    ['an input for files that dispatches', /file_input/, input({ type: 'file_input' }, { dispatch_action: true })],
    ['a button as an input', /element/, input(button())],
    ['an input without a label', /label/, input(textInput(), { label: undefined })],
    ['a long block_id', /block_id/, section({ block_id: x(256) })],
    ['a long action_id', /action_id/, actions(button({ action_id: x(256) }))],
    ['a block_id twice', /block_id b already/, section({ block_id: 'b' }), section({ block_id: 'b' })],
    [
      'a block_id twice, once within',
      /block_id b already/,
      section({ block_id: 'b' }),
      container({ child_blocks: [section({ block_id: 'b' })] }),
    ],
    ['an action_id twice', /action_id a already/, actions(button(), button())],
    ['51 blocks', /blocks/, ...times(51, () => ({ type: 'divider' }))],
    ['much markdown', /markdown/, ...times(2, () => ({ type: 'markdown', text: x(6_100) }))],
  ] as [string, RegExp, ...object[]][])
    test(name, () => {
      const objection = validateMessage(blocks, 'text');
      assert.equal(objection?.error, 'invalid_blocks');
      assert.match(objection?.reason ?? '', reason);
    });

  for (const [name, error, blocks, text, most] of [
    ['having nothing', 'no_text', undefined, ''],
    ['having no blocks and no text', 'no_text', [], undefined],
    ['a long text', 'msg_too_long', undefined, x(40_001)],
    ['a long text of an edit', 'msg_too_long', undefined, x(4_001), 4_000],
    ['much text in all', 'msg_blocks_too_long', times(5, () => section({ text: mrkdwn(x(2_700)) })), 'a'],
    ['blocks that are no list', 'invalid_blocks_format', '[]', 'a'],
  ] as [string, string, unknown, unknown, number?][])
    test(name, () => assert.equal(validateMessage(blocks, text, most)?.error, error));
});

describe('a view', () => {
  const modal = (more: object = {}) => ({ type: 'modal', title: plain('Title'), blocks: [section()], ...more });
  const form = (...blocks: object[]) => modal({ submit: plain('Save'), blocks });

  for (const [name, view] of [
    ['a dialog', modal()],
    ['a form', form(input(textInput({ max_length: 3_000, initial_value: x(3_000) })))],
    ['100 blocks', modal({ blocks: times(100, () => ({ type: 'divider' })) })],
    ['a Home tab with an input', { type: 'home', blocks: [input()] }],
  ] as [string, unknown][])
    test(`is taken: ${name}`, () => assert.equal(validateView(view), undefined));

  for (const [name, reason, view] of [
    ['neither dialog nor Home tab', /type/, modal({ type: 'message' })],
    ['without a title', /view\/title/, modal({ title: undefined })],
    ['a Home tab with a title', /title/, { type: 'home', title: plain('a'), blocks: [] }],
    ['a long title', /view\/title/, modal({ title: plain(x(25)) })],
    ['a long submit', /submit/, modal({ submit: plain(x(25)) })],
    ['a long close', /close/, modal({ close: plain(x(25)) })],
    ['much private metadata', /private_metadata/, modal({ private_metadata: x(3_001) })],
    ['a long callback_id', /callback_id/, modal({ callback_id: x(256) })],
    ['an unknown key', /colour/, modal({ colour: 'red' })],
    ['101 blocks', /blocks/, modal({ blocks: times(101, () => ({ type: 'divider' })) })],
    ['an input without submit', /submit/, modal({ blocks: [input()] })],
    ['a wrong block', /view\/blocks\/0\/text/, modal({ blocks: [section({ text: plain('') })] })],
    ['a long input', /max_length/, form(input(textInput({ max_length: 3_001 })))],
    [
      'an input that begins too long',
      /initial_value/,
      form(input(textInput({ max_length: 3, initial_value: 'abcd' }))),
    ],
    ['an input with no possible length', /min_length/, form(input(textInput({ max_length: 3, min_length: 4 })))],
    ['two with the focus', /focus/, form(...times(2, () => input(textInput({ focus_on_load: true }))))],
    ['a block_id twice', /already exists/, form(input(textInput(), { block_id: 'b' }), section({ block_id: 'b' }))],
    ['a table', /table/, modal({ blocks: [table(1, 1)] })],
  ] as [string, RegExp, unknown][])
    test(`is refused: ${name}`, () => {
      const objection = validateView(view);
      assert.equal(objection?.error, 'invalid_arguments');
      assert.match(objection?.reason ?? '', reason);
    });
});
