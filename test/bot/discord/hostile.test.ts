/** Whatever people say, are called, type or forge: nothing that Discord refuses, reads as more than text, or that changes anything. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { offerMeetings } from '../../../src/bot/commands.ts';
import { asDiscord, DISCORD_ROOM } from '../../../src/bot/discord/components.ts';
import { buildRecordingModal } from '../../../src/bot/discord/listen-commands.ts';
import { buildFixForm, buildItemMenu, buildItemModal, buildWordModal } from '../../../src/bot/discord/listen-items.ts';
import { buildRerunForm } from '../../../src/bot/discord/listen-meetings.ts';
import { buildSettingsForm, buildWriteModal } from '../../../src/bot/discord/listen-settings.ts';
import { buildSpeakerModal, buildSpeakersForm } from '../../../src/bot/discord/listen-speakers.ts';
import { type ChatMessage, visibleLength } from '../../../src/bot/message.ts';
import { presentAnswer } from '../../../src/bot/present/present-answer.ts';
import { presentCard } from '../../../src/bot/present/present-card.ts';
import { type PostedMinutes, presentSummary, SUMMARY_CHARACTERS } from '../../../src/bot/present/present-minutes.ts';
import { presentNotes } from '../../../src/bot/present/present-notes.ts';
import { presentProgress } from '../../../src/bot/present/present-progress.ts';
import type { Transcript } from '../../../src/pipeline/meeting.ts';
import type { MeetingReport } from '../../../src/pipeline/orchestration/describe-meeting.ts';
import type { Meeting } from '../../../src/pipeline/store/meetings.ts';
import type { Summary } from '../../../src/pipeline/summary.ts';
import { type DiscordWorld, says, shownIn, startDiscordWorld } from '../../builders/discord-world.ts';
import { hostileTexts } from '../../builders/hostile-text.ts';
import { action } from '../../builders/meeting.ts';
import { postedMinutes } from '../../builders/posted-minutes.ts';
import { createRandom } from '../../chaos/harness.ts';
import { PERMISSION } from '../../fakes/discord/permissions.ts';
import { NO_PINGS, pingsOf, spokenIn } from '../../fakes/discord/pings.ts';
import { DISCORD, type FakeMessage, type Outcome } from '../../fakes/discord/start-fake-discord.ts';
import { FLAG, nested, validateMessage, validateModal } from '../../fakes/discord/validate-components.ts';

const base = postedMinutes;
const meeting = { id: base.meetingId, channel: '1200000000000000300' };
const markdown = [
  ...['**bold** __under__ ||spoiler|| ~~gone~~', '<@1200000000000000201> <@&1> <#1> </help:1> <t:1:R> <:a:1>', '@here'],
  ...[
    '> quote',
    '>>> all of it',
    '-# small',
    '- one',
    '1) one',
    '```js\ncode',
    '\\* \\\\* \\',
    '[x](<https://evil.example>)',
  ],
  ...[
    '*a*b_c_`d`',
    'a\\`b`c',
    '***',
    '``',
    '<https://evil.example/?a=b>',
    'discord.gg/evil',
    '# head\n## head\n### head',
  ],
];

/** Each time another text from that many, and mixtures of them. */
function createTexts(seed: number): () => string {
  const random = createRandom(seed);
  const all = [...hostileTexts, ...markdown];
  const pick = () => all[Math.floor(random() * all.length)] ?? '';
  const noise = () => String.fromCodePoint(...Array.from({ length: 6 }, () => Math.floor(random() * 0x3000)));
  return () => {
    const pieces = Array.from({ length: 1 + Math.floor(random() * 3) }, () => (random() < 0.3 ? noise() : pick()));
    return pieces
      .join(random() < 0.5 ? ' ' : '')
      .slice(0, random() < 0.1 ? 20_000 : 300)
      .repeat(random() < 0.02 ? 5 : 1);
  };
}

