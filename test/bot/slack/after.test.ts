import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { action } from '../../builders/meeting.ts';
import { CHANNEL, type SlackWorld, startSlackWorld } from '../../builders/slack-world.ts';
import { until } from '../../builders/until.ts';
import { BOT } from '../../fakes/slack/start-fake-slack.ts';

const recording = { name: 'weekly.webm', content: Buffer.from('sound of a meeting') };

/** A meeting that is done, of U1, in a channel that UM made. */
async function startAfter(t: TestContext, env: Record<string, string> = {}) {
  const world = await startSlackWorld(t, env);
  const { slack, work, reaches, thread, summarized } = world;
  slack.creators.set(CHANNEL, 'UM');
  const evidence = [{ turn: 'T0001', start: 0.5, end: 1.9, quote: 'Who waters the plants?' }];
  summarized.actionItems = [action('A1', 'Water the plants.', { owner: 'SPEAKER_01', evidence })];
  await work();
  const { fileId, ts } = slack.post(CHANNEL, recording);
  await slack.emit(mention(ts, '<@UBOT>', { files: [{ id: fileId }] }));
  const meeting = await reaches('done');
  const [summary, notes] = thread(ts);
  assert.ok(summary && notes);
  return { ...world, meeting, ts, summary, notes };
}

function mention(ts: string, text: string, rest: Record<string, unknown> = {}, user = 'U1') {
  return { type: 'app_mention', channel: CHANNEL, user, ts, text, event_ts: ts, ...rest };
}

const shownIn = (message: unknown) => JSON.stringify(message).replaceAll('\u2060', '');
const lastView = async ({ slack }: Pick<SlackWorld, 'slack'>, before: number) =>
  (await until('a dialog is open', () => slack.views.length > before && slack.views)).at(-1) ?? {};
const told = (slack: SlackWorld['slack'], user: string, what: RegExp) =>
  until(`${user} is told ${what}`, () =>
    slack.whispers.some(one => one.user === user && what.test(one.text.replaceAll('\u2060', ''))),
  );
const ownFiles = (slack: SlackWorld['slack']) =>
  slack.messages.flatMap(({ user, files }) => (user === BOT ? files : []));
const contentOf = (slack: SlackWorld['slack'], name: string) =>
  ownFiles(slack)
    .map(id => slack.files.get(id))
    .find(file => file?.name === name)
    ?.content.toString() ?? '';

