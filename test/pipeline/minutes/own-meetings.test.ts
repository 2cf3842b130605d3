/** Whole meetings in wordings of their own: what a participant would expect, and nothing else. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { minutesOf, tasksOf } from './summarize-meeting.ts';

const read = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'meetings', `${name}.txt`), 'utf8');
const minutes = (name: string) => minutesOf(read(name));
const texts = (items: readonly { text: string }[]) => items.map(({ text }) => text);

test('every item of every meeting is verified', async () => {
  for (const name of ['board', 'support-call', 'job-interview', 'planning-call', 'editors', 'office-move', 'clinic']) {
    const { decisions, actionItems, questions, numbers } = await minutes(name);
    const failed = [...decisions, ...actionItems, ...questions, ...numbers].filter(({ verified }) => !verified);
    assert.deepEqual(failed, [], name);
  }
});

describe('a British board meeting', () => {
  test('votes and dates are decisions, proposals put off are not', async () => {
    assert.deepEqual(texts((await minutes('board')).decisions), [
      'The minutes are approved',
      'We accept the offer from Harrow and Sons',
      "We'll hold the fête on the twenty-seventh of June",
    ]);
  });

  test('tasks go to who was asked, volunteered or said so', async () => {
    const tasks = tasksOf(await minutes('board'));
    assert.equal(tasks.length, 5);
    assert.match(tasks[0] ?? '', /^Philip: Correct that .* \| 2026-11-17 \| open$/);
    assert.match(tasks[1] ?? '', /^Anjali: Let them know .*Harrow and Sons.* \| 2026-11-18 \| open$/);
    assert.match(tasks[2] ?? '', /^Philip: Tell the dance school that the hall will be closed/);
    assert.match(tasks[3] ?? '', /^Anjali: Find out from the broker \| 2026-11-30 \| open$/);
    assert.match(tasks[4] ?? '', /^Margaret: Get one cut/);
  });
});

describe('an American planning call', () => {
  test('the last date of the release counts', async () => {
    assert.deepEqual(texts((await minutes('planning-call')).decisions), [
      "We're turning off the disk warnings",
      'The release is on December third',
    ]);
  });

  test('a task that was declined goes to who took it, one that is done is done', async () => {
    const tasks = tasksOf(await minutes('planning-call'));
    assert.ok(tasks.some(task => /^Priya: Take care of that .*disk warnings.* \| open$/.test(task)));
    assert.ok(tasks.some(task => /Order a second monitor .* \| 2026-12-01 \| done$/.test(task)));
    assert.ok(tasks.some(task => /^Tom: Talk to sales/.test(task)));
    assert.ok(!tasks.some(task => /vendor contract/.test(task)));
  });

  test('what was tabled is an open question', async () => {
    assert.deepEqual(texts((await minutes('planning-call')).questions), ['What about the old API?']);
  });
});

test('in a support call without names tasks belong to voices, and the later day counts', async () => {
  const tasks = tasksOf(await minutes('support-call'));
  assert.ok(tasks.includes('SPEAKER_00: Check with compliance and call you back | 2026-11-20 | open'));
  assert.ok(tasks.includes('SPEAKER_01: Send me two or three of the wrong PDFs | 2026-11-17 | open'));
  assert.ok(!tasks.some(task => /customer number|account/.test(task)));
});

test('a job interview decides nothing and leaves no tasks, whatever stories are told', async () => {
  const { decisions, actionItems, abstract } = await minutes('job-interview');
  assert.deepEqual([decisions, actionItems], [[], []]);
  assert.match(abstract, /No decision was heard\.$/);
});

test('a proposal that is taken up in a word is a decision; last week’s that was reversed is not', async () => {
  assert.deepEqual(texts((await minutes('editors')).decisions), [
    'We use stock pictures for the first two chapters',
    'We keep the index',
  ]);
});

test('words without capitals and full stops are understood as well', async () => {
  const summary = await minutes('office-move');
  assert.deepEqual(texts(summary.decisions), ['We keep the desks and buy new chairs']);
  assert.deepEqual(tasksOf(summary), [
    'SPEAKER_01: Get a quote for the chairs | 2026-11-20 | open',
    'SPEAKER_02: Call the movers and ask if they have a van on the thirtieth of january | 2026-11-18 | open',
    'null: Cancel the internet contract in the old place | - | done',
  ]);
});

test('a meeting that the rules were not written for: much is missed, nothing is invented', async () => {
  const summary = await minutes('clinic');
  assert.deepEqual(texts(summary.decisions), ['We sign for two years at nine percent']);
  for (const task of tasksOf(summary))
    assert.match(task, /^SPEAKER_02: Have her send|^SPEAKER_01: Put together a comparison|^SPEAKER_00: Let her know/);
});
