import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SummaryCase } from '../../../src/bench/summary/read-cases.ts';
import { measureRouge } from '../../../src/bench/summary/rouge.ts';
import { addScores, ratesOf, scoreSummary } from '../../../src/bench/summary/score-summary.ts';
import type { ActionItem, Summary, SummaryItem } from '../../../src/pipeline/summary.ts';
import { summary } from '../../builders/meeting.ts';
import { meetingOf } from '../../pipeline/minutes/build-transcript.ts';

const CASE: SummaryCase = {
  name: 'shed',
  meetingDate: '2026-11-17',
  transcript: meetingOf(
    'Ana: We launch on the twelfth of January.\nBen: I will send Kim the report by Friday.\nAna: No, we launch on the nineteenth of January.',
  ),
  abstract: 'The launch is on the nineteenth.',
  facts: {
    meeting_date: '2026-11-17',
    decisions: [{ text: 'Launch on the nineteenth of January' }],
    superseded: [{ text: 'Launch on the twelfth of January' }],
    action_items: [{ text: 'Send Kim the report', owner: 'Ben', due_date: '2026-11-20', status: 'open' }],
    questions: [{ text: 'What does the paint cost?' }],
    numbers: [],
  },
};

function item(text: string, changes: Partial<SummaryItem> = {}): SummaryItem {
  return { id: 'X', text, evidence: [], verified: true, reason: null, ...changes };
}
const action = (text: string, owner: string, date: string): ActionItem => ({
  ...item(text),
  ...{ owner, due: { text: 'by then', date }, status: 'open' },
});
const score = (changes: Partial<Summary>) =>
  scoreSummary(summary({ decisions: [], actionItems: [], questions: [], numbers: [], ...changes }), CASE);

describe('the score of a summary', () => {
  test('counts what was found, with owner and date', () => {
    const { actions, owners, dues, states } = score({
      actionItems: [
        action('Send the report to Kim', 'Ana', '2026-11-20'),
        action('Paint the shed', 'Ben', '2026-11-21'),
      ],
    });
    assert.deepEqual([actions, owners, dues, states], [{ right: 1, found: 2, wanted: 1 }, 0, 1, 1]);
  });

  test('a decision that was replaced is wrong, one that names both values is right', () => {
    assert.equal(score({ decisions: [item('We launch on the twelfth of January')] }).decisions.right, 0);
    assert.equal(
      score({ decisions: [item('The launch moves from the twelfth to the nineteenth of January')] }).decisions.right,
      1,
    );
  });

  test('two items for one fact are one right and one wrong', () => {
    const twice = [item('Launch on the nineteenth of January'), item('The launch is on January nineteenth')];
    assert.deepEqual(score({ decisions: twice }).decisions, { right: 1, found: 2, wanted: 1 });
  });

  test('a number or name that nobody said counts as invented, where the item says that it is verified', () => {
    assert.equal(
      score({ numbers: [item('The budget is 45,000 euros'), item('We ask Zoe about the launch')] }).invented,
      2,
    );
    const unsure = score({ numbers: [item('The budget is 45,000 euros', { verified: false, reason: 'not said' })] });
    assert.deepEqual([unsure.invented, unsure.unverified], [0, 1]);
    assert.equal(score({ numbers: [item('Then Kim launches on the 19th')] }).invented, 0);
  });

  test('adds up, and has no rate where nothing was wanted or found', () => {
    const all = addScores([score({}), score({ decisions: [item('Launch on the nineteenth of January')] })]);
    assert.deepEqual(all.decisions, { right: 1, found: 1, wanted: 2 });
    assert.deepEqual(ratesOf(all.decisions), { precision: 1, recall: 0.5, f1: 2 / 3 });
    assert.equal(ratesOf({ right: 0, found: 0, wanted: 0 }), null);
  });
});

test('ROUGE is as by hand', () => {
  // the cat sat / the cat lay down: 2 words of 3 and 4, 1 pair of 2 and 3
  const { rouge1, rouge2, rougeL } = measureRouge('The cat sat.', 'the cat lay down');
  assert.deepEqual(
    [rouge1, rouge2, rougeL].map(one => one.toFixed(3)),
    ['0.571', '0.400', '0.571'],
  );
  assert.deepEqual(measureRouge('', 'word'), { rouge1: 0, rouge2: 0, rougeL: 0 });
});
