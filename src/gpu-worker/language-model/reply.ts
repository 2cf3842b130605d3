/** The model's answer: what we ask for, bounded everywhere, and how we read it. */
import { z } from 'zod';
import { type FaultCode, HansardError } from '../../errors.ts';

/** Above this many ids an enum makes the server's grammar slow; the id is checked afterwards anyway. */
const MAX_ENUM = 300;

/** @param ids the turns that may be cited; empty when any is accepted, as when reading the answer */
function buildReplySchema(ids: readonly string[]) {
  const [first, ...others] = ids;
  const turn = first !== undefined && ids.length <= MAX_ENUM ? z.enum([first, ...others]) : z.string().max(16);
  const evidence = z.array(z.object({ turn, quote: z.string().max(300) })).max(3);
  const item = z.object({ text: z.string().max(240), evidence });
  return z.object({
    title: z.string().max(100),
    abstract: z.string().max(900),
    topics: z.array(z.object({ title: z.string().max(80), turn })).max(8),
    decisions: z.array(item).max(12),
    actionItems: z
      .array(
        item.extend({
          owner: z.string().max(60).nullable(),
          due: z.string().max(60).nullable(),
          status: z.enum(['open', 'done', 'cancelled']),
        }),
      )
      .max(16),
    questions: z.array(item).max(8),
    numbers: z.array(item).max(12),
    speakerNames: z
      .array(z.object({ speaker: z.string().max(60), name: z.string().max(60), turn, quote: z.string().max(300) }))
      .max(8),
  });
}

const wholeSchema = z.object({ title: z.string().max(100), abstract: z.string().max(1_200) });

const asked = buildReplySchema([]);
/** Names are an extra: an answer without them, as to an older prompt, or with broken ones is as good as any. */
const replySchema = asked.extend({ speakerNames: asked.shape.speakerNames.catch([]) });
export type Reply = z.infer<typeof replySchema>;
export type ReplyItem = Reply['decisions'][number];
export type Whole = z.infer<typeof wholeSchema>;

/** The JSON schema for `format`: the server's grammar keeps to it, so endless lists and texts cannot happen. */
export function replyFormat(ids: readonly string[]): object {
  return z.toJSONSchema(buildReplySchema(ids), { target: 'draft-7' });
}

export function wholeFormat(): object {
  return z.toJSONSchema(wholeSchema, { target: 'draft-7' });
}

/** @throws HansardError `summarizer_failed` saying what is wrong with the answer */
export function parseReply(content: string): Reply {
  return parse(content, replySchema);
}

/** @throws HansardError `summarizer_failed` */
export function parseWhole(content: string): Whole {
  return parse(content, wholeSchema);
}

const FAILED: FaultCode = 'summarizer_failed';

function parse<T>(content: string, schema: z.ZodType<T>): T {
  const text = withoutWrapping(content);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HansardError(FAILED, `the answer is no JSON (${text.length} characters)`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new HansardError(FAILED, `the answer does not fit: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Thoughts that leak into the answer, and the code fence that some models put around it. */
function withoutWrapping(content: string): string {
  const end = content.lastIndexOf('</think>');
  const text = (end < 0 ? content : content.slice(end + '</think>'.length)).trim();
  return text.replace(/^```(?:json)?\s*/u, '').replace(/\s*```$/u, '');
}