function minutesOf(next: () => string, count: number): PostedMinutes {
  const item = (id: string) => ({
    ...{ id, text: next() || '-', verified: false, reason: next() },
    evidence: [{ turn: 'T0001', start: 65, end: 70, quote: next() }],
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
    ...{ ...base, summary, transcript: { ...base.transcript, speakers }, consent: next().slice(0, 300) },
    meta: { ...base.meta, recording, warnings: [next()] },
  };
}

function transcriptOf(next: () => string, count: number): Transcript {
  const ids = Array.from({ length: count }, (_, i) => `SPEAKER_${String(i).padStart(2, '0')}`);
  const turn = { id: 'T0001', startMs: 0, endMs: 9_000, overlap: false, words: [] };
  return {
    ...{ language: 'en', durationMs: 9_000 },
    speakers: ids.map((id, i) => ({ id, label: i ? next() : id, speechMs: 9 })),
    turns: ids.slice(1).map(speaker => ({ ...turn, speaker, text: next() })),
  };
}

function reportOf(next: () => string, state: MeetingReport['state']): MeetingReport {
  const rest = { durationMs: 9_000, createdAt: '', finishedAt: null, etaSeconds: 3, stages: [] };
  return { id: base.meetingId, title: next(), state, error: { code: next(), message: next() }, ...rest };
}

/** Only our own marks are left, each with its end, when what is escaped is taken away. */
function assertOwnMarks(content: string): void {
  const lines = content.replace(/\\[^\p{L}\p{N}\s]/gu, 'x').replace(/`[^`]*`/g, '');
  for (const line of lines.split('\n')) {
    const rest = line.replace(/^(#{2,3} |-# |- )/, '');
    assert.doesNotMatch(rest, /[<>[\]()_~|`#]/, content);
    assert.doesNotMatch(rest, /^\s*([-+*] |\d+[.)] )/, content);
  }
  assert.doesNotMatch(lines, /:\/\//, content);
  assert.equal((lines.match(/\*\*/g) ?? []).length % 2, 0, `bold without end: ${content}`);
  assert.equal((lines.replaceAll('**', '').match(/\*/g) ?? []).length % 2, 0, `italics without end: ${content}`);
}

function assertNone(problems: readonly unknown[], sent: unknown): void {
  if (problems.length > 0) assert.fail(JSON.stringify({ problems, sent }).slice(0, 3_000));
}

function assertPlain(shown: unknown): void {
  JSON.stringify(shown, (key, value: unknown) => {
    if (typeof value !== 'string' || !['content', 'label', 'description', 'placeholder', 'title'].includes(key))
      return value;
    assert.doesNotMatch(value, /@(everyone|here)|[\u202a-\u202e\u2066-\u2069]/u);
    assert.doesNotMatch(value.replaceAll('\n', ''), /\p{Cc}/u);
    assert.ok(value.isWellFormed());
    if (key === 'content') assertOwnMarks(value);
    return value;
  });
}

function assertComponents(components: readonly unknown[]): void {
  const body = { flags: FLAG.componentsV2, components };
  assertNone(validateMessage(body), body);
  assertPlain(components);
  assert.ok(nested(components).length <= 40);
}

function assertMessage(said: ChatMessage): void {
  const message = asDiscord(said, 1);
  assertNone(validateMessage(message), message);
  assertPlain(message.components);
  // not even where mentions were allowed
  const { users, roles, everyone } = pingsOf(spokenIn('', nested(message.components)), undefined);
  assert.deepEqual({ users, roles, everyone }, NO_PINGS);
  // nothing of a message may be lost on the way
  const wanted = said.blocks.flatMap(block => (block.kind === 'buttons' ? block.buttons : [])).length;
  assert.ok(nested(message.components).filter(({ type }) => type === 2).length >= wanted);
}

function assertModal(modal: unknown): void {
  assertNone(validateModal(modal), modal);
  assertPlain(modal);
}

