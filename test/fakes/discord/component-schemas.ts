/** Every component that a message or a modal can hold (docs.discord.com, components/reference), with its limits. */
import { z } from 'zod';
import { list, number, text } from './problems.ts';

/** `type` of a component. */
export const COMPONENT = {
  ...{ actionRow: 1, button: 2, stringSelect: 3, textInput: 4, userSelect: 5, roleSelect: 6, mentionableSelect: 7 },
  ...{ channelSelect: 8, section: 9, textDisplay: 10, thumbnail: 11, mediaGallery: 12, file: 13, separator: 14 },
  ...{ container: 17, label: 18, fileUpload: 19, radioGroup: 21, checkboxGroup: 22, checkbox: 23 },
} as const;

const SELECTS = [3, 5, 6, 7, 8];
const LINK = 5;
const PREMIUM = 6;

const failed = (code: string, message: string) => ({ params: { code }, message });
const id = z.number().int().optional();
const customId = text(1, 100);
const emoji = z.looseObject({ id: z.string().nullish(), name: z.string().nullish() }).nullish();
const url = z
  .string()
  .max(2_048)
  .refine(value => /^(https?:\/\/[^\s/]+|attachment:\/\/\S+|discord:\/\/)/.test(value), {
    ...failed('URL_TYPE_INVALID_URL', 'Not a well formed URL.'),
  });
const media = z.looseObject({ url });
const attached = z.looseObject({
  url: z
    .string()
    .refine(
      value => /^attachment:\/\/\S+$/.test(value),
      failed('UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', 'File components must name an attachment://'),
    ),
});

const button = z
  .looseObject({
    ...{ type: z.literal(COMPONENT.button), id, style: number(1, 6), label: text(0, 80).nullish(), emoji },
    ...{ custom_id: customId.nullish(), url: z.string().max(512).nullish(), sku_id: z.string().nullish() },
    disabled: z.boolean().nullish(),
  })
  .refine(({ style, label, emoji: sign }) => style === PREMIUM || Boolean(label) || Boolean(sign), {
    ...failed('BUTTON_COMPONENT_MUST_HAVE_LABEL_OR_EMOJI', 'A button must have a label or an emoji'),
  })
  .refine(one => one.style === LINK || one.style === PREMIUM || Boolean(one.custom_id), {
    ...{ path: ['custom_id'], ...failed('BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required') },
  })
  .refine(one => one.style !== LINK || (Boolean(one.url) && !one.custom_id), {
    ...{ path: ['url'], ...failed('BUTTON_COMPONENT_INVALID_URL', 'A link has a url and no custom_id') },
  });

const range = (most: number) => ({
  min_values: number(0, most).nullish(),
  max_values: number(1, most).nullish(),
});
const isRange = (one: { min_values?: number | null | undefined; max_values?: number | null | undefined }) =>
  (one.min_values ?? 1) <= (one.max_values ?? Math.max(1, one.min_values ?? 1));
const badRange = {
  path: ['min_values'],
  ...failed('COMPONENT_SELECT_MIN_EXCEEDS_MAX', 'min_values must not be more than max_values'),
};

const option = z.looseObject({
  ...{ label: text(1, 100), value: text(1, 100), description: text(0, 100).nullish(), emoji },
  default: z.boolean().nullish(),
});
const hasOwnValues = (options: readonly { value: string }[]) =>
  new Set(options.map(({ value }) => value)).size === options.length;
const twice = failed('COMPONENT_OPTION_VALUE_DUPLICATED', 'The specified option value is already used');
const select = {
  ...{ id, custom_id: customId, placeholder: text(0, 150).nullish(), disabled: z.boolean().nullish() },
  ...{ required: z.boolean().nullish(), ...range(25) },
};
const stringSelect = z
  .looseObject({
    type: z.literal(COMPONENT.stringSelect),
    ...select,
    options: list(option, 1, 25).refine(hasOwnValues, twice),
  })
  .refine(isRange, badRange)
  .refine(one => (one.max_values ?? 1) <= one.options.length, {
    ...{ path: ['max_values'], ...failed('COMPONENT_SELECT_MAX_EXCEEDS_OPTIONS', 'There are fewer options') },
  });
const autoSelect = <T extends number>(type: T) =>
  z
    .looseObject({
      ...{ type: z.literal(type), ...select, channel_types: z.array(z.number()).nullish() },
      default_values: list(
        z.looseObject({ id: z.string(), type: z.enum(['user', 'role', 'channel']) }),
        0,
        25,
      ).nullish(),
    })
    .refine(isRange, badRange);
const selects = [
  ...([stringSelect, autoSelect(COMPONENT.userSelect), autoSelect(COMPONENT.roleSelect)] as const),
  ...([autoSelect(COMPONENT.mentionableSelect), autoSelect(COMPONENT.channelSelect)] as const),
] as const;

