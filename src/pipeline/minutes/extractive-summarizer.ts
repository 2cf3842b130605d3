/** The summarizer that needs nothing: the embedded default, and the fallback when the language model is away. */
import { HansardError } from '../../errors.ts';
import type { Summarizer } from '../ports.ts';
import type { SummaryStyle } from '../recording-options.ts';
import { buildExtractiveSummary } from './build-extractive-summary.ts';

const ABSTRACT_SENTENCES: Record<SummaryStyle, number> = { short: 2, standard: 5, detailed: 10 };

export function createExtractiveSummarizer(): Summarizer {
  return {
    async summarize(transcript, options, { signal, onProgress }) {
      if (signal.aborted) throw new HansardError('cancelled', 'summarize', { cause: signal.reason });
      const summary = buildExtractiveSummary(transcript, options, ABSTRACT_SENTENCES[options.style ?? 'standard']);
      onProgress(1);
      const { language = transcript.language } = options;
      if (language === transcript.language) return summary;
      return { ...summary, warnings: [...summary.warnings, cannotTranslate(language)] };
    },
  };
}

function cannotTranslate(wanted: string): string {
  return `The summary was wanted in “${wanted}”; rules quote the meeting and cannot translate it. A language model can.`;
}