test('10,000 hostile texts break no message and no form, call nobody and lead nowhere', () => {
  let count = 0;
  const texts = createTexts(5);
  const next = () => {
    count++;
    return texts();
  };
  for (let round = 0; count < 10_000; round++) {
    const minutes = minutesOf(next, round % 13);
    const summary = presentSummary(minutes, DISCORD_ROOM);
    assertMessage(summary);
    assert.ok(visibleLength(summary.blocks) <= SUMMARY_CHARACTERS, `${visibleLength(summary.blocks)} characters`);
    for (const notes of presentNotes(minutes, DISCORD_ROOM)) assertMessage(notes);
    for (const state of ['accepted', 'failed', 'cancelled', 'cancelling'] as const)
      assertMessage(presentProgress(reportOf(next, state), next()));
    const reports = (['done', 'failed', 'cancelled', 'processing'] as const).map(state => reportOf(next, state));
    assertMessage(
      presentCard(
        reports.map((one, i) => ({ ...one, id: `${one.id}${i}` })),
        next(),
        DISCORD_ROOM,
      ),
    );
    const quote = { turn: 'T0001', speaker: next(), startMs: 0, endMs: 9, quote: next() };
    assertMessage(presentAnswer(next(), [{ title: next(), quotes: round % 2 ? [quote] : [] }]));
    const listed = { ...meeting, title: next(), state: 'done' } as Meeting; // nothing else is shown
    assertMessage(offerMeetings('forget', [listed, { ...listed, id: 'other' }], next()));
    assertMessage(offerMeetings('cancel', [], next()));
    assertComponents(buildFixForm(meeting.id, minutes.summary));
    for (const item of [...minutes.summary.decisions.slice(0, 1), ...minutes.summary.actionItems.slice(0, 1)]) {
      assertMessage(buildItemMenu(meeting.id, item));
      assertModal(buildItemModal(meeting.id, item));
    }
    const transcript = transcriptOf(next, 1 + (round % 22));
    const [first] = transcript.speakers;
    assertComponents(buildSpeakersForm(meeting.id, transcript, []));
    if (first) assertModal(buildSpeakerModal(meeting.id, { ...first, label: next() }, transcript.speakers));
    assertComponents(buildRerunForm({ ...meeting, options: { language: next(), summaryStyle: next() } }));
    const settings = { consent: next().slice(0, 300), glossary: [{ heard: next().slice(0, 80), written: 'x' }] };
    const unset = { auto: undefined, language: undefined, summaryLanguage: undefined, summaryStyle: undefined };
    const rest = { ...unset, summaryTemplate: undefined, target: undefined, forgetDeleted: undefined };
    assertModal(
      buildWriteModal('C1', { ...settings, ...rest, retention: undefined }, { audioDays: 7, meetingDays: 90 }),
    );
    assertComponents(buildSettingsForm('C1', { ...settings, ...rest, retention: undefined }, false));
  }
  assertModal(buildWordModal(meeting.id));
  for (const links of [true, false]) assertModal(buildRecordingModal(links));
});