const actionRow = z
  .looseObject({
    ...{ type: z.literal(COMPONENT.actionRow), id },
    components: list(z.discriminatedUnion('type', [button, ...selects]), 1, 5),
  })
  .refine(row => row.components.length === 1 || row.components.every(({ type }) => !SELECTS.includes(type)), {
    ...{
      path: ['components'],
      ...failed('COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width'),
    },
  });

const textDisplay = z.looseObject({ type: z.literal(COMPONENT.textDisplay), id, content: text(1, 4_000) });
const described = { description: text(0, 1_024).nullish(), spoiler: z.boolean().nullish() };
const thumbnail = z.looseObject({ type: z.literal(COMPONENT.thumbnail), id, media, ...described });
const section = z.looseObject({
  ...{ type: z.literal(COMPONENT.section), id, components: list(textDisplay, 1, 3) },
  accessory: z.discriminatedUnion('type', [button, thumbnail]),
});
const mediaGallery = z.looseObject({
  ...{ type: z.literal(COMPONENT.mediaGallery), id },
  items: list(z.looseObject({ media, ...described }), 1, 10),
});
const file = z.looseObject({ type: z.literal(COMPONENT.file), id, file: attached, spoiler: z.boolean().nullish() });
const separator = z.looseObject({
  ...{ type: z.literal(COMPONENT.separator), id, divider: z.boolean().nullish() },
  spacing: z.literal([1, 2]).nullish(),
});
const inContainer = [actionRow, textDisplay, section, mediaGallery, separator, file] as const;
const container = z.looseObject({
  ...{ type: z.literal(COMPONENT.container), id, accent_color: number(0, 0xff_ff_ff).nullish() },
  ...{ spoiler: z.boolean().nullish(), components: list(z.discriminatedUnion('type', inContainer), 1, 40) },
});

/** Without the flag: at most five rows. */
export const classicComponents = list(z.discriminatedUnion('type', [actionRow]), 0, 5);
/** With `IS_COMPONENTS_V2`. */
export const newComponents = list(z.discriminatedUnion('type', [...inContainer, container]), 1, 40);

const textInput = z
  .looseObject({
    ...{ type: z.literal(COMPONENT.textInput), id, custom_id: customId, style: number(1, 2) },
    ...{ label: text(0, 45).nullish(), placeholder: text(0, 100).nullish(), value: text(0, 4_000).nullish() },
    ...{
      min_length: number(0, 4_000).nullish(),
      max_length: number(1, 4_000).nullish(),
      required: z.boolean().nullish(),
    },
  })
  .refine(one => (one.min_length ?? 0) <= (one.max_length ?? 4_000), {
    ...{
      path: ['min_length'],
      ...failed('COMPONENT_MIN_LENGTH_EXCEEDS_MAX', 'min_length must not be more than max_length'),
    },
  })
  .refine(one => (one.value?.length ?? 0) <= (one.max_length ?? 4_000), {
    ...{ path: ['value'], ...failed('BASE_TYPE_MAX_LENGTH', 'The value is longer than max_length.') },
  });
const fileUpload = z
  .looseObject({
    ...{ type: z.literal(COMPONENT.fileUpload), id, custom_id: customId, ...range(10) },
    ...{ required: z.boolean().nullish(), file_types: list(z.string(), 0, 10).nullish() },
  })
  .refine(isRange, badRange);
const radioGroup = z.looseObject({
  ...{ type: z.literal(COMPONENT.radioGroup), id, custom_id: customId, required: z.boolean().nullish() },
  options: list(option, 2, 10).refine(hasOwnValues, twice),
});
const checkboxGroup = z.looseObject({
  ...{
    type: z.literal(COMPONENT.checkboxGroup),
    id,
    custom_id: customId,
    required: z.boolean().nullish(),
    ...range(10),
  },
  options: list(option, 1, 10).refine(hasOwnValues, twice),
});
const checkbox = z.looseObject({
  type: z.literal(COMPONENT.checkbox),
  id,
  custom_id: customId,
  default: z.boolean().nullish(),
});
const inLabel = [...selects, textInput, fileUpload, radioGroup, checkboxGroup, checkbox] as const;
const label = z.looseObject({
  ...{ type: z.literal(COMPONENT.label), id, label: text(1, 45), description: text(0, 100).nullish() },
  component: z.discriminatedUnion('type', inLabel),
});
/** The older form: a row with one text input, which has a label of its own. */
const inputRow = z.looseObject({
  ...{ type: z.literal(COMPONENT.actionRow), id },
  components: list(
    textInput.refine(one => Boolean(one.label), {
      path: ['label'],
      ...failed('BASE_TYPE_REQUIRED', 'This field is required'),
    }),
    1,
    1,
  ),
});

export const modal = z.looseObject({
  ...{ custom_id: customId, title: text(1, 45) },
  components: list(z.discriminatedUnion('type', [label, textDisplay, inputRow]), 1, 5),
});
