import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { hearCases } from '../../../src/bench/summary/hear-cases.ts';
import type { SummaryCase } from '../../../src/bench/summary/read-cases.ts';
import { scoreSummary } from '../../../src/bench/summary/score-summary.ts';
import { HansardError } from '../../../src/errors.ts';
import { createExtractiveSummarizer } from '../../../src/pipeline/minutes/extractive-summarizer.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { stageContext } from '../../contracts/summarizer.contract.ts';
import { transcriptOf } from '../../pipeline/minutes/build-transcript.ts';

const shed: SummaryCase = {
  name: 'shed',
  meetingDate: '2026-11-17',
  transcript: transcriptOf([
    { speaker: 'Ana', text: 'Who will buy the paint?', start: 0, end: 4 },
    { speaker: 'Ben', text: "I'll buy the paint by Friday.", start: 5, end: 9 },
  ]),
  abstract: undefined,
  facts: {
    meeting_date: '2026-11-17',
    decisions: [],
    superseded: [],
    action_items: [{ text: 'Buy the paint', owner: 'Ben', due_date: '2026-11-20', status: 'open' }],
    questions: [],
    numbers: [],
  },
};
const heard = transcriptOf([
  { speaker: 'SPEAKER_00', text: 'who will by the paint', start: 0, end: 4.2 },
  { speaker: 'SPEAKER_01', text: "I'll buy the paint by Friday.", start: 4.8, end: 9 },
]);

test('what was heard takes the place of the truth, and a voice without a name counts as who it is', async t => {
  const folder = await makeTemporaryFolder(t);
  for (const name of ['shed.wav', 'shed.rttm']) fs.writeFileSync(path.join(folder, name), '');
  const asked: string[] = [];
  const [one, other] = await hearCases(folder, [shed, { ...shed, name: 'without recording' }], (file, date) => {
    asked.push(`${path.basename(file)} ${date}`);
    return Promise.resolve(heard);
  });
  assert.deepEqual(asked, ['shed.wav 2026-11-17']);
  assert.ok(one && !other);
  const options = { meetingDate: one.meetingDate, timeZone: 'UTC' };
  const summary = await createExtractiveSummarizer().summarize(one.transcript, options, stageContext());
  assert.equal(summary.actionItems[0]?.owner, 'SPEAKER_01');
  const { actions, owners } = scoreSummary(summary, one);
  assert.deepEqual([actions, owners], [{ right: 1, found: 1, wanted: 1 }, 1]);
});

test('a folder without recordings is refused', async t => {
  const hear = () => Promise.resolve(heard);
  const isRefused = (error: unknown) => error instanceof HansardError && error.code === 'invalid_usage';
  await assert.rejects(hearCases(await makeTemporaryFolder(t), [shed], hear), isRefused);
});