// they wait more than they work
describe('what people do with minutes in Slack', { concurrency: 4 }, () => {
  describe('action items', () => {
    test('are ticked off in the summary by any member, and ticked on again', async t => {
      const { slack, summary, notes, store, meeting, use } = await startAfter(t);
      const tasks = () =>
        (
          summary.blocks as {
            block_id?: string;
            elements?: { options: { value: string }[]; initial_options?: unknown[] }[];
          }[]
        ).find(({ block_id: id }) => id?.startsWith('tasks.'));
      const block = tasks()?.block_id ?? '';
      const [option] = tasks()?.elements?.[0]?.options ?? [];
      assert.ok(option);
      const tick = { block_id: block, type: 'checkboxes', selected_options: [option] };
      slack.people.set('UG', { is_restricted: true });
      await use(summary.ts, 'hansard_tick', tick, 'UG');
      await told(slack, 'UG', /Only whoever posted/);
      await use(summary.ts, 'hansard_tick', tick, 'U7');
      await until('it is done', () => tasks()?.elements?.[0]?.initial_options?.length === 1, 15_000);
      assert.notEqual(tasks()?.block_id, block, 'else Slack goes on showing the old ticks');
      await until('the notes say so', () => /Open again/.test(shownIn(notes.blocks)));
      await until('it is over', () => store.meetings.get(meeting.id).state === 'done');
      assert.match(contentOf(slack, 'summary.json'), /"status": ?"done"/);
      await use(summary.ts, 'hansard_tick', { block_id: tasks()?.block_id, type: 'checkboxes', selected_options: [] });
      await until('it is open again', () => tasks()?.elements?.[0]?.initial_options === undefined, 15_000);
    });

    test('are given back, and edited, in the notes', async t => {
      const { slack, notes, use, submit, store, meeting, summary } = await startAfter(t);
      const menu = /"value":"(unassign\.[^"]+)"/;
      const [, unassign = ''] = menu.exec(shownIn(notes.blocks)) ?? [];
      await use(notes.ts, 'hansard_item', { type: 'overflow', selected_option: { value: unassign } }, 'U7');
      await until('it is nobody’s', () => /Unassigned/.test(shownIn(notes.blocks)), 15_000);
      await until('it is over', () => store.meetings.get(meeting.id).state === 'done');
      const [, edit = ''] = /"value":"(edit\.[^"]+)"/.exec(shownIn(notes.blocks)) ?? [];
      await use(notes.ts, 'hansard_item', { type: 'overflow', selected_option: { value: edit } }, 'U7');
      await told(slack, 'U7', /Only whoever posted/);
      await use(notes.ts, 'hansard_item', { type: 'overflow', selected_option: { value: edit } }, 'UM');
      const view = await lastView({ slack }, 0);
      await submit(view, { text: 'Water the <!channel> roses.', owner: 'Ben', due: '2026-12-04' }, 'UM');
      await until('it reads so', () => /Ben: .*roses\., by Fri 4 Dec 2026/.test(shownIn(summary.blocks)), 15_000);
      await until('it is over', () => store.meetings.get(meeting.id).state === 'done');
      assert.match(contentOf(slack, 'actions.ics'), /DTSTART;VALUE=DATE:20261204/);
      await use(notes.ts, 'hansard_item', { type: 'overflow', selected_option: { value: edit } });
      await told(slack, 'U1', /reads differently by now/);
    });
  });

  describe('Fix', () => {
    test('corrects a word everywhere, and in the next recordings of the channel', async t => {
      const { slack, store, meeting, summary, submit, thread, ts, reaches } = await startAfter(t);
      await slack.press('hansard_fix', summary.ts, 'U7');
      await told(slack, 'U7', /Only whoever posted/);
      await slack.press('hansard_fix', summary.ts);
      const view = await lastView({ slack }, 0);
      await submit(view, { heard: '…', written: 'roses' });
      assert.match(JSON.stringify(slack.answers.at(-1)), /Write the word as it stands/);
      await submit(view, { heard: 'plants', written: 'roses' });
      await until('the files are new', () => /waters the roses/.test(contentOf(slack, 'transcript.md')), 15_000);
      await until('it is over', () => store.meetings.get(meeting.id).state === 'done');
      assert.equal(thread(ts).length, 2, 'edited in place');
      const { fileId, ts: next } = slack.post(CHANNEL, {
        ...recording,
        content: Buffer.from('another'),
        name: 'b.webm',
      });
      await slack.emit(mention(next, '<@UBOT>', { files: [{ id: fileId }] }));
      await until('the other is done', () => store.meetings.list({ limit: 1 })[0]?.title === 'b.webm');
      await reaches('done');
      assert.deepEqual(store.meetings.list({ limit: 1 })[0]?.options.glossary, [{ heard: 'plants', written: 'roses' }]);
      assert.match(contentOf(slack, 'transcript.md'), /waters the roses/);
    });

    test('leads to an item, which may be taken out', async t => {
      const { slack, summary, submit, useIn } = await startAfter(t);
      await slack.press('hansard_fix', summary.ts);
      const view = await lastView({ slack }, 0);
      const [, item = ''] = /"value":"(edit\.[^"]+)"/.exec(JSON.stringify(view)) ?? [];
      await useIn(view, 'hansard_item', { type: 'static_select', selected_option: { value: item } });
      const next = await lastView({ slack }, 1);
      await submit(next, { removed: 'yes' });
      await until('it is gone', () => /No action items/.test(shownIn(summary.blocks)), 15_000);
    });
  });

  describe('Speakers', () => {
    test('can be one person, or a member of the workspace', async t => {
      const { slack, store, meeting, summary, submit } = await startAfter(t);
      slack.people.set('U5', { profile: { display_name: 'Carla <!here>' } });
      await slack.press('hansard_speakers', summary.ts);
      const view = await lastView({ slack }, 0);
      await submit(view, { 'same.SPEAKER_01': 'SPEAKER_00', 'same.SPEAKER_00': 'SPEAKER_01' });
      assert.match(JSON.stringify(slack.answers.at(-1)), /same person as another already/);
      await submit(view, { 'same.SPEAKER_01': 'SPEAKER_00', 'member.SPEAKER_00': 'U5' });
      await until('there is one', () => /1 speaker/.test(shownIn(summary.blocks)), 15_000);
      await until('it is over', () => store.meetings.get(meeting.id).state === 'done');
      assert.match(contentOf(slack, 'transcript.vtt'), /Carla/);
      assert.doesNotMatch(contentOf(slack, 'transcript.vtt'), /SPEAKER_01/);
    });

    test('without a name are heard in the thread, for eight seconds at most, until the files are new', async t => {
      const { slack, store, meeting, summary, submit, useIn } = await startAfter(t);
      await slack.press('hansard_speakers', summary.ts);
      const view = await lastView({ slack }, 0);
      await useIn(view, 'hansard_clips', { type: 'button', value: meeting.id });
      const updated = await lastView({ slack }, 1);
      assert.match(JSON.stringify(updated), /are in the thread now/);
      const clips = ownFiles(slack)
        .map(id => slack.files.get(id))
        .filter(file => file?.name.endsWith('.ogg'));
      assert.deepEqual(clips.map(clip => clip?.name.slice(0, 10)).sort(), ['SPEAKER_00', 'SPEAKER_01']);
      for (const clip of clips) assert.equal(clip?.content.toString('latin1', 0, 4), 'OggS');
      await submit(view, { 'name.SPEAKER_00': 'Anna', 'name.SPEAKER_01': 'Ben' });
      await until(
        'the clips are gone',
        () => ownFiles(slack).every(id => !slack.files.get(id)?.name.endsWith('.ogg')),
        15_000,
      );
      await until('it is over', () => store.meetings.get(meeting.id).state === 'done');
    });
  });

  describe('a question in the thread', () => {
    test('is answered once with what was said, or that it was not', async t => {
      const { slack, ts, thread } = await startAfter(t);
      await slack.emit(mention('9.1', '<@UBOT> who waters the plants?', { thread_ts: ts }, 'U7'), 3);
      const answer = (await until('there is an answer', () => thread(ts).length === 3 && thread(ts))).at(-1);
      assert.match(shownIn(answer?.blocks), /\[00:0\d\].*(Who waters the plants|I do, every day)/);
      await slack.emit(mention('9.2', '<@UBOT> what does the submarine cost?', { thread_ts: ts }, 'U7'));
      const next = (await until('there is another', () => thread(ts).length === 4 && thread(ts))).at(-1);
      assert.match(shownIn(next?.blocks), /not said in this meeting/);
      await delay(800);
      assert.equal(thread(ts).length, 4);
    });
  });

  describe('the buttons of the summary', () => {
    test('open the full notes and the files for everybody', async t => {
      const { slack, summary } = await startAfter(t);
      await slack.press('hansard_notes', summary.ts, 'U7');
      assert.match(shownIn(await lastView({ slack }, 0)), /Full notes.*Action items/);
      await slack.press('hansard_files', summary.ts, 'U7');
      assert.match(shownIn(await lastView({ slack }, 1)), /minutes\.html.*https:\/\/fake\.slack\.com\/files/);
    });

    test('run it again with another style, template, language, and the terms that the channel knows by now', async t => {
      const { slack, store, meeting, summary, submit, calls } = await startAfter(t);
      store.settings.set(`slack:${CHANNEL}`, 'glossary', [{ heard: 'plants', written: 'ferns' }], 'slack:UM');
      await slack.press('hansard_rerun', summary.ts, 'UM');
      const view = await lastView({ slack }, 0);
      calls.length = 0;
      await submit(view, { style: 'short', template: 'decisions', summaryLanguage: 'de' }, 'UM');
      await until('it is shown so', () => store.meetings.get(meeting.id).options.summaryTemplate === 'decisions');
      await until('it is over', () => store.meetings.get(meeting.id).state === 'done', 15_000);
      assert.deepEqual(store.meetings.get(meeting.id).options.summaryStyle, 'short');
      assert.match(contentOf(slack, 'transcript.md'), /waters the ferns/);
      assert.ok(!calls.includes('transcribe') && !calls.includes('diarize'));
    });
  });
});
