import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type ChatMessage, visibleLength } from '../../../src/bot/message.ts';
import { type PostedMinutes, presentSummary, SUMMARY_CHARACTERS } from '../../../src/bot/present/present-minutes.ts';
import { presentNotes } from '../../../src/bot/present/present-notes.ts';
import { presentProgress } from '../../../src/bot/present/present-progress.ts';
import { asSlack, SLACK_ROOM, textLength } from '../../../src/bot/slack/blocks.ts';
import { LIMITS } from '../../../src/bot/slack/limits.ts';
import { escapeFallback } from '../../../src/bot/slack/text.ts';
import { cut } from '../../../src/bot/text.ts';
import type { MeetingReport } from '../../../src/pipeline/orchestration/describe-meeting.ts';
import type { Summary } from '../../../src/pipeline/summary.ts';
import { hostileTexts } from '../../builders/hostile-text.ts';
import { postedMinutes } from '../../builders/posted-minutes.ts';

const base = postedMinutes;

function withTexts(text: string, count: number): PostedMinutes {
  const evidence = [{ turn: 'T0001', start: 65, end: 70, quote: text }];
  const item = (id: string) => ({ id, text, evidence, verified: false, reason: text });
  const items = Array.from({ length: count }, (_, i) => item(`I${i}`));
  const summary: Summary = {
    ...base.summary,
    ...{ title: text, abstract: text, decisions: items, questions: items, numbers: items, warnings: [text] },
    topics: items.map(() => ({ title: text, start: 1, end: 2 })),
    actionItems: items.map(one => ({ ...one, owner: text, due: { text, date: null }, status: 'open' as const })),
  };
  return { ...base, summary, meta: { ...base.meta, recording: { ...base.meta.recording, fileName: text } } };
}

/** What Slack would refuse, or read as more than text. */
function assertSound(message: ChatMessage): void {
  const { text, blocks } = asSlack(message);
  assert.ok(text.length > 0 && text.length <= LIMITS.fallbackText);
  assert.doesNotMatch(text, /<[!@#]|<http|@(channel|here|everyone)/);
  assert.ok(blocks.length <= LIMITS.blocks);
  assert.ok(textLength(blocks) <= 13_200, `${textLength(blocks)} characters`);
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') {
      assert.ok(value.length >= 1 && value.length <= LIMITS.sectionText);
      assert.ok(value.isWellFormed());
      assert.doesNotMatch(value, /@(channel|here|everyone)|[\u202a-\u202e\u2066-\u2069]|\p{Cc}/u);
    }
    // only these know no markup
    if (key === 'type') assert.notEqual(value, 'mrkdwn');
    if (key === 'type')
      assert.ok(!['link', 'user', 'usergroup', 'broadcast', 'channel', 'emoji'].includes(String(value)));
    return value;
  });
}

describe('minutes in Slack', () => {
  test('say title, length, speakers, decisions and action items with their moments', () => {
    const { blocks, text } = presentSummary(base, SLACK_ROOM);
    const shown = JSON.stringify(blocks);
    assert.equal(blocks[0]?.kind, 'header');
    assert.ok(shown.includes(base.summary.decisions[0]?.text ?? 'nothing'));
    assert.match(shown, /\[\d\d:\d\d\]/);
    assert.match(shown, /2 speakers|3 speakers/);
    assert.ok(text.includes(escapeFallback(base.summary.title)));
    assertSound({ blocks, text });
    const notes = presentNotes(base, SLACK_ROOM);
    assert.equal(notes.length, 1);
    for (const one of notes) assertSound(one);
  });

  test('are short where everybody sees them, and whole in the thread', () => {
    const long = withTexts('We shall do this and that, and the other thing as well, as was said before by all.', 60);
    const summary = presentSummary(long, SLACK_ROOM);
    assertSound(summary);
    assert.ok(visibleLength(summary.blocks) <= SUMMARY_CHARACTERS, `${visibleLength(summary.blocks)}`);
    assert.match(JSON.stringify(summary.blocks), /\d+ more in the thread/);
    const notes = presentNotes(long, SLACK_ROOM);
    assert.ok(notes.length > 1);
    const items = notes.flatMap(({ blocks }) => JSON.stringify(blocks).match(/\[01:05\]/g) ?? []);
    assert.equal(items.length, 4 * 60);
    for (const one of notes) assertSound(one);
  });

  test('say so when nothing was decided, and when nobody speaks', () => {
    const nothing = { ...base.summary, decisions: [], actionItems: [] };
    assert.match(
      JSON.stringify(presentSummary({ ...base, summary: nothing }, SLACK_ROOM)),
      /Nothing was decided\..*No action items\./,
    );
    const silent = { ...base.transcript, turns: [], words: [], speakers: [] };
    assert.match(
      JSON.stringify(presentSummary({ ...base, summary: nothing, transcript: silent }, SLACK_ROOM)),
      /Nobody speaks in this recording/,
    );
  });

  test('whatever was said: no mention, no link, no markup, nothing that Slack refuses', () => {
    for (const text of hostileTexts) {
      assertSound(presentSummary(withTexts(text, 3), SLACK_ROOM));
      for (const one of presentNotes(withTexts(text, 3), SLACK_ROOM)) assertSound(one);
    }
    const piece = fc.oneof(
      fc.constantFrom(...hostileTexts),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ maxLength: 5_000 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 70 }), (pieces, count) => {
        const minutes = withTexts(pieces.join(' '), count);
        assertSound(presentSummary(minutes, SLACK_ROOM));
        for (const one of presentNotes(minutes, SLACK_ROOM)) assertSound(one);
      }),
      { numRuns: 150 },
    );
  });
});

test('the progress of a meeting is one short line, whatever its name', () => {
  const report = (title: string, state: MeetingReport['state']): MeetingReport => ({
    ...{
      id: base.meetingId,
      title,
      state,
      durationMs: 470_000,
      createdAt: '',
      finishedAt: null,
      error: null,
      etaSeconds: 42,
    },
    stages: [
      { name: 'transcribe', state: 'running', progress: 0.42, seconds: null, attempts: 1, error: null, position: null },
    ],
  });
  const { blocks, text } = presentProgress(report('weekly.webm', 'processing'), 'Everybody agreed.');
  assert.match(text, /Writing down what is said, 42 %/);
  assert.match(JSON.stringify(blocks), /8 min long, about 42 s left/);
  for (const title of [...hostileTexts, 'x'.repeat(5_000)])
    for (const state of ['accepted', 'processing', 'failed', 'cancelled', 'cancelling'] as const)
      assertSound(presentProgress(report(title, state), title));
});

test('a text is cut between characters', () => {
  assert.equal(cut('short', 10), 'short');
  assert.equal(cut('0123456789x', 10), '012345678…');
  assert.equal(cut(`${'a'.repeat(8)}😀b`, 10), `${'a'.repeat(8)}…`);
  assert.equal(cut('aaaa &amp; bbbb', 9), 'aaaa …');
});
