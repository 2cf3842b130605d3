/** What our dialogs have in common: a few inputs about one meeting. */
import type { InputBlock, KnownBlock, ModalView, PlainTextOption, StaticSelect } from '@slack/types';
import { z } from 'zod';
import type { Block } from '../message.ts';
import { asBlocks, plainText } from './blocks.ts';
import { LIMITS } from './limits.ts';

export interface DialogMeeting {
  id: string;
  channel: string;
  /** Of the item that is edited, where one is. */
  item?: string | undefined;
}

export function buildDialog(
  callbackId: string,
  { id, channel, item }: DialogMeeting,
  { title, submit, blocks }: { title: string; submit?: string; blocks: (Block | KnownBlock)[] },
): ModalView {
  return {
    type: 'modal',
    callback_id: callbackId,
    private_metadata: JSON.stringify({ id, channel, item } satisfies DialogMeeting),
    title: { type: 'plain_text', text: title },
    ...(submit && { submit: { type: 'plain_text', text: submit } }),
    close: { type: 'plain_text', text: submit ? 'Leave it' : 'Close' },
    blocks: asBlocks(blocks.slice(0, LIMITS.viewBlocks)),
  };
}

/** Reads back of which meeting a dialog was. */
export const dialogMeeting = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.object({ id: z.uuid(), channel: z.string(), item: z.string().optional() }));

export interface Field {
  block: string;
  label: string;
  hint?: string;
  isOptional?: boolean;
}

function input({ block, label, hint, isOptional = false }: Field, element: InputBlock['element']): InputBlock {
  return {
    type: 'input',
    block_id: block,
    optional: isOptional,
    label: plainText(label, 2_000),
    ...(hint && { hint: plainText(hint, 2_000) }),
    element,
  };
}

export function textField(
  field: Field,
  {
    initial,
    placeholder,
    most,
    isLong = false,
  }: { initial?: string | undefined; placeholder?: string | undefined; most: number; isLong?: boolean },
): InputBlock {
  return input(field, {
    type: 'plain_text_input',
    action_id: 'value',
    max_length: most,
    ...(isLong && { multiline: true }),
    ...(placeholder && { placeholder: plainText(placeholder, LIMITS.placeholder) }),
    ...(initial && { initial_value: initial.slice(0, most) }),
  });
}

export function choiceField(
  field: Field,
  choices: readonly { value: string; label: string }[],
  initial?: string,
): InputBlock {
  return input(field, selectOf('value', choices, initial));
}

export function selectOf(
  action: string,
  choices: readonly { value: string; label: string }[],
  initial?: string,
): StaticSelect {
  const options = choices.slice(0, 100).map(optionOf);
  const chosen = options.find(({ value }) => value === initial);
  return { type: 'static_select', action_id: action, options, ...(chosen && { initial_option: chosen }) };
}

export function optionOf({ value, label }: { value: string; label: string }): PlainTextOption {
  return { value, text: plainText(label, LIMITS.optionText) };
}

export function tickField(field: Field, label: string, isTicked: boolean): InputBlock {
  const option = optionOf({ value: 'yes', label });
  return input(
    { ...field, isOptional: true },
    { type: 'checkboxes', action_id: 'value', options: [option], ...(isTicked && { initial_options: [option] }) },
  );
}

export function dateField(field: Field, initial: string | null): InputBlock {
  return input(field, { type: 'datepicker', action_id: 'value', ...(initial && { initial_date: initial }) });
}

export function personField(field: Field): InputBlock {
  return input(field, { type: 'users_select', action_id: 'value' });
}

const answer = z.looseObject({
  value: z.string().nullish(),
  selected_option: z.looseObject({ value: z.string() }).nullish(),
  selected_options: z.array(z.looseObject({ value: z.string() })).nullish(),
  selected_date: z.string().nullish(),
  selected_user: z.string().nullish(),
});

/** What was filled in, by block: text, choice, date or person; '' where nothing was. A tick is `yes`. */
export const dialogAnswers = z.looseObject({
  private_metadata: z.string(),
  state: z.looseObject({
    values: z.record(
      z.string(),
      z.record(
        z.string(),
        answer.transform(({ value, selected_option, selected_options, selected_date, selected_user }) =>
          (
            value ??
            selected_option?.value ??
            selected_options?.map(one => one.value).join(',') ??
            selected_date ??
            selected_user ??
            ''
          ).trim(),
        ),
      ),
    ),
  }),
});

export function readDialog(view: unknown): { meeting: DialogMeeting; answers: Map<string, string> } {
  const { private_metadata: meeting, state } = dialogAnswers.parse(view);
  const answers = new Map(Object.entries(state.values).map(([block, { value = '' }]) => [block, value]));
  return { meeting: dialogMeeting.parse(meeting), answers };
}

/** What is wrong, by the block that it stands in. */
export interface DialogErrors {
  errors: Record<string, string>;
}
