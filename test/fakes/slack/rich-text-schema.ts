/** What Slack takes as `rich_text` (@slack/types 3.2; docs.slack.dev, rich-text-block). */
import { z } from 'zod';

const style = z.strictObject({
  bold: z.boolean().optional(),
  code: z.boolean().optional(),
  italic: z.boolean().optional(),
  strike: z.boolean().optional(),
  underline: z.boolean().optional(),
});

function inline<T extends string, S extends z.ZodRawShape>(type: T, fields: S) {
  return z.strictObject({ type: z.literal(type), style: style.optional(), ...fields });
}

const id = z.string().min(1);
const text = inline('text', { text: z.string().min(1, 'must be more than 0 characters') });
const link = inline('link', { url: z.string().min(1), text: z.string().optional(), unsafe: z.boolean().optional() });
const anyInline = z.discriminatedUnion('type', [
  text,
  link,
  inline('broadcast', { range: z.enum(['here', 'channel', 'everyone']) }),
  inline('channel', { channel_id: id }),
  inline('color', { value: id }),
  inline('date', {
    timestamp: z.int(),
    format: z.string().min(1),
    url: z.string().optional(),
    fallback: z.string().optional(),
  }),
  inline('emoji', { name: id, unicode: z.string().optional(), url: z.string().optional() }),
  inline('team', { team_id: id }),
  inline('user', { user_id: id }),
  inline('usergroup', { usergroup_id: id }),
]);

const border = z.literal([0, 1]).optional();
const section = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(anyInline) });
const list = z.strictObject({
  type: z.literal('rich_text_list'),
  elements: z.array(section).min(1),
  style: z.enum(['bullet', 'ordered']),
  indent: z.int().min(0).max(8).optional(),
  offset: z.int().min(0).optional(),
  border,
});
const quote = z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(anyInline), border });
const preformatted = z.strictObject({
  type: z.literal('rich_text_preformatted'),
  elements: z.array(z.discriminatedUnion('type', [text, link])),
  border,
});

export const richText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: z.string().min(1).max(255).optional(),
  elements: z.array(z.discriminatedUnion('type', [section, list, quote, preformatted])).min(1),
});
