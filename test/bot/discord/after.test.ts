import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  answerOf,
  CHANNEL,
  customIdIn,
  type DiscordWorld,
  says,
  shownIn,
  startDiscordWorld,
} from '../../builders/discord-world.ts';
import { action, item } from '../../builders/meeting.ts';
import { until } from '../../builders/until.ts';
import { PERMISSION } from '../../fakes/discord/permissions.ts';
import { DISCORD, type FakeMessage, type Outcome } from '../../fakes/discord/start-fake-discord.ts';

const ben = { user: DISCORD.ben };
/** Ben, who manages the channel. */
const manager = { ...ben, memberPermissions: PERMISSION.manageChannels };
const LIMIT_MS = 40_000;

async function startAfter(t: TestContext) {
  const world = await startDiscordWorld(t, { fake: { messageWindowMs: 500 } });
  const evidence = [{ turn: 'T0001', start: 0.5, end: 1.9, quote: 'Who waters the plants?' }];
  world.summarized.actionItems = [action('A1', 'Water the plants.', { owner: 'SPEAKER_01', evidence })];
  world.summarized.decisions = [item('D1', 'The plants stay.', { evidence })];
  await world.work();
  return world;
}

/** A meeting of Anna's that is done, in a channel of its own. */
async function finish({ addChannel, ask, meetingIn, own }: DiscordWorld, name = 'weekly.webm') {
  const channel = addChannel();
  ask(channel, name);
  const { id } = await meetingIn(channel, 'done');
  const [summary] = own(channel);
  assert.ok(summary);
  const [notes] = own(summary.id);
  assert.ok(notes);
  const filesOf = () => own(summary.id).flatMap(({ attachments }) => attachments);
  const contentOf = (file: string) =>
    filesOf()
      .find(one => one.name === file)
      ?.content.toString() ?? '';
  return { channel, id, summary, notes, filesOf, contentOf };
}

const shows = (message: FakeMessage, what: RegExp) =>
  until(`it shows ${what}`, () => what.test(shownIn(message.components)), LIMIT_MS);

