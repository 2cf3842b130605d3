/** One meeting's way through a language model: part after part, each asked for until there is a usable answer. */
import { setTimeout } from 'node:timers/promises';
import { HansardError } from '../../errors.ts';
import type { Transcript } from '../../pipeline/meeting.ts';
import type { EvidenceCheck } from '../../pipeline/minutes/check-evidence.ts';
import type { StageContext } from '../../pipeline/ports.ts';
import type { SummaryStyle } from '../../pipeline/recording-options.ts';
import type { Summary } from '../../pipeline/summary.ts';
import type { Items } from './build-items.ts';
import { type LanguageModel, type ModelFinding, type Question, ServerRefusal } from './language-model.ts';
import type { WaitLimits } from './patience.ts';
import { estimateTokens, halve, type PromptLine, planChunks, REPLY_TOKENS } from './plan-chunks.ts';
import type { Prompts } from './prompts.ts';
import { parseReply, parseWhole, type Reply, replyFormat, wholeFormat } from './reply.ts';
import { isInLanguage } from './text-language.ts';
import { type Note, noteDown } from './write-notes.ts';

/** The first try is the model's best guess; the others differ, or they would fail the same way. */
const TRIES = [
  { temperature: 0, seed: 1, mayThink: false },
  { temperature: 0.2, seed: 2, mayThink: false },
  { temperature: 0.4, seed: 3, mayThink: true },
];

/** Before a server that broke off is asked again, the next time twice as long: it may be starting, or have too much to do. */
export const PAUSE_MS = 5_000;

export interface ReadingInput {
  model: LanguageModel;
  found: Extract<ModelFinding, { isReady: true }>;
  limits: WaitLimits;
  pauseMs: number;
  prompts: Prompts;
  transcript: Transcript;
  context: StageContext;
  style: SummaryStyle;
  /** Of the summary. */
  language: string;
}

