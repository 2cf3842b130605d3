/** The summarizer that asks a language model of one's own, through Ollama. It believes nothing that it cannot find. */
import { HansardError } from '../../errors.ts';
import type { Transcript } from '../../pipeline/meeting.ts';
import { dayOf } from '../../pipeline/minutes/calendar.ts';
import { createEvidenceCheck } from '../../pipeline/minutes/check-evidence.ts';
import { tidy } from '../../pipeline/minutes/words.ts';
import type { StageContext, Summarizer } from '../../pipeline/ports.ts';
import type { SummaryStyle } from '../../pipeline/recording-options.ts';
import type { Summary } from '../../pipeline/summary.ts';
import { askModel, type Question, WAIT_LIMITS, type WaitLimits } from './ask-model.ts';
import { buildItems } from './build-items.ts';
import { OllamaRefusal, type OllamaServer } from './connect.ts';
import { findOllama } from './find-ollama.ts';
import { estimateTokens, halve, type PromptLine, planChunks, REPLY_TOKENS } from './plan-chunks.ts';
import { loadPrompts, type Prompts } from './prompts.ts';
import { parseReply, parseWhole, type Reply, replyFormat, wholeFormat } from './reply.ts';

export interface OllamaSummarizerOptions extends OllamaServer {
  /** For tests; ours otherwise. */
  limits?: WaitLimits;
}

/** The first try is the model's best guess; the others differ, or they would fail the same way. */
const TRIES = [
  { temperature: 0, seed: 1 },
  { temperature: 0.2, seed: 2 },
  { temperature: 0.4, seed: 3 },
];

/**
 * Summarizes through the Ollama server at `host`. Its `summarize` throws HansardError `summarizer_offline` when the
 * server is away or lacks the model, `summarizer_failed` when no part of the meeting got a usable answer.
 */
export function createOllamaSummarizer({ limits = WAIT_LIMITS, ...server }: OllamaSummarizerOptions): Summarizer {
  const prompts = loadPrompts();
  return {
    async summarize(
      transcript,
      { meetingDate, timeZone, style = 'standard', language = transcript.language },
      context,
    ) {
      if (context.signal.aborted) throw new HansardError('cancelled', 'summarize', { cause: context.signal.reason });
      const today = dayOf(meetingDate, timeZone);
      const found = await findOllama(server, context.signal);
      if (!found.isReady) throw new HansardError('summarizer_offline', found.reason);
      const job = createJob({
        ...{ server, limits, prompts, transcript, context, style, language },
        modelTokens: found.contextTokens,
      });
      const replies = await job.readParts();
      const { title, abstract } = await job.writeWhole(replies);
      const checked = checkAbstract(abstract, transcript, today);
      context.onProgress(1);
      return {
        schemaVersion: 1,
        title: tidy(title) || 'Meeting',
        language,
        abstract: checked.abstract,
        ...buildItems(replies, transcript, today),
        method: 'ollama',
        model: server.model,
        coverage: job.coverage(),
        warnings: [...job.warnings, ...checked.warnings],
      } satisfies Summary;
    },
  };
}

interface JobInput {
  server: OllamaServer;
  limits: WaitLimits;
  prompts: Prompts;
  transcript: Transcript;
  context: StageContext;
  modelTokens: number;
  style: SummaryStyle;
  /** Of the summary. */
  language: string;
}

/** One meeting's way through the model. */
function createJob({ server, limits, prompts, transcript, context, modelTokens, style, language }: JobInput) {
  const prompt = (lines: readonly PromptLine[], part: number, parts: number) =>
    prompts.part({ lines, language, style, part, parts });
  // the longest form of what stands around the lines
  const plan = planChunks(transcript, modelTokens, estimateTokens(prompt([], 99, 99)));
  const read = new Set<string>();
  const warnings: string[] = [];
  let doneChunks = 0;

  async function ask<Answer>(
    question: Omit<Question, 'contextTokens' | 'replyTokens' | 'temperature' | 'seed'>,
    parse: (content: string) => Answer,
  ): Promise<Answer> {
    const replyTokens = Math.min(REPLY_TOKENS, Math.floor(modelTokens / 3));
    let last: unknown;
    for (const attempt of TRIES) {
      try {
        const content = await askModel(
          server,
          { ...question, ...attempt, contextTokens: plan.contextTokens, replyTokens },
          { limits, signal: context.signal, onPiece: characters => advance(characters / (replyTokens * 4)) },
        );
        return parse(content);
      } catch (error) {
        last = explain(error, server);
        if (!isWorthAnotherTry(error)) break;
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
      const format = replyFormat(ids);
      const reply = await ask({ prompt: prompt(lines, part, plan.chunks.length), format }, parseReply);
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
    /** The title and abstract of the only part, or those that the model makes of the parts' own. */
    async writeWhole(replies: readonly Reply[]): Promise<Pick<Summary, 'title' | 'abstract'>> {
      const [only] = replies;
      if (!only) return { title: 'Meeting', abstract: 'Nothing was said in this recording.' };
      if (replies.length === 1) return { title: only.title, abstract: only.abstract };
      const notes = replies.map(({ title, abstract }) => `${title}: ${abstract}`);
      try {
        return await ask({ prompt: prompts.whole({ notes, language, style }), format: wholeFormat() }, parseWhole);
      } catch (error) {
        if (!(error instanceof HansardError) || error.code !== 'summarizer_failed') throw error;
        warnings.push('The abstract is that of the parts, one after the other.');
        return { title: only.title, abstract: replies.map(({ abstract }) => abstract).join(' ') };
      }
    },
    coverage(): number {
      return transcript.turns.length === 0 ? 1 : read.size / transcript.turns.length;
    },
  };
}

/** Sentences with numbers or names that nobody said are left out. */
function checkAbstract(abstract: string, transcript: Transcript, today: ReturnType<typeof dayOf>) {
  const check = createEvidenceCheck(transcript, today);
  const sentences = abstract.split(/(?<=[.!?。！？])\s+/u).filter(Boolean);
  const kept = sentences.filter(sentence => check.statement(sentence) === undefined);
  const dropped = sentences.length - kept.length;
  return {
    abstract: kept.join(' ').trim() || 'The model gave no abstract that the words bear out.',
    warnings:
      dropped > 0
        ? [`${dropped} sentences of the abstract named numbers or names that were not said; they are left out.`]
        : [],
  };
}

/** The model may do better; the server without the model, or a prompt that is too long, will not. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof HansardError) return error.code === 'summarizer_failed';
  return !(error instanceof OllamaRefusal) || error.status >= 500 || error.status === 429;
}

function isTooLong(error: unknown): boolean {
  return error instanceof HansardError && error.cause instanceof OllamaRefusal && error.cause.isTooLong;
}

function explain(error: unknown, { host, model }: OllamaServer): HansardError {
  if (error instanceof HansardError) return error;
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof OllamaRefusal && error.status === 404)
    return new HansardError('summarizer_offline', `${host} does not have the model ${model}`, { cause: error });
  if (error instanceof OllamaRefusal && error.status !== 502 && error.status !== 503)
    return new HansardError('summarizer_failed', `the server refused (${error.status}): ${said}`, { cause: error });
  return new HansardError('summarizer_offline', `the connection to ${host} broke: ${said}`, { cause: error });
}
