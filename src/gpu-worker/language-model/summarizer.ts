/** The summarizer that asks a language model of one's own. It believes nothing that it cannot find. */
import { HansardError } from '../../errors.ts';
import { dayOf } from '../../pipeline/minutes/calendar.ts';
import { createEvidenceCheck, type EvidenceCheck } from '../../pipeline/minutes/check-evidence.ts';
import { tidy } from '../../pipeline/minutes/words.ts';
import type { Summarizer } from '../../pipeline/ports.ts';
import type { Summary } from '../../pipeline/summary.ts';
import { buildItems, buildSpeakerNames } from './build-items.ts';
import type { LanguageModel } from './language-model.ts';
import { WAIT_LIMITS, type WaitLimits } from './patience.ts';
import { loadPrompts, type Prompts } from './prompts.ts';
import { createReading, PAUSE_MS } from './read-meeting.ts';

export interface ModelSummarizerOptions {
  /** For tests; ours otherwise. */
  limits?: WaitLimits;
  pauseMs?: number;
  /** Those in templates/, when not given. */
  prompts?: Prompts;
}

/**
 * Summarizes through a language model. Its `summarize` throws HansardError `summarizer_offline` when the server is away
 * or lacks the model, `summarizer_failed` when no part of the meeting got a usable answer.
 */
export function createModelSummarizer(
  model: LanguageModel,
  { limits = WAIT_LIMITS, pauseMs = PAUSE_MS, prompts = loadPrompts() }: ModelSummarizerOptions = {},
): Summarizer {
  return {
    async summarize(
      transcript,
      { meetingDate, timeZone, style = 'standard', language = transcript.language },
      context,
    ) {
      if (context.signal.aborted) throw new HansardError('cancelled', 'summarize', { cause: context.signal.reason });
      const found = await model.find(context.signal);
      if (!found.isReady) throw new HansardError('summarizer_offline', found.reason);
      const reading = createReading({ model, found, limits, pauseMs, prompts, transcript, context, style, language });
      const replies = await reading.readParts();
      const today = dayOf(meetingDate, timeZone);
      const check = createEvidenceCheck(transcript, today);
      const items = buildItems(replies, transcript, today);
      const speakerNames = buildSpeakerNames(replies, transcript, check);
      const { title, abstract } = await reading.writeWhole(replies, items, check);
      const checked = checkAbstract(abstract, check);
      context.onProgress(1);
      return {
        schemaVersion: 1,
        title: check.statement(title) === undefined ? tidy(title) || 'Meeting' : 'Meeting',
        language,
        abstract: checked.abstract,
        ...items,
        ...(speakerNames.length > 0 && { speakerNames }),
        method: model.method,
        model: found.model,
        coverage: reading.coverage(),
        warnings: [...reading.warnings, ...checked.warnings],
      } satisfies Summary;
    },
  };
}

/** Sentences with numbers or names that nobody said are left out. */
function checkAbstract(abstract: string, check: EvidenceCheck) {
  const sentences = abstract.split(/(?<=[.!?])\s+|(?<=[。！？])\s*/u).filter(Boolean);
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
