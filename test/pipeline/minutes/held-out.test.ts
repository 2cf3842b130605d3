/** Meetings in many wordings, scored as the bench does: floors that may rise and must not fall. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { readCases } from '../../../src/bench/summary/read-cases.ts';
import { addScores, ratesOf, scoreSummary } from '../../../src/bench/summary/score-summary.ts';
import { minutesOf } from './summarize-meeting.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures/summary-held-out');

for (const set of ['first', 'second']) {
  test(`the ${set} set: most is found, with owner, day and state, and nothing is invented`, async () => {
    const cases = await readCases(path.join(fixtures, set));
    const total = addScores(
      await Promise.all(cases.map(async one => scoreSummary(await minutesOf(one.transcript, one.meetingDate), one))),
    );
    assert.ok((ratesOf(total.decisions)?.f1 ?? 0) >= 0.9);
    assert.ok((ratesOf(total.actions)?.f1 ?? 0) >= 0.9);
    assert.ok((ratesOf(total.questions)?.f1 ?? 0) >= 0.9);
    assert.ok((ratesOf(total.numbers)?.f1 ?? 0) >= 0.8);
    for (const right of [total.owners, total.dues, total.states]) assert.ok(right >= 0.9 * total.actions.right);
    assert.deepEqual([total.unverified, total.invented], [0, 0]);
  });
}
