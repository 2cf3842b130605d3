/** The summarizer that needs nothing: the embedded default, and the fallback when the language model is away. */
import { HansardError } from '../../errors.ts';
import type { Summarizer } from '../ports.ts';
import { buildExtractiveSummary } from './build-extractive-summary.ts';

const ABSTRACT_SENTENCES = 5;

/** @param abstractSentences how long the abstract may be; five by default */
export function createExtractiveSummarizer({ abstractSentences = ABSTRACT_SENTENCES } = {}): Summarizer {
  return {
    async summarize(transcript, options, { signal, onProgress }) {
      if (signal.aborted) throw new HansardError('cancelled', 'summarize', { cause: signal.reason });
      const summary = buildExtractiveSummary(transcript, options, abstractSentences);
      onProgress(1);
      return summary;
    },
  };
}
