import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExtractiveSummarizer } from '../../../src/pipeline/minutes/extractive-summarizer.ts';
import { summarySchema } from '../../../src/pipeline/summary.ts';
import { describeSummarizer } from '../../contracts/summarizer.contract.ts';
import { workingWeek } from '../../gpu-worker/language-model/long-meeting.ts';
import { transcriptOf } from './build-transcript.ts';
import { minutesOf } from './summarize-meeting.ts';

describeSummarizer('the extractive summarizer', {
  open: async () => ({ summarizer: createExtractiveSummarizer(), close: async () => {} }),
});

test('twelve hours, and a megabyte on one line, give a summary of bounded size', async () => {
  const hours = transcriptOf(workingWeek(13_000));
  assert.ok(hours.turns.reduce((sum, { words }) => sum + words.length, 0) > 200_000);
  const line = Array.from({ length: 170_000 }, (_, index) => `word${index % 1_000}`).join(' ');
  for (const meeting of [hours, transcriptOf([{ speaker: 'A', text: line }])]) {
    const summary = await minutesOf(meeting);
    assert.equal(summary.coverage, 1);
    assert.ok(JSON.stringify(summarySchema.parse(summary)).length < 100_000);
  }
});