// they wait more than they work
describe('what people do with minutes in Discord', { concurrency: true }, () => {
  test('while they are written: cancel them, and start them again', async t => {
    const { discord, work, reaches, own, ask, press, during } = await startDiscordWorld(t);
    const began = Promise.withResolvers<void>();
    during.transcribe = signal => {
      began.resolve();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    await work();
    ask(CHANNEL, 'weekly.webm');
    const placeholder = await until('a placeholder', () => own(CHANNEL)[0]);
    await began.promise;
    await shows(placeholder, /Writing down what is said|Finding out who speaks/);
    await says(press(placeholder, 'hansard_cancel', ben), /Only whoever posted/);
    await says(discord.command(CHANNEL, { name: 'transcribe cancel', ...ben }), /Only whoever posted/);
    await says(press(placeholder, 'hansard_cancel', manager), /I stop working on weekly.webm/);
    await reaches('cancelled');
    await shows(placeholder, /was cancelled/);
    delete during.transcribe;
    await says(press(placeholder, 'hansard_retry'), /I try weekly.webm again/);
    await reaches('done');
    assert.equal(own(CHANNEL).length, 1);
    await shows(placeholder, /No action items/);
    await says(pressOld(discord, placeholder), /cannot be done in the present state/);
  });

  test('run them again in another way', async t => {
    const world = await startAfter(t);
    const { discord, store, calls, meetingIn, own, press } = world;
    const { channel, id, summary, filesOf } = await finish(world);
    await says(press(summary, 'hansard_rerun', ben), /Only whoever posted/);
    const form = await answerOf(press(summary, 'hansard_rerun'));
    const choose = (name: string, value: string) => discord.select(form.id, customIdIn(form, `rerun.${name}`), [value]);
    await choose('speakers', '2');
    await choose('style', 'short');
    await choose('template', 'decisions');
    assert.match(shownIn(form.components), /"label":"People: 2","default":true/);
    const old = filesOf().map(file => file.id);
    calls.length = 0;
    await says(press(form, 'run'), /I run weekly.webm again/);
    await until('it runs', () => store.meetings.get(id).state !== 'done');
    const { options } = await meetingIn(channel, 'done');
    assert.deepEqual([options.minSpeakers, options.maxSpeakers, options.summaryStyle], [2, 2, 'short']);
    assert.equal(options.summaryTemplate, 'decisions');
    assert.ok(calls.includes('diarize') && !calls.includes('transcribe'));
    assert.equal(own(channel).length, 1, 'edited in place');
    assert.equal(own(summary.id).length, 2);
    assert.equal(filesOf().length, old.length);
    assert.ok(
      filesOf().every(file => !old.includes(file.id)),
      'the old files are gone',
    );
  });

  test('say who is who', { concurrency: true }, async t => {
    const world = await startAfter(t);
    const { discord, meetingIn, press, own, store } = world;
    const open = async (summary: FakeMessage, speaker: string) => {
      const list = await answerOf(press(summary, 'hansard_speakers'));
      return (await discord.select(list.id, customIdIn(list, 'who.'), [speaker])).modal;
    };
    await Promise.all([
      t.test('by their names, one after the other', async () => {
        const { channel, id, summary, contentOf } = await finish(world, 'names.webm');
        await says(press(summary, 'hansard_speakers', ben), /Only whoever posted/);
        const list = await answerOf(press(summary, 'hansard_speakers'));
        assert.match(shownIn(list.components), /SPEAKER_00.*Who waters the plants.*SPEAKER_01.*I do, every day/);
        await says(discord.submit(await open(summary, 'SPEAKER_00'), {}), /Nothing was filled in/);
        await discord.submit(await open(summary, 'SPEAKER_00'), { name: 'Anna <@&1>' });
        await until('it is told', () => /Anna/.test(contentOf('transcript.vtt')), LIMIT_MS);
        await meetingIn(channel, 'done');
        const stale = await open(summary, 'SPEAKER_01');
        await discord.submit(stale, { member: [DISCORD.chloe] });
        await until('it is told', () => /Chloe/.test(contentOf('transcript.vtt')), LIMIT_MS);
        await meetingIn(channel, 'done');
        assert.match(contentOf('transcript.vtt'), /Anna/, 'the first keeps its name');
        const speakers = store.search.find({ words: 'plants', limit: 9 }).map(({ speaker }) => speaker);
        assert.ok(
          speakers.some(speaker => speaker.startsWith('Anna')),
          'and is found by it',
        );
        assert.match(JSON.stringify(store.meetings.get(id).options.speakerNames), /Chloe/);
      }),
      t.test('as one person, whose voices can be heard before', async () => {
        const { channel, summary, contentOf, filesOf } = await finish(world, 'voices.webm');
        const list = await answerOf(press(summary, 'hansard_speakers'));
        const heard = await press(list, 'hansard_clips');
        await says(heard, /are in the thread now/);
        const clips = filesOf().filter(({ name }) => name.endsWith('.ogg'));
        assert.deepEqual(clips.map(({ name }) => name.slice(0, 10)).sort(), ['SPEAKER_00', 'SPEAKER_01']);
        for (const { name, content } of clips) {
          assert.match(name, /^[\w.-]+$/, 'else Discord calls it otherwise than the message does');
          assert.equal(content.toString('latin1', 0, 4), 'OggS');
        }
        const modal = await open(summary, 'SPEAKER_01');
        await discord.submit(modal, { same: 'SPEAKER_00', name: 'Both' });
        await shows(summary, /1 speaker/);
        await meetingIn(channel, 'done');
        assert.match(contentOf('transcript.vtt'), /Both/);
        assert.doesNotMatch(contentOf('transcript.vtt'), /SPEAKER_0/);
        assert.equal(
          own(summary.id).some(({ attachments }) => attachments.some(({ name }) => name.endsWith('.ogg'))),
          false,
        );
        await says(discord.submit(modal, { name: 'Ben' }), /not there any more/);
      }),
    ]);
  });

  test('put right what was heard', { concurrency: true }, async t => {
    const world = await startAfter(t);
    const { discord, store, meetingIn, press, ask } = world;
    await Promise.all([
      t.test('a word, everywhere and later', async () => {
        const { channel, summary, contentOf } = await finish(world, 'word.webm');
        await says(press(summary, 'hansard_fix', ben), /Only whoever posted/);
        const form = await answerOf(press(summary, 'hansard_fix'));
        const { modal } = await press(form, 'fixword');
        await says(discord.submit(modal, { heard: '…', written: 'roses' }), /Write the word as it stands/);
        await says(discord.submit(modal, { heard: 'plants', written: 'roses' }), /I write “roses”/);
        await until('the files are new', () => /waters the roses/.test(contentOf('transcript.md')), LIMIT_MS);
        await meetingIn(channel, 'done');
        ask(channel, 'next.webm');
        await until('it is there', () => store.meetings.list({ limit: 9 }).some(({ title }) => title === 'next.webm'));
        const { options } = await meetingIn(channel, 'done');
        assert.deepEqual(options.glossary, [{ heard: 'plants', written: 'roses' }]);
      }),
      t.test('an item, which may be taken out', async () => {
        const { channel, summary, notes } = await finish(world, 'item.webm');
        const form = await answerOf(press(summary, 'hansard_fix'));
        const fix = customIdIn(form, 'fixitem');
        const offered = shownIn(form.components);
        const [, decision = ''] = /"value":"([^"]+\.D1\.[^"]+)"/.exec(offered) ?? [];
        const [, task = ''] = /"value":"([^"]+\.A1\.[^"]+)"/.exec(offered) ?? [];
        const { modal } = await discord.select(form.id, fix, [task]);
        await says(discord.submit(modal, { due: 'soon' }), /Write the day as/);
        await says(discord.submit(modal, {}), /Nothing is different/);
        await discord.submit(modal, { text: 'Water the @everyone roses.', owner: 'Ben', due: '2026-12-04' });
        await shows(summary, /Ben: Water the @everyone roses\., by Fri 4 Dec 2026/);
        await meetingIn(channel, 'done');
        const taken = await discord.select(form.id, fix, [decision]);
        await discord.submit(taken.modal, { status: 'removed' });
        await shows(summary, /Nothing was decided/);
        await until('the notes say so', () => !/Decisions/.test(shownIn(notes.components)), LIMIT_MS);
        await says(discord.select(form.id, fix, [task]), /reads differently by now/);
      }),
    ]);
  });

  test('tick off what is done', { concurrency: true }, async t => {
    const world = await startAfter(t);
    const { discord, meetingIn, press } = world;
    await Promise.all([
      t.test('in the summary, and on again, whoever they are', async () => {
        const { channel, summary, notes, contentOf } = await finish(world, 'tick.webm');
        const tick = customIdIn(summary, 'hansard_tick');
        const [, task = ''] = /"value":"([^"]+\.A1\.[^"]+)"/.exec(shownIn(summary.components)) ?? [];
        const { response } = await discord.select(summary.id, tick, [task], ben);
        assert.equal(response?.type, 6, 'nothing needs to be said');
        await shows(summary, /☑ \[00:00\] SPEAKER_01: Water the plants/);
        await shows(notes, /\(done\)/);
        await meetingIn(channel, 'done');
        assert.match(contentOf('summary.json'), /"status": ?"done"/);
        await discord.select(summary.id, tick, [], { user: DISCORD.chloe });
        await shows(summary, /☐ \[00:00\] SPEAKER_01/);
        await meetingIn(channel, 'done');
      }),
      t.test('in the menu of an item, which is also given back and edited there', async () => {
        const { channel, summary, notes } = await finish(world, 'menu.webm');
        const menu = await answerOf(press(notes, 'hansard_item', ben));
        assert.match(shownIn(menu.components), /Done.*Not mine.*Edit/);
        const choose = (wish: string, person: object) =>
          discord.press(menu.id, customIdIn(menu, `hansard_item:${wish}.`), { ...ben, ...person });
        await says(choose('edit', {}), /Only whoever posted/);
        await choose('unassign', {});
        await shows(notes, /Unassigned/);
        await meetingIn(channel, 'done');
        await choose('done', {});
        await shows(summary, /☑ \[00:00\] Unassigned: Water the plants/);
        await meetingIn(channel, 'done');
        const { modal } = await choose('edit', manager);
        await discord.submit(modal, { text: 'Water them.' }, manager);
        await shows(summary, /Water them/);
        await says(choose('done', {}), /reads differently by now/);
      }),
    ]);
  });

  test('read, ask and forget', { concurrency: true }, async t => {
    const world = await startAfter(t);
    const { discord, store, own, press, told } = world;
    await Promise.all([
      t.test('notes and files, for everybody', async () => {
        const { summary } = await finish(world, 'read.webm');
        await says(press(summary, 'hansard_notes', ben), /Full notes.*Water the plants/);
        const files = own(summary.id).find(({ attachments }) => attachments.length > 0);
        const link = `https://discord.com/channels/${DISCORD.guildId}/${summary.id}/${files?.id}`;
        await says(press(summary, 'hansard_files', ben), new RegExp(link));
      }),
      t.test('a question in the thread, answered once', async () => {
        const { summary } = await finish(world, 'asked.webm');
        discord.duplicateEvents(3);
        const ask = (content: string) =>
          discord.post(summary.id, { author: DISCORD.ben, content: `<@${DISCORD.botUserId}> ${content}` });
        ask('who waters the plants?');
        const answer = await until('an answer', () => own(summary.id)[2], LIMIT_MS);
        assert.match(shownIn(answer.components), /\[00:0\d\].*(Who waters the plants|I do, every day)/);
        ask('what does the submarine cost?');
        const next = await until('another', () => own(summary.id)[3], LIMIT_MS);
        assert.match(shownIn(next.components), /not said in this meeting/);
        discord.duplicateEvents(1);
        assert.equal(own(summary.id).length, 4);
      }),
      t.test('forget, which asks first', async () => {
        const { channel, summary, id } = await finish(world, 'forgotten.webm');
        const refused = await press(summary, 'ask.hansard_forget', ben);
        await says(refused, /Only whoever posted/);
        const question = await answerOf(press(summary, 'ask.hansard_forget'));
        assert.match(shownIn(question.components), /Forget this meeting\?/);
        assert.ok(store.meetings.find(id));
        const offer = await discord.command(channel, { name: 'transcribe forget' });
        await says(offer, /Which one\?.*forgotten\.webm/);
        await press(question, 'hansard_forget');
        await until('it is gone', () => store.meetings.find(id) === undefined);
        assert.deepEqual(own(channel), []);
        await says(press(question, 'hansard_forget'), /no such meeting/);
      }),
      t.test('by the words of /transcribe', async () => {
        const { channel } = await finish(world, 'words.webm');
        const say = (name: string, options = {}) => discord.command(channel, { name: `transcribe ${name}`, options });
        await says(say('status'), /words\.webm.* done/);
        await says(say('search', { words: 'plants' }), /Who waters the \[plants\]/);
        await says(say('help'), /Post a recording and mention me/);
        await says(say('speakers'), /Who is who/);
        await says(say('cancel'), /I am not working on a recording here/);
        await says(say('retry', { title: 'other' }), /none with “other” in its name/);
        discord.post(channel, { author: DISCORD.ben, mentionsBot: true });
        await told(DISCORD.ben, /I see no recording here/);
      }),
    ]);
  });

  test('also when the bot was away in between, and its thread is archived', async t => {
    const world = await startAfter(t);
    const { discord, store, press, restartBot, own, ask, meetingIn } = world;
    const { channel, id, summary, filesOf } = await finish(world);
    const form = await answerOf(press(summary, 'hansard_rerun'));
    const list = await answerOf(press(summary, 'hansard_speakers'));
    const old = filesOf().map(file => file.id);
    await restartBot(() => ask(channel, 'missed.webm'));
    await until('it is found', () => store.meetings.list({ limit: 9 }).some(({ title }) => title === 'missed.webm'));
    await meetingIn(channel, 'done');
    const thread = discord.channels.get(summary.id);
    assert.ok(thread);
    thread.isArchived = true;
    assert.ok((await discord.select(list.id, customIdIn(list, 'who.'), ['SPEAKER_00'])).modal);
    await discord.select(form.id, customIdIn(form, 'rerun.style'), ['detailed']);
    await says(press(form, 'run'), /I run weekly.webm again/);
    await until('it has run', () => store.meetings.get(id).options.summaryStyle === 'detailed');
    await until('it is over', () => store.meetings.get(id).state === 'done', LIMIT_MS);
    assert.equal(own(summary.id).length, 2, 'edited in place');
    assert.ok(filesOf().every(file => !old.includes(file.id)));
    assert.equal(own(channel).length, 2, 'one for each recording');
  });
});

/** The button is gone by now; somebody pressed it a moment before. */
function pressOld({ forge }: DiscordWorld['discord'], message: FakeMessage): Promise<Outcome> {
  const [, id = ''] = /hansard_notes:([\w-]+)/.exec(JSON.stringify(message.components)) ?? [];
  const data = { custom_id: `hansard_retry:${id}`, component_type: 2, id: 5 };
  return forge(message.channelId, { type: 3, data, source: message });
}
