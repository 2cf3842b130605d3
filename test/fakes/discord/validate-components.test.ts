import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COMPONENT } from './component-schemas.ts';
import { validateCommands } from './validate-commands.ts';
import { FLAG, type MessageContext, validateMessage, validateModal } from './validate-components.ts';

const button = (customId: string, more = {}) => ({
  type: COMPONENT.button,
  style: 1,
  label: 'Go',
  custom_id: customId,
  ...more,
});
const row = (...components: object[]) => ({ type: COMPONENT.actionRow, components });
const display = (content: string) => ({ type: COMPONENT.textDisplay, content });
const option = (value: string, more = {}) => ({ label: value, value, ...more });
const select = (more = {}) => ({
  type: COMPONENT.stringSelect,
  custom_id: 's',
  options: [option('a'), option('b')],
  ...more,
});
const container = (...components: object[]) => ({ type: COMPONENT.container, components });
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

const codesOf = (problems: { code: string }[]) => problems.map(({ code }) => code);
/** The first one. */
const verdict = (message: object, context?: MessageContext) => codesOf(validateMessage(message, context))[0] ?? 'fine';
const classic = (...components: object[]) => verdict({ content: 'x', components });
const modern = (components: object[], context?: MessageContext) =>
  verdict({ flags: FLAG.componentsV2, components }, context);

