import { createExtractiveSummarizer } from '../../../src/pipeline/minutes/extractive-summarizer.ts';
import { describeSummarizer } from '../../contracts/summarizer.contract.ts';

describeSummarizer('the extractive summarizer', {
  open: async () => ({ summarizer: createExtractiveSummarizer(), close: async () => {} }),
});
