/** What Slack takes as texts, options and elements (@slack/types 3.2; docs.slack.dev, block-elements and composition-objects). */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { richText } from './rich-text-schema.ts';

/** Slack refuses empty texts, and what nobody can see is empty. */
export const words = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/[^\s\u200b-\u200f\u2060\ufeff]/u, 'must be more than 0 characters');
export const plain = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: words(most), emoji: z.boolean().optional() });
const mrkdwn = (most: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: words(most), verbatim: z.boolean().optional() });
export const anyText = (most: number) => z.discriminatedUnion('type', [plain(most), mrkdwn(most)]);

/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object; @slack/types still says 75 for `value`. */
const OPTION = { text: 75, description: 75, value: 150, url: 3_000 };
const menuOption = z.strictObject({
  text: plain(OPTION.text),
  value: z.string().min(1).max(OPTION.value),
  description: plain(OPTION.description).optional(),
});
const overflowOption = menuOption.extend({ url: z.string().max(OPTION.url).optional() });
const tickOption = menuOption.extend({
  text: anyText(OPTION.text),
  description: anyText(OPTION.description).optional(),
});
const optionGroup = z.strictObject({ label: plain(75), options: z.array(menuOption).min(1).max(100) });

const confirm = z.strictObject({
  title: plain(100).optional(),
  text: anyText(300),
  confirm: plain(30).optional(),
  deny: plain(30).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});

const actionId = { action_id: z.string().min(1).max(255).optional() };
const confirmable = { ...actionId, confirm: confirm.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const placeholder = { placeholder: plain(150).optional() };
const chosen = { ...confirmable, ...focusable };
const menu = { ...chosen, ...placeholder };
const typed = {
  ...{ ...actionId, ...focusable, ...placeholder },
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z
        .array(z.enum(['on_enter_pressed', 'on_character_entered']))
        .min(1)
        .optional(),
    })
    .optional(),
};
const most = { max_selected_items: z.int().min(1).optional() };
const ids = z.array(z.string().min(1));
const label = { accessibility_label: z.string().max(75).optional() };
const style = { style: z.enum(['primary', 'danger']).optional() };

interface Offer {
  options?: unknown[] | undefined;
  option_groups?: { options: unknown[] }[] | undefined;
  initial_option?: unknown;
  initial_options?: unknown[] | undefined;
}

function isOffered({ options, option_groups: groups = [], initial_option: one, initial_options: many = [] }: Offer) {
  const offered = options ?? groups.flatMap(group => group.options);
  const initial = one === undefined ? many : [one, ...many];
  return initial.every(option => offered.some(other => isDeepStrictEqual(option, other)));
}
const NOT_OFFERED = 'initial options must exactly match options';
const isOneList = ({ options, option_groups: groups }: Offer) => (options === undefined) !== (groups === undefined);
const NOT_ONE_LIST = 'must define either `options` or `option_groups`';
const staticOptions = {
  options: z.array(menuOption).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
};

const el = <T extends string, S extends z.ZodRawShape>(type: T, fields: S) =>
  z.strictObject({ type: z.literal(type), ...fields });

const button = el('button', {
  ...{ ...confirmable, ...style, ...label },
  text: plain(75),
  value: z.string().max(2_000).optional(),
  url: z.string().max(3_000).optional(),
});
const workflowButton = el('workflow_button', {
  ...{ ...confirmable, ...style, ...label },
  text: plain(75),
  workflow: z.looseObject({ trigger: z.looseObject({ url: z.string() }) }),
});
const overflow = el('overflow', { ...confirmable, options: z.array(overflowOption).min(1).max(5) });
const checkboxes = el('checkboxes', {
  ...chosen,
  options: z.array(tickOption).min(1).max(10),
  initial_options: z.array(tickOption).min(1).optional(),
}).refine(isOffered, NOT_OFFERED);
const radio = el('radio_buttons', {
  ...chosen,
  options: z.array(tickOption).min(1).max(10),
  initial_option: tickOption.optional(),
}).refine(isOffered, NOT_OFFERED);
const pickers = [
  el('datepicker', { ...menu, initial_date: z.iso.date().optional() }),
  el('timepicker', {
    ...menu,
    initial_time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .optional(),
    timezone: z.string().optional(),
  }),
  el('datetimepicker', { ...chosen, initial_date_time: z.int().min(1e9).max(9_999_999_999).optional() }),
] as const;

const filter = z
  .strictObject({
    include: z
      .array(z.enum(['im', 'mpim', 'private', 'public']))
      .min(1)
      .optional(),
    exclude_external_shared_channels: z.boolean().optional(),
    exclude_bot_users: z.boolean().optional(),
  })
  .refine(given => Object.keys(given).length > 0, 'must not be empty');
