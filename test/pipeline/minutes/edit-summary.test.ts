import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addEdit, editSummary, MOST_EDITS } from '../../../src/pipeline/minutes/edit-summary.ts';
import { action, item, summary } from '../../builders/meeting.ts';

const before = summary({
  decisions: [item('D1', 'We take the red one.', { verified: false, reason: 'not found' })],
  actionItems: [action('A1', 'Water the plants.', { owner: 'Anna' }), action('A2', 'Call Bob.')],
});

describe('what people change in a summary', () => {
  test('stands over it: words, owner, date and state', () => {
    const edited = editSummary(before, [
      { item: 'D1', was: 'We take the red one.', text: 'We take the blue one.' },
      { item: 'A1', was: 'Water the plants.', owner: null, status: 'done' },
      { item: 'A2', was: 'Call Bob.', due: { text: '2026-12-04', date: '2026-12-04' }, owner: 'Ben' },
    ]);
    assert.deepEqual(edited.decisions, [
      { ...before.decisions[0], text: 'We take the blue one.', verified: true, reason: null, edited: true },
    ]);
    const [first, second] = edited.actionItems;
    assert.deepEqual([first?.owner, first?.status, first?.edited], [null, 'done', true]);
    assert.deepEqual([second?.owner, second?.due?.date], ['Ben', '2026-12-04']);
    assert.deepEqual(edited.warnings, []);
  });

  test('that it is done proves nothing about what was said', () => {
    const doubtful = summary({ actionItems: [action('A1', 'x', { verified: false, reason: 'not found' })] });
    const [edited] = editSummary(doubtful, [{ item: 'A1', was: 'x', status: 'done' }]).actionItems;
    assert.deepEqual([edited?.status, edited?.verified, edited?.reason], ['done', false, 'not found']);
  });

  test('can take an item out', () => {
    assert.deepEqual(editSummary(before, [{ item: 'D1', was: 'We take the red one.', removed: true }]).decisions, []);
  });

  test('follows the words to their new number when the summary was made again', () => {
    const again = summary({ actionItems: [action('A1', 'Call Bob.'), action('A2', 'Water the plants.')] });
    const edited = editSummary(again, [{ item: 'A1', was: 'Water the plants.', status: 'done' }]);
    assert.deepEqual(
      edited.actionItems.map(({ status }) => status),
      ['open', 'done'],
    );
  });

  test('that fits no item any more is told', () => {
    const { warnings, ...rest } = editSummary(before, [{ item: 'A9', was: 'Feed the cat.', status: 'done' }]);
    assert.match(warnings.join(), /“Feed the cat\.” fits no item any more/);
    assert.deepEqual({ ...rest, warnings: [] }, before);
  });

  test('adds up per item, and is bounded', () => {
    const first = { item: 'A1', was: 'x', owner: 'Anna' };
    const edits = addEdit([first], { item: 'A1', was: 'x', status: 'done' as const });
    assert.deepEqual(edits, [{ ...first, status: 'done' }]);
    const many = Array.from({ length: MOST_EDITS }, (_, i) => ({ item: 'A1', was: `${i}` }));
    assert.equal(addEdit(many, first).length, MOST_EDITS);
  });
});