describe('a message', () => {
  test('has something in it, and not too much', () => {
    assert.equal(verdict({ content: 'x'.repeat(2_000) }), 'fine');
    assert.equal(verdict({ content: 'x'.repeat(2_001) }), 'BASE_TYPE_MAX_LENGTH');
    assert.equal(verdict({ content: '  ' }), 'EMPTY_MESSAGE');
    assert.equal(verdict({}, { files: ['a.md'] }), 'fine');
    assert.equal(verdict({}, { isEdit: true }), 'fine');
    assert.equal(verdict({ embeds: times(11, () => ({ title: 'x' })) }), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(verdict({ embeds: times(2, () => ({ description: 'x'.repeat(3_001) })) }), 'MAX_EMBED_SIZE_EXCEEDED');
    assert.equal(verdict({ content: 'x', nonce: 'n'.repeat(26) }), 'BASE_TYPE_MAX_LENGTH');
    const mentions = { parse: ['users'], users: ['1200000000000000201'] };
    assert.equal(verdict({ content: 'x', allowed_mentions: mentions }), 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE');
  });

  test('says where the mistake is', () => {
    const [problem] = validateMessage({
      content: 'x',
      components: [row(button('a'), button('b', { label: 'x'.repeat(81) }))],
    });
    assert.deepEqual(problem?.path, ['components', '0', 'components', '1', 'label']);
    assert.equal(problem?.message, 'Must be 80 or fewer in length.');
  });

  test('has rows of at most five buttons or one select', () => {
    assert.equal(classic(row(...times(5, index => button(`${index}`)))), 'fine');
    assert.equal(classic(row(...times(6, index => button(`${index}`)))), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(classic(row(select(), button('a'))), 'COMPONENT_LAYOUT_WIDTH_EXCEEDED');
    assert.equal(classic(...times(6, index => row(button(`${index}`)))), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(classic(row(button('a')), row(button('a'))), 'COMPONENT_CUSTOM_ID_DUPLICATED');
    assert.equal(classic(display('x')), 'UNION_TYPE_CHOICES');
  });

  test('has buttons with a label, and an id or a link', () => {
    assert.equal(classic(row(button('x'.repeat(101)))), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(classic(row(button(''))), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(classic(row(button('a', { label: '' }))), 'BUTTON_COMPONENT_MUST_HAVE_LABEL_OR_EMOJI');
    assert.equal(classic(row(button('a', { style: 5 }))), 'BUTTON_COMPONENT_INVALID_URL');
    assert.equal(classic(row({ type: 2, style: 1, label: 'x' })), 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED');
    assert.equal(classic(row({ type: 2, style: 5, label: 'x', url: 'https://example.org' })), 'fine');
  });

  test('has selects that can be used', () => {
    assert.equal(classic(row(select({ options: times(26, index => option(`${index}`)) }))), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(classic(row(select({ options: [option('a'), option('a')] }))), 'COMPONENT_OPTION_VALUE_DUPLICATED');
    assert.equal(
      classic(row(select({ options: [option('a', { description: 'x'.repeat(101) })] }))),
      'BASE_TYPE_MAX_LENGTH',
    );
    assert.equal(classic(row(select({ placeholder: 'x'.repeat(151) }))), 'BASE_TYPE_MAX_LENGTH');
    assert.equal(classic(row(select({ max_values: 3 }))), 'COMPONENT_SELECT_MAX_EXCEEDS_OPTIONS');
    assert.equal(classic(row(select({ min_values: 2, max_values: 1 }))), 'COMPONENT_SELECT_MIN_EXCEEDS_MAX');
    assert.equal(classic(row({ type: COMPONENT.userSelect, custom_id: 'who', max_values: 25 })), 'fine');
  });

  test('of the new kind stands alone, and stays so', () => {
    assert.equal(modern([display('x')]), 'fine');
    const both = { content: 'x', flags: FLAG.componentsV2, components: [display('x')] };
    assert.equal(verdict(both), 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2');
    const before = { flags: FLAG.componentsV2, isEdit: true };
    assert.equal(verdict({ flags: 0, content: 'x' }, before), 'MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG');
    assert.equal(verdict({ content: 'x' }, before), 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2');
    assert.equal(verdict({ components: [display('x')] }, before), 'fine');
    assert.equal(modern([]), 'EMPTY_MESSAGE');
  });

  test('of the new kind counts all that is nested', () => {
    const rows = (count: number) => times(count, index => row(...times(4, n => button(`${index}-${n}`))));
    assert.equal(modern([container(...rows(7)), display('x')]), 'fine');
    assert.equal(modern([container(...rows(8))]), 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED');
    assert.equal(modern([display('x'.repeat(2_000)), container(display('x'.repeat(2_000)))]), 'fine');
    const tooLong = [display('x'.repeat(2_001)), container(display('x'.repeat(2_000)))];
    assert.equal(modern(tooLong), 'COMPONENT_TEXT_DISPLAY_MAX_LENGTH_EXCEEDED');
    assert.equal(modern([container(container(display('x')))]), 'UNION_TYPE_CHOICES');
  });

  test('of the new kind has sections, galleries and files as they should be', () => {
    const section = (components: object[], accessory: object = button('a')) => ({
      type: COMPONENT.section,
      components,
      accessory,
    });
    assert.equal(modern([section([display('x')])]), 'fine');
    assert.equal(modern([section(times(4, () => display('x')))]), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(modern([section([display('x')], select())]), 'UNION_TYPE_CHOICES');
    assert.equal(modern([{ type: COMPONENT.section, components: [display('x')] }]), 'BASE_TYPE_REQUIRED');
    const file = (url: string) => ({ type: COMPONENT.file, file: { url } });
    const missing = 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND';
    assert.equal(modern([file('attachment://a.md')], { files: ['a.md'] }), 'fine');
    assert.equal(modern([file('attachment://b.md')], { files: ['a.md'] }), missing);
    assert.equal(modern([file('https://example.org/a.md')]), missing);
    assert.equal(modern([{ type: COMPONENT.mediaGallery, items: [] }]), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(modern([{ type: COMPONENT.separator, spacing: 3 }]), 'BASE_TYPE_CHOICES');
  });
});

describe('a modal', () => {
  const label = (component: object, more = {}) => ({ type: COMPONENT.label, label: 'Title', component, ...more });
  const input = (more = {}) => ({ type: COMPONENT.textInput, custom_id: 't', style: 1, ...more });
  const judge = (components: object[], more = {}) =>
    codesOf(validateModal({ custom_id: 'm', title: 'x', components, ...more }))[0] ?? 'fine';

  test('has a title and one to five fields', () => {
    assert.equal(judge([label(input())]), 'fine');
    assert.equal(judge([label(input())], { title: 'x'.repeat(46) }), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(judge([]), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(judge(times(6, index => label(input({ custom_id: `${index}` })))), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(judge([label(input()), label(input())]), 'COMPONENT_CUSTOM_ID_DUPLICATED');
    assert.equal(judge([row(button('a'))]), 'BASE_TYPE_CHOICES');
  });

  test('has labels, inputs, uploads and boxes within their limits', () => {
    assert.equal(judge([label(input(), { label: 'x'.repeat(46) })]), 'BASE_TYPE_BAD_LENGTH');
    assert.equal(judge([label(input(), { description: 'x'.repeat(101) })]), 'BASE_TYPE_MAX_LENGTH');
    assert.equal(judge([label(input({ placeholder: 'x'.repeat(101) }))]), 'BASE_TYPE_MAX_LENGTH');
    assert.equal(judge([label(input({ value: 'x'.repeat(4_001) }))]), 'BASE_TYPE_MAX_LENGTH');
    assert.equal(judge([label(input({ min_length: 5, max_length: 4 }))]), 'COMPONENT_MIN_LENGTH_EXCEEDS_MAX');
    assert.equal(judge([row(input())]), 'BASE_TYPE_REQUIRED');
    assert.equal(judge([label({ type: COMPONENT.fileUpload, custom_id: 'f', max_values: 11 })]), 'NUMBER_TYPE_RANGE');
    assert.equal(
      judge([label({ type: COMPONENT.radioGroup, custom_id: 'r', options: [option('a')] })]),
      'BASE_TYPE_BAD_LENGTH',
    );
    assert.equal(judge([label({ type: COMPONENT.checkboxGroup, custom_id: 'c', options: [option('a')] })]), 'fine');
    assert.equal(judge([label({ type: COMPONENT.checkbox, custom_id: 'c' }), display('x')]), 'fine');
  });
});

test('commands have names, descriptions and options as they should be', () => {
  const judge = (more: object) =>
    codesOf(validateCommands([{ name: 'transcribe', description: 'x', ...more }]))[0] ?? 'fine';
  const text = (name: string, more = {}) => ({ type: 3, name, description: 'x', ...more });
  assert.equal(judge({ options: [text('title', { required: true }), text('language')] }), 'fine');
  assert.equal(judge({ name: 'Transcribe' }), 'APPLICATION_COMMAND_INVALID_NAME');
  assert.equal(judge({ type: 3, name: 'Summarise recording', description: '' }), 'fine');
  assert.equal(judge({ description: '' }), 'BASE_TYPE_BAD_LENGTH');
  assert.equal(judge({ name_localizations: { de: 'Mit Raum' } }), 'APPLICATION_COMMAND_INVALID_NAME');
  assert.equal(judge({ options: times(26, index => text(`o${index}`)) }), 'BASE_TYPE_BAD_LENGTH');
  const late = [text('language'), text('title', { required: true })];
  assert.equal(judge({ options: late }), 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID');
  const part = (options: object[]) => ({ type: 1, name: 'recording', description: 'x', options });
  assert.equal(judge({ options: [part(late)] }), 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID');
  assert.equal(judge({ options: [part([]), text('title')] }), 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID');
  assert.equal(judge({ options: [text('a'), text('a')] }), 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS');
  const wordy = times(25, index =>
    text(`o${index}`, { choices: times(4, n => ({ name: 'x'.repeat(80), value: `${n}` })) }),
  );
  assert.equal(judge({ options: wordy }), 'APPLICATION_COMMAND_TOO_LARGE');
  const twice = [
    { name: 'a', description: 'x' },
    { name: 'a', description: 'x' },
  ];
  assert.deepEqual(codesOf(validateCommands(twice)), ['APPLICATION_COMMANDS_DUPLICATE_NAME']);
});