const conversations = {
  default_to_current_conversation: z.boolean().optional(),
  filter: filter.optional(),
};
const respondable = { response_url_enabled: z.boolean().optional() };
const external = { min_query_length: z.int().min(0).optional() };
const menus = [
  el('static_select', { ...menu, ...staticOptions, initial_option: menuOption.optional() })
    .refine(isOneList, NOT_ONE_LIST)
    .refine(isOffered, NOT_OFFERED),
  el('users_select', { ...menu, initial_user: z.string().min(1).optional() }),
  el('conversations_select', {
    ...{ ...menu, ...conversations, ...respondable },
    initial_conversation: z.string().min(1).optional(),
  }),
  el('channels_select', { ...menu, ...respondable, initial_channel: z.string().min(1).optional() }),
  el('external_select', { ...menu, ...external, initial_option: menuOption.optional() }),
  el('multi_static_select', {
    ...{ ...menu, ...most, ...staticOptions },
    initial_options: z.array(menuOption).min(1).optional(),
  })
    .refine(isOneList, NOT_ONE_LIST)
    .refine(isOffered, NOT_OFFERED),
  el('multi_users_select', { ...menu, ...most, initial_users: ids.optional() }),
  el('multi_conversations_select', {
    ...{ ...menu, ...most, ...conversations },
    initial_conversations: ids.optional(),
  }),
  el('multi_channels_select', { ...menu, ...most, initial_channels: ids.optional() }),
  el('multi_external_select', {
    ...{ ...menu, ...most, ...external },
    initial_options: z.array(menuOption).optional(),
  }),
] as const;

const LONGEST_INPUT = 3_000;
const textInput = el('plain_text_input', {
  ...typed,
  initial_value: z.string().optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(LONGEST_INPUT).optional(),
  max_length: z.int().min(1).max(LONGEST_INPUT).optional(),
})
  .refine(
    ({ initial_value: initial = '', max_length: longest = LONGEST_INPUT }) => initial.length <= longest,
    'initial_value must not be longer than max_length',
  )
  .refine(
    ({ min_length: shortest = 0, max_length: longest = LONGEST_INPUT }) => shortest <= longest,
    'min_length must not be greater than max_length',
  );
const richTextInput = el('rich_text_input', {
  ...typed,
  initial_value: richText.optional(),
  min_lines: z.int().min(1).max(100).optional(),
  max_lines: z.int().min(1).max(100).optional(),
});
const inputs = [
  textInput,
  richTextInput,
  el('email_text_input', { ...typed, initial_value: z.string().optional() }),
  el('url_text_input', { ...typed, initial_value: z.string().optional() }),
  el('number_input', {
    ...typed,
    is_decimal_allowed: z.boolean(),
    initial_value: z.string().optional(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  }),
  el('file_input', {
    ...actionId,
    filetypes: z.array(z.string().min(1)).min(1).optional(),
    max_files: z.int().min(1).max(10).optional(),
  }),
] as const;

const picture = {
  alt_text: words(2_000),
  image_url: z.string().min(1).max(3_000).optional(),
  slack_file: z
    .union([z.strictObject({ id: z.string().min(1) }), z.strictObject({ url: z.string().min(1) })])
    .optional(),
};
export const pictureFields = picture;
export const isOnePicture = ({ image_url: url, slack_file: file }: { image_url?: unknown; slack_file?: unknown }) =>
  (url === undefined) !== (file === undefined);
export const NOT_ONE_PICTURE = 'must define either `image_url` or `slack_file`';
export const image = el('image', picture).refine(isOnePicture, NOT_ONE_PICTURE);

const feedback = z.strictObject({ text: plain(75), value: z.string().max(2_000), ...label });
export const actionElement = z.discriminatedUnion('type', [
  ...([button, workflowButton, overflow, checkboxes, radio, richTextInput] as const),
  ...pickers,
  ...menus,
]);
export const accessory = z.discriminatedUnion('type', [
  ...([button, workflowButton, overflow, checkboxes, radio, image] as const),
  ...pickers,
  ...menus,
]);
export const inputElement = z.discriminatedUnion('type', [checkboxes, radio, ...inputs, ...pickers, ...menus]);
export const contextElement = z.discriminatedUnion('type', [plain(3_000), mrkdwn(3_000), image]);
export const contextAction = z.discriminatedUnion('type', [
  el('feedback_buttons', { ...actionId, positive_button: feedback, negative_button: feedback }),
  el('icon_button', {
    ...{ ...confirmable, ...label },
    icon: z.enum(['trash']),
    text: plain(75),
    value: z.string().max(2_000).optional(),
    visible_to_user_ids: ids.optional(),
  }),
]);
export const cardButton = button;
export const cardText = mrkdwn;