export function createReading(input: ReadingInput) {
  const { model, found, limits, pauseMs, prompts, transcript, context, style, language } = input;
  const prompt = (lines: readonly PromptLine[], part: number, parts: number) =>
    prompts.part({ lines, language, style, part, parts });
  // the longest form of what stands around the lines
  const plan = planChunks(transcript, found.contextTokens, estimateTokens(prompt([], 99, 99)));
  const replyTokens = Math.min(REPLY_TOKENS, Math.floor(found.contextTokens / 3));
  const read = new Set<string>();
  const warnings: string[] = [];
  let doneChunks = 0;

  /** @param parse throws HansardError `summarizer_failed` for an answer that will not do; `isLast`: better one that will nearly do than none */
  async function ask<Answer>(
    question: Pick<Question, 'prompt' | 'format'>,
    parse: (content: string, isLast: boolean) => Answer,
  ): Promise<Answer> {
    let last: unknown;
    for (const [index, attempt] of TRIES.entries()) {
      try {
        const content = await model.ask(
          found.model,
          { ...question, ...attempt, contextTokens: plan.contextTokens, replyTokens },
          { limits, signal: context.signal, onPiece: characters => advance(characters / (replyTokens * 4)) },
        );
        return parse(content, index === TRIES.length - 1);
      } catch (error) {
        last = explain(error, model, found.model);
        if (!isWorthAnotherTry(error)) break;
        if (isAway(error) && index < TRIES.length - 1) await pause(pauseMs * 2 ** index, context.signal);
      }
    }
    throw last;
  }

  function advance(fractionOfChunk: number): void {
    const parts = plan.chunks.length + 1;
    context.onProgress(Math.min(0.99, (doneChunks + Math.min(0.9, fractionOfChunk)) / parts));
  }

  /** The answers about one part; two where it was longer than estimated and had to be cut. */
  async function readPart(lines: readonly PromptLine[], part: number): Promise<Reply[]> {
    const ids = [...new Set(lines.map(({ id }) => id))];
    try {
      const reply = await ask(
        { prompt: prompt(lines, part, plan.chunks.length), format: replyFormat(ids) },
        inLanguage(parseReply),
      );
      for (const id of ids) read.add(id);
      return [reply];
    } catch (error) {
      const halves = isTooLong(error) ? halve(lines) : [];
      if (halves.length === 0) throw error;
      const replies: Reply[] = [];
      for (const half of halves) replies.push(...(await readPart(half, part)));
      return replies;
    }
  }

  /** Asks again for an abstract in another language than the wanted one; of the last try it is taken, with a warning. */
  function inLanguage<Answer extends { abstract: string }>(parse: (content: string) => Answer) {
    return (content: string, isLast: boolean): Answer => {
      const answer = parse(content);
      if (isInLanguage(answer.abstract, language)) return answer;
      if (!isLast) throw new HansardError('summarizer_failed', `the abstract is not in the language ${language}`);
      const warning = `The summary was wanted in “${language}”; the model wrote parts of it in another language.`;
      if (!warnings.includes(warning)) warnings.push(warning);
      return answer;
    };
  }

  return {
    warnings,
    /** Reads part after part; one that fails is left out and lowers the coverage. */
    async readParts(): Promise<Reply[]> {
      const replies: Reply[] = [];
      let last: unknown;
      for (const [index, lines] of plan.chunks.entries()) {
        try {
          replies.push(...(await readPart(lines, index + 1)));
        } catch (error) {
          // a server that has gone away will not come back for the next part
          if (!(error instanceof HansardError) || error.code !== 'summarizer_failed') throw error;
          last = error;
        }
        doneChunks = index + 1;
        advance(0);
      }
      if (replies.length === 0 && last) throw last;
      if (read.size < transcript.turns.length)
        warnings.push(
          `The model gave no usable answer for parts of the meeting; ${transcript.turns.length - read.size} of ${transcript.turns.length} turns are not in the summary.`,
        );
      return replies;
    },
    /** The title and abstract of the only part, or those that the model makes of the items and of the parts' abstracts. */
    async writeWhole(
      replies: readonly Reply[],
      items: Items,
      check: EvidenceCheck,
    ): Promise<Pick<Summary, 'title' | 'abstract'>> {
      const [only] = replies;
      if (!only) return { title: 'Meeting', abstract: 'Nothing was said in this recording.' };
      if (replies.length === 1) return { title: only.title, abstract: only.abstract };
      const whole = (notes: readonly Note[]) => prompts.whole({ notes, language, style });
      const room = plan.contextTokens - replyTokens - estimateTokens(whole([]));
      const notes = noteDown(replies, items, check, room);
      try {
        return await ask({ prompt: whole(notes), format: wholeFormat() }, inLanguage(parseWhole));
      } catch (error) {
        if (!(error instanceof HansardError) || error.code !== 'summarizer_failed') throw error;
        warnings.push('The abstract is that of the parts, one after the other.');
        return {
          title: only.title,
          abstract: notes.flatMap(({ kind, text }) => (kind === 'part' ? [text] : [])).join(' '),
        };
      }
    },
    coverage(): number {
      return transcript.turns.length === 0 ? 1 : read.size / transcript.turns.length;
    },
  };
}

/** The model may do better; the server without the model, or a prompt that is too long, will not. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof HansardError) return error.code === 'summarizer_failed';
  if (error instanceof ServerRefusal) return !error.isTooLong && (error.status >= 500 || error.status === 429);
  return true;
}

/** Not the model's fault: the connection broke, or the server has no time. */
function isAway(error: unknown): boolean {
  if (error instanceof ServerRefusal) return [429, 502, 503].includes(error.status);
  return !(error instanceof HansardError);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (cause) {
    throw new HansardError('cancelled', 'summarize', { cause });
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof HansardError && error.cause instanceof ServerRefusal && error.cause.isTooLong;
}

function explain(error: unknown, { place }: LanguageModel, model: string): HansardError {
  if (error instanceof HansardError) return error;
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof ServerRefusal && error.status === 404)
    return new HansardError('summarizer_offline', `${place} does not have the model ${model}`, { cause: error });
  if (error instanceof ServerRefusal && error.status !== 502 && error.status !== 503)
    return new HansardError('summarizer_failed', `the server refused (${error.status}): ${said}`, { cause: error });
  return new HansardError('summarizer_offline', `the connection to ${place} broke: ${said}`, { cause: error });
}
