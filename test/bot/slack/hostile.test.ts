/** Whatever people say, are called or type: nothing that Slack refuses, or reads as more than text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offerMeetings } from '../../../src/bot/commands.ts';
import { type ChatMessage, visibleLength } from '../../../src/bot/message.ts';
import { presentAnswer } from '../../../src/bot/present/present-answer.ts';
import { presentCard } from '../../../src/bot/present/present-card.ts';
import { type PostedMinutes, presentSummary, SUMMARY_CHARACTERS } from '../../../src/bot/present/present-minutes.ts';
import { presentNotes } from '../../../src/bot/present/present-notes.ts';
import { presentProgress } from '../../../src/bot/present/present-progress.ts';
import { asSlack, SLACK_ROOM } from '../../../src/bot/slack/blocks.ts';
import { buildFilesDialog } from '../../../src/bot/slack/files-dialog.ts';
import { buildFixDialog, buildItemDialog } from '../../../src/bot/slack/fix-dialog.ts';
import { buildHome } from '../../../src/bot/slack/home.ts';
import { buildLinkDialog } from '../../../src/bot/slack/link-dialog.ts';
import { buildNotesDialog } from '../../../src/bot/slack/notes-dialog.ts';
import { buildRerunDialog } from '../../../src/bot/slack/rerun-dialog.ts';
import { buildSettingsDialog } from '../../../src/bot/slack/settings-dialog.ts';
import { buildSpeakersDialog } from '../../../src/bot/slack/speakers-dialog.ts';
import type { Transcript } from '../../../src/pipeline/meeting.ts';
import type { MeetingReport } from '../../../src/pipeline/orchestration/describe-meeting.ts';
import type { Meeting } from '../../../src/pipeline/store/meetings.ts';
import type { Summary } from '../../../src/pipeline/summary.ts';
import { hostileTexts } from '../../builders/hostile-text.ts';
import { postedMinutes } from '../../builders/posted-minutes.ts';
import { createRandom } from '../../chaos/harness.ts';
import { validateMessage, validateView } from '../../fakes/slack/validate-blocks.ts';

const base = postedMinutes;
const meeting = { id: base.meetingId, channel: 'C1' };

/** Each time another text from that many, and mixtures of them. */
function createTexts(seed: number): () => string {
  const random = createRandom(seed);
  const pick = () => hostileTexts[Math.floor(random() * hostileTexts.length)] ?? '';
  const noise = () => String.fromCodePoint(...Array.from({ length: 6 }, () => Math.floor(random() * 0x3000)));
  return () => {
    const pieces = Array.from({ length: 1 + Math.floor(random() * 3) }, () => (random() < 0.3 ? noise() : pick()));
    return pieces
      .join(random() < 0.5 ? ' ' : '')
      .slice(0, 20_000)
      .repeat(random() < 0.02 ? 5 : 1);
  };
}

function minutesOf(next: () => string, count: number): PostedMinutes {
  const item = (id: string) => ({
    id,
    text: next() || '-',
    evidence: [{ turn: 'T0001', start: 65, end: 70, quote: next() }],
    verified: false,
    reason: next(),
  });
  const items = (letter: string) => Array.from({ length: count }, (_, i) => item(`${letter}${i}`));
  const summary: Summary = {
    ...base.summary,
    ...{ title: next(), abstract: next(), warnings: [next()] },
    ...{ decisions: items('D'), questions: items('Q'), numbers: items('N') },
    topics: [{ title: next(), start: 1, end: 2 }],
    actionItems: items('A').map(one => ({ ...one, owner: next(), due: { text: next(), date: null }, status: 'open' })),
  };
  const speakers = base.transcript.speakers.map(speaker => ({ ...speaker, label: next() }));
  const recording = { ...base.meta.recording, fileName: next() };
  return {
    ...base,
    summary,
    transcript: { ...base.transcript, speakers },
    meta: { ...base.meta, recording, warnings: [next()] },
    consent: next().slice(0, 300),
  };
}

function transcriptOf(next: () => string): Transcript {
  const turn = { id: 'T0001', startMs: 0, endMs: 9_000, overlap: false, words: [] };
  return {
    ...{ language: 'en', durationMs: 9_000 },
    speakers: ['SPEAKER_00', 'SPEAKER_01', 'SPEAKER_02'].map((id, i) => ({ id, label: i ? next() : id, speechMs: 9 })),
    turns: ['SPEAKER_00', 'SPEAKER_01'].map(speaker => ({ ...turn, speaker, text: next() })),
  };
}