describe('what nobody could send without forging it', { concurrency: true }, () => {
  const WORDS = [
    ...['hansard_cancel', 'hansard_retry', 'hansard_rerun', 'hansard_speakers', 'hansard_clips', 'hansard_notes'],
    ...['hansard_files', 'hansard_fix', 'hansard_tick', 'hansard_item', 'hansard_settings', 'hansard_forget'],
    ...[
      'ask.hansard_forget',
      'ask.constructor',
      'rerun.style',
      'rerun.__proto__',
      'run',
      'who.speaker',
      'whois.SPEAKER_00',
    ],
    ...[
      'whois.__proto__',
      'fixitem',
      'fixword',
      'word',
      'item',
      'set.auto',
      'set.__proto__',
      'set.constructor',
      'write',
    ],
    ...['written', 'recording', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '', ':', '.', '..', '\u0000'],
  ];
  const VALUES = [
    '',
    '__proto__',
    'constructor',
    '..',
    "'; drop table meetings; --",
    '0',
    '😀'.repeat(40),
    'x'.repeat(5_000),
  ];

  const stateOf = ({ store }: DiscordWorld) => {
    const meetings = store.meetings.list({ limit: 50 });
    return JSON.stringify([meetings, meetings.map(({ id }) => store.deliveries.of(id)), store.settings.list()]);
  };
  const isAnswered = ({ response, original, followups }: Outcome) =>
    response?.type === 6 || [original, ...followups].some(one => (one?.components.length ?? 0) > 0);

  test('1,000 custom ids do nothing, and each is answered with a sentence', async t => {
    const world = await startDiscordWorld(t);
    const { discord, addChannel, ask, meetingIn, own, work, summarized } = world;
    summarized.actionItems = [action('A1', 'Water the plants.', { owner: 'SPEAKER_01' })];
    await work();
    const [here, elsewhere] = [addChannel(), addChannel()];
    ask(here, 'here.webm');
    ask(elsewhere, 'elsewhere.webm');
    const [mine, other] = [await meetingIn(here, 'done'), await meetingIn(elsewhere, 'done')];
    const [summary] = own(elsewhere);
    const [, ref = ''] = /"value":"([^"]+\.A1\.[^"]+)"/.exec(shownIn(summary?.components)) ?? [];
    const before = stateOf(world);
    const random = createRandom(11);
    const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
    const values = [
      ...VALUES,
      mine.id,
      other.id,
      mine.id.slice(0, 8),
      `${mine.id}x`,
      ref,
      `done.${ref}`,
      `menu.${ref}`,
    ];
    const forged = Array.from({ length: 1_000 }, (_, round) => {
      const noise = String.fromCodePoint(...Array.from({ length: 12 }, () => Math.floor(random() * 0x3000)));
      const id = round % 5 === 0 ? noise : `${pick(WORDS)}:${pick(values)}`;
      const customId = round % 7 === 0 ? id.slice(0, Math.floor(random() * id.length)) : id;
      const chosen = [pick(values), pick(WORDS)];
      const fields = [
        'name',
        'same',
        'member',
        'heard',
        'written',
        'text',
        'link',
        'glossary',
        'audioDays',
        '__proto__',
      ];
      const components = fields.map(name => ({
        type: 18,
        component: { type: 4, custom_id: name, value: pick(values) },
      }));
      const source: FakeMessage | undefined = pick([own(here)[0], undefined]);
      const isModal = random() < 0.3;
      return isModal
        ? { type: 5, data: { custom_id: customId, components } }
        : { type: 3, data: { custom_id: customId, component_type: 3, values: chosen }, ...(source && { source }) };
    });
    // Ben has no right to change anything, and what Anna may change is in another channel
    for (let from = 0; from < forged.length; from += 50)
      for (const [index, outcome] of (
        await Promise.all(forged.slice(from, from + 50).map(one => discord.forge(here, one, { user: DISCORD.ben })))
      ).entries()) {
        assert.equal(outcome.expired, false, JSON.stringify(forged[from + index]).slice(0, 500));
        assert.ok(isAnswered(outcome), JSON.stringify(forged[from + index]).slice(0, 500));
      }
    assert.equal(stateOf(world), before);
    for (const { pings } of discord.whispers) assert.deepEqual(pings, NO_PINGS);
  });

  test('payloads in pieces end nothing, and are answered where that can be done', async t => {
    const world = await startDiscordWorld(t);
    const { discord, addChannel } = world;
    const channel = addChannel();
    const before = stateOf(world);
    const press = { type: 3, data: { custom_id: 'hansard_notes:x', component_type: 2 } };
    const odd = [null, [], 'x', 7, {}, { custom_id: 7 }, { custom_id: null, values: [7] }, { options: 'x' }];
    const answerable = [
      ...odd.flatMap(data => [2, 3, 5].map(type => ({ type, data }))),
      ...[null, {}, 'x', { id: 7, type: 'x' }].map(gone => ({ ...press, changes: { channel: gone } })),
      ...['x', { permissions: 'all' }, { permissions: '-1', user: null }].map(member => ({
        ...press,
        changes: { member },
      })),
      ...['x', { id: 7 }, { id: '1', components: 'x' }].map(message => ({ ...press, changes: { message } })),
      { ...press, changes: { app_permissions: 'x', authorizing_integration_owners: 'x', user: 'x', locale: 7 } },
      {
        type: 2,
        data: { name: 'transcribe', options: [{ name: '__proto__', options: [{ name: 'file', value: 'x' }] }] },
      },
      {
        type: 2,
        data: { name: 'transcribe', options: [{ name: 'recording', options: [{ name: 'file', value: '__proto__' }] }] },
      },
      { type: 2, data: { name: 'Summarise recording', target_id: '__proto__', resolved: { messages: {} } } },
      { type: 99, data: {} },
    ];
    const outcomes = await Promise.all(answerable.map(one => discord.forge(channel, one)));
    for (const [index, outcome] of outcomes.entries())
      assert.ok(isAnswered(outcome) || outcome.modal, JSON.stringify(answerable[index]));
    const unanswerable = [{ token: null }, { token: '../../channels' }, { id: 7 }, { id: '../x' }, { type: 'x' }];
    const silent = await Promise.all([
      ...unanswerable.map(changes => discord.forge(channel, { ...press, changes })),
      discord.forge(channel, { type: 4, data: {} }),
    ]);
    for (const { expired } of silent) assert.ok(expired);
    // also where the person may change settings
    for (const name of ['__proto__', 'constructor', 'toString', 'target']) {
      const data = { custom_id: `set.${name}:${channel}`, component_type: 3, values: ['on'] };
      const forged = discord.forge(channel, { type: 3, data }, { memberPermissions: PERMISSION.manageGuild });
      await says(forged, /I do not know that choice any more/);
    }
    assert.equal(stateOf(world), before);
    assert.ok((await discord.command(channel, { name: 'transcribe help' })).original, 'it goes on');
  });
});
