/** What Slack takes as blocks (@slack/types 3.2; docs.slack.dev, blocks). */
import { z } from 'zod';
import {
  accessory,
  actionElement,
  anyText,
  cardButton,
  cardText,
  contextAction,
  contextElement,
  image,
  inputElement,
  isOnePicture,
  NOT_ONE_PICTURE,
  pictureFields,
  plain,
  words,
} from './element-schemas.ts';
import { richText } from './rich-text-schema.ts';

const block = <T extends string, S extends z.ZodRawShape>(type: T, fields: S) =>
  z.strictObject({ type: z.literal(type), block_id: z.string().min(1).max(255).optional(), ...fields });

const section = block('section', {
  text: anyText(3_000).optional(),
  fields: z.array(anyText(2_000)).min(1).max(10).optional(),
  accessory: accessory.optional(),
  expand: z.boolean().optional(),
}).refine(({ text, fields }) => text !== undefined || fields !== undefined, 'must define either `fields` or `text`');
const header = block('header', { text: plain(150) });
const divider = block('divider', {});
const context = block('context', { elements: z.array(contextElement).min(1).max(10) });
const actions = block('actions', { elements: z.array(actionElement).min(1).max(25) });
const picture = block('image', { ...pictureFields, title: plain(2_000).optional() }).refine(
  isOnePicture,
  NOT_ONE_PICTURE,
);
const input = block('input', {
  label: plain(2_000),
  hint: plain(2_000).optional(),
  optional: z.boolean().optional(),
  element: inputElement,
  dispatch_action: z.boolean().optional(),
}).refine(
  ({ element, dispatch_action: dispatches }) => !(dispatches && element.type === 'file_input'),
  'unsupported type: file_input with dispatch_action',
);

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1).optional() }),
  richText,
]);
const table = block('table', {
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z
        .strictObject({
          align: z.enum(['left', 'center', 'right']).optional(),
          is_wrapped: z.boolean().optional(),
        })
        .nullable(),
    )
    .max(20)
    .optional(),
});
const video = block('video', {
  ...{ video_url: z.url({ protocol: /^https$/ }), thumbnail_url: z.url(), alt_text: words(2_000), title: plain(199) },
  title_url: z.url({ protocol: /^https$/ }).optional(),
  author_name: z.string().max(49).optional(),
  provider_name: z.string().optional(),
  provider_icon_url: z.url().optional(),
  description: plain(199).optional(),
});

/**
 * As the documentation and the types have it. The Rust client slack-morphism (2.31, SlackContainerBlock) reports of the server
 * that it takes others in there, and no `rich_text`: to be tried in a real workspace.
 */
const child = z.discriminatedUnion('type', [
  ...([section, header, divider, context, actions, picture, input, table, video, richText] as const),
]);
const container = block('container', {
  title: plain(150).optional(),
  rich_text_title: richText.optional(),
  subtitle: anyText(150).optional(),
  child_blocks: z.array(child).min(1).max(10),
  width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
  icon: image.optional(),
  is_collapsible: z.boolean().optional(),
  default_collapsed: z.boolean().optional(),
  has_header_divider: z.boolean().optional(),
})
  .refine(
    ({ title, rich_text_title: rich }) => title !== undefined || rich !== undefined,
    'must define either `title` or `rich_text_title`',
  )
  .refine(
    ({ default_collapsed: isFolded, is_collapsible: folds }) => !isFolded || folds === true,
    'default_collapsed requires is_collapsible',
  );

const card = block('card', {
  hero_image: image.optional(),
  icon: image.optional(),
  title: cardText(150).optional(),
  subtitle: cardText(150).optional(),
  body: cardText(200).optional(),
  actions: z.array(cardButton).min(1).max(3).optional(),
}).refine(
  ({ hero_image: picture, title, actions, body }) => [picture, title, actions, body].some(one => one !== undefined),
  'must define one of `hero_image`, `title`, `actions` or `body`',
);
const taskCard = block('task_card', {
  task_id: z.string().min(1),
  title: words(3_000),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(z.strictObject({ type: z.literal('url'), url: z.url(), text: words(3_000) })).optional(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
});

export const anyBlock = z.discriminatedUnion('type', [
  ...([section, header, divider, context, actions, picture, input, table, video, richText, container] as const),
  block('markdown', { text: words(12_000) }),
  block('alert', {
    text: anyText(200),
    level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  }),
  block('context_actions', { elements: z.array(contextAction).min(1).max(5) }),
  block('data_table', {
    rows: z.array(z.array(cell).min(1)).min(1),
    caption: words(3_000),
    page_size: z.int().min(1).max(100).optional(),
    row_header_column_index: z.int().min(0).optional(),
  }),
  card,
  block('carousel', { elements: z.array(card).min(1).max(10) }),
  taskCard,
  block('plan', { title: words(3_000), tasks: z.array(z.looseObject({})).optional() }),
]);
