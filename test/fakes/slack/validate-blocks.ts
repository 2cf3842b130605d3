/** Says what Slack would say of a message or a view: its limits are in the schemas, here is what concerns several blocks. */
import { z } from 'zod';
import { anyBlock } from './block-schemas.ts';
import { plain } from './element-schemas.ts';

/** Slack's word for it, and the sentence that it puts beside it. */
export interface Objection {
  error:
    | 'no_text'
    | 'msg_too_long'
    | 'msg_blocks_too_long'
    | 'invalid_blocks'
    | 'invalid_blocks_format'
    | 'invalid_arguments'
    | 'view_too_large';
  reason: string;
}

/** `text` of `chat.postMessage`; of `chat.update` 4,000 (docs.slack.dev). */
const MOST_TEXT = 40_000;
const MOST_BLOCKS = 50;
/** Undocumented (bolt-js#2509). */
const MOST_BLOCK_TEXT = 13_200;
/** Together (docs.slack.dev, markdown-block). */
const MOST_MARKDOWN = 12_000;
const MOST_VIEW_BLOCKS = 100;
const MOST_VIEW_BYTES = 250_000;
/** Their pages name messages as the only surface. */
const MESSAGE_ONLY = ['markdown', 'table', 'context_actions', 'task_card', 'plan'];

/** @returns nothing when Slack takes it */
export function validateMessage(blocks: unknown, text: unknown, mostText = MOST_TEXT): Objection | undefined {
  if (!text && (blocks === undefined || (Array.isArray(blocks) && blocks.length === 0)))
    return { error: 'no_text', reason: 'no text and no blocks' };
  if (typeof text === 'string' && text.length > mostText)
    return { error: 'msg_too_long', reason: `text has ${text.length} characters, at most ${mostText}` };
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) return { error: 'invalid_blocks_format', reason: 'blocks must be an array' };
  const reason = findMistake(z.strictObject({ blocks: z.array(anyBlock).max(MOST_BLOCKS) }), { blocks });
  if (reason) return { error: 'invalid_blocks', reason };
  const crossing = acrossBlocks(blocks) ?? ofMessages(blocks);
  if (crossing) return { error: 'invalid_blocks', reason: crossing };
  const total = textLength(blocks);
  if (total <= MOST_BLOCK_TEXT) return undefined;
  return { error: 'msg_blocks_too_long', reason: `${total} characters in blocks, at most ${MOST_BLOCK_TEXT}` };
}

const viewFields = {
  blocks: z.array(anyBlock).max(MOST_VIEW_BLOCKS),
  private_metadata: z.string().max(3_000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};
const modal = z.strictObject({
  type: z.literal('modal'),
  ...viewFields,
  title: plain(24),
  submit: plain(24).optional(),
  close: plain(24).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
});
const home = z.strictObject({ type: z.literal('home'), ...viewFields });

/** @returns nothing when Slack takes it */
export function validateView(view: unknown): Objection | undefined {
  const refuse = (reason: string): Objection => ({ error: 'invalid_arguments', reason });
  const mistake = findMistake(z.discriminatedUnion('type', [modal, home]), view, '/view');
  if (mistake) return refuse(mistake);
  const { type, blocks, submit } = view as { type: string; blocks: Block[]; submit?: unknown };
  const all = blocks.flatMap(withChildren);
  if (type === 'modal' && submit === undefined && all.some(block => block.type === 'input'))
    return refuse('missing required field: submit, because there are input blocks [json-pointer:/view]');
  const foreign = all.find(block => MESSAGE_ONLY.includes(block.type));
  if (foreign) return refuse(`unsupported block in a view: ${foreign.type}`);
  const focused = JSON.stringify(blocks).split('"focus_on_load":true').length - 1;
  if (focused > 1) return refuse('focus_on_load may be set of one element only');
  const crossing = acrossBlocks(blocks);
  if (crossing) return refuse(crossing);
  const bytes = Buffer.byteLength(JSON.stringify(view));
  return bytes > MOST_VIEW_BYTES ? { error: 'view_too_large', reason: `${bytes} bytes` } : undefined;
}

interface Block {
  type: string;
  block_id?: string;
  child_blocks?: Block[];
  text?: unknown;
}

const withChildren = (block: Block): Block[] => [block, ...(block.child_blocks ?? [])];

/** In Slack's form: what is wrong, and where. */
function findMistake(schema: z.ZodType, value: unknown, root = ''): string | undefined {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return issue && `${issue.message} [json-pointer:${[root, ...issue.path.map(String)].join('/')}]`;
}

function acrossBlocks(blocks: readonly Block[]): string | undefined {
  const all = blocks.flatMap(withChildren);
  const twice = findTwice(all.flatMap(({ block_id: id }) => id ?? []));
  if (twice !== undefined) return `block_id ${twice} already exists`;
  for (const { child_blocks: _, ...block } of all) {
    const action = findTwice(collect(block, 'action_id'));
    if (action !== undefined) return `action_id ${action} already exists in its block`;
  }
  return undefined;
}

function ofMessages(blocks: readonly Block[]): string | undefined {
  const all = blocks.flatMap(withChildren);
  if (all.filter(({ type }) => type === 'table').length > 1) return 'only_one_table_allowed';
  const markdown = all.filter(({ type }) => type === 'markdown').map(({ text }) => String(text).length);
  const total = markdown.reduce((sum, length) => sum + length, 0);
  return total > MOST_MARKDOWN ? `${total} characters of markdown, at most ${MOST_MARKDOWN}` : undefined;
}

function findTwice(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

/** The texts under that key, wherever they are. */
function collect(value: unknown, wanted: string): string[] {
  const found: string[] = [];
  JSON.stringify(value, (key, one) => {
    if (key === wanted && typeof one === 'string') found.push(one);
    return one;
  });
  return found;
}

function textLength(blocks: readonly unknown[]): number {
  return collect(blocks, 'text').reduce((sum, text) => sum + text.length, 0);
}