function reportOf(next: () => string, state: MeetingReport['state']): MeetingReport {
  const rest = { durationMs: 9_000, createdAt: '', finishedAt: null, etaSeconds: 3, stages: [] };
  return { id: base.meetingId, title: next(), state, error: { code: next(), message: next() }, ...rest };
}

/** Words that people see may name nobody, and hide nothing. */
function assertPlain(shown: unknown): void {
  JSON.stringify(shown, (key, value: unknown) => {
    if (key === 'type')
      assert.ok(!['mrkdwn', 'link', 'user', 'usergroup', 'broadcast', 'channel', 'emoji'].includes(String(value)));
    if (key === 'text' && typeof value === 'string') {
      assert.doesNotMatch(value, /@(channel|here|everyone)|[\u202a-\u202e\u2066-\u2069]|\p{Cc}/u);
      assert.ok(value.isWellFormed());
    }
    return value;
  });
}

function assertMessage(said: ChatMessage): void {
  const message = asSlack(said);
  assert.equal(validateMessage(message.blocks, message.text, 4_000), undefined);
  assert.doesNotMatch(message.text, /<[!@#]|<http|@(channel|here|everyone)/);
  assertPlain(message.blocks);
}

function assertView(view: unknown): void {
  assert.equal(validateView(view), undefined);
  assertPlain((view as { blocks: unknown }).blocks);
}

test('10,000 hostile texts break no message and no dialog, and call nobody', () => {
  let count = 0;
  const texts = createTexts(5);
  const next = () => {
    count++;
    return texts();
  };
  for (let round = 0; count < 10_000; round++) {
    const minutes = minutesOf(next, round % 13);
    const summary = presentSummary(minutes, SLACK_ROOM);
    assertMessage(summary);
    assert.ok(visibleLength(summary.blocks) <= SUMMARY_CHARACTERS, `${visibleLength(summary.blocks)} characters`);
    for (const notes of presentNotes(minutes, SLACK_ROOM)) assertMessage(notes);
    for (const state of ['accepted', 'failed', 'cancelled', 'cancelling'] as const)
      assertMessage(presentProgress(reportOf(next, state), next()));
    const states = ['done', 'failed', 'cancelled', 'processing'] as const;
    assertMessage(
      presentCard(
        states.map(state => reportOf(next, state)),
        next(),
        SLACK_ROOM,
      ),
    );
    const quote = { turn: 'T0001', speaker: next(), startMs: 0, endMs: 9, quote: next() };
    assertMessage(presentAnswer(next(), [{ title: next(), quotes: round % 2 ? [quote] : [] }]));
    const listed = { ...meeting, title: next(), state: 'done' } as Meeting; // nothing else is shown
    assertMessage(offerMeetings('forget', [listed, listed], next()));
    assertMessage(offerMeetings('cancel', [], next()));
    assertView(buildNotesDialog(meeting, minutes));
    assertView(buildFixDialog(meeting, minutes.summary));
    for (const item of [...minutes.summary.decisions.slice(0, 1), ...minutes.summary.actionItems.slice(0, 1)])
      assertView(buildItemDialog(meeting, item));
    assertView(buildSpeakersDialog(meeting, transcriptOf(next), []));
    assertView(buildFilesDialog(meeting, [{ name: next(), url: 'https://slack.example/x' }]));
    assertView(buildRerunDialog({ ...meeting, options: { language: next(), summaryStyle: next() } }));
    assertView(buildLinkDialog(next()));
    assertView(buildHome([listed], new Map([['C1', next()]])));
    const settings = { consent: next().slice(0, 300), glossary: [{ heard: next().slice(0, 80), written: 'x' }] };
    const unset = { auto: undefined, language: undefined, summaryLanguage: undefined, summaryStyle: undefined };
    const rest = { ...unset, summaryTemplate: undefined, target: undefined, forgetDeleted: undefined };
    const defaults = { auto: false, retention: { audioDays: 7, meetingDays: 90 } };
    assertView(buildSettingsDialog('C1', { ...settings, ...rest, retention: undefined }, defaults));
  }
});
