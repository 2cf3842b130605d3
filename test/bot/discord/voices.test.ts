import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { HansardError } from '../../../src/errors.ts';
import { answerOf, CHANNEL, customIdIn, says, shownIn, startDiscordWorld } from '../../builders/discord-world.ts';
import { filesWithVoice } from '../../builders/files-with-voice.ts';
import { keptAbout } from '../../builders/kept-about.ts';
import { span } from '../../builders/meeting.ts';
import { until } from '../../builders/until.ts';
import { DISCORD } from '../../fakes/discord/start-fake-discord.ts';

const { anna, ben } = DISCORD;
const sample = { name: 'me.ogg', contentType: 'audio/ogg', content: Buffer.from('twenty seconds of Anna') };

/** With the switch on and workers at work. */
async function startVoices(t: TestContext) {
  const world = await startDiscordWorld(t);
  const { discord, store, work, told, press } = world;
  store.settings.set('global', 'voices', true, 'terminal:0');
  await work();
  return {
    ...world,
    ask: (options = {}) => answerOf(discord.command(CHANNEL, { name: 'transcribe voice', ...options })),
    async agree() {
      await says(
        press(await answerOf(discord.command(CHANNEL, { name: 'transcribe voice' })), 'hansard_voice'),
        /I wrote to you/,
      );
    },
    async postSample() {
      const { channelId } = await told(anna, /Post a recording of about 20 seconds here/);
      discord.post(channelId, { attachments: [sample] });
    },
    async meet() {
      world.ask(CHANNEL, 'weekly.webm');
      return await world.meetingIn(CHANNEL, 'done');
    },
  };
}

describe('voices in Discord', { concurrency: 3 }, () => {
  test('who agrees and posts a sample is known by voice, until they withdraw', async t => {
    const world = await startVoices(t);
    const { discord, store, blobs, folder, teacher, voices, ask, agree, told, postSample, press, meet } = world;
    const asked = await ask();
    assert.equal(asked.whisperedTo, anna);
    assert.match(shownIn(asked.components), /If you agree, I recognise your voice.*encrypted.*until 20\d\d-/s);
    await agree();
    teacher.fault = new HansardError('voice_too_quiet', '-60 dB');
    await postSample();
    await told(anna, /too quiet to learn a voice from.*Post another sample here within ten minutes/);
    teacher.fault = undefined;
    await postSample();
    await told(anna, /I know your voice from now on, until 20/);
    assert.equal(store.meetings.list({ limit: 1 }).length, 0, 'a sample is no meeting');
    const [person] = store.people.list('discord');
    assert.deepEqual([person?.name, person?.accounts], ['Anna', [`discord:${anna}`]]);
    const consent = store.audit.list({ limit: 20 }).find(({ what }) => what === 'voice.consented');
    assert.deepEqual([consent?.who, consent?.detail.by], [`discord:${anna}`, 'press']);
    assert.match(String(consent?.detail.proof), /^\d+$/);
    assert.deepEqual(await Array.fromAsync(blobs.list('sources/')), [], 'the sample is not kept');
    assert.deepEqual(filesWithVoice(folder, [teacher.voice]), []);

    voices.push({ voice: 0, vector: teacher.voice, seconds: 20, isNarrow: false });
    await meet();
    const speaker = () => store.search.find({ words: 'plants', limit: 1 })[0]?.speaker;
    assert.equal(speaker(), 'Anna');
    assert.match(
      shownIn((await ask({ options: { name: 'Anna Berg' } })).components),
      /You are “Anna Berg” from now on/,
    );
    await until('it says so', () => speaker() === 'Anna Berg');
    await world.meetingIn(CHANNEL, 'done');

    const standing = await ask();
    assert.match(shownIn(standing.components), /I know your voice as “Anna Berg”, until /);
    const wants = await answerOf(press(standing, 'ask.hansard_voice_export'));
    assert.match(shownIn(wants.components), /no longer encrypted: keep it to yourself/);
    const kept = await answerOf(press(wants, 'hansard_voice_export'));
    assert.equal(kept.whisperedTo, anna);
    assert.deepEqual(
      kept.attachments.map(({ name }) => name),
      ['kept-about-me.json'],
    );
    assert.deepEqual(JSON.parse(String(kept.attachments[0]?.content)), [await keptAbout(world, person?.id)]);
    // it gives whoever presses what is kept of them: Ben forged the press
    const data = { custom_id: customIdIn(wants, 'hansard_voice_export'), component_type: 2, id: 5 };
    const forged = discord.forge(CHANNEL, { type: 3, data, source: wants }, { user: ben });
    await says(forged, /I keep nothing of your voice/);

    const question = await answerOf(press(standing, 'ask.hansard_voice_forget'));
    assert.match(shownIn(question.components), /Forget your voice\?.*Participant/s);
    await says(
      press(question, 'hansard_voice_forget'),
      /Your voice is forgotten.*Samples deleted: 1.*row \d+ of the audit/s,
    );
    assert.deepEqual(store.people.list(), []);
    await until('the name is gone', () => speaker() === 'Participant');
    await says(discord.command(CHANNEL, { name: 'transcribe voice' }), /If you agree/);
  });

  test('who says that a speaker is themselves is asked, and nobody else can answer', async t => {
    const { discord, store, spans, teacher, press, told, meet, own } = await startVoices(t);
    spans.splice(0, 2, span(0, 400, 4_000), span(1, 4_900, 19_000));
    const { id } = await meet();
    const list = await answerOf(press(own(CHANNEL)[0], 'hansard_speakers'));
    const { modal } = await discord.select(list.id, customIdIn(list, 'who.'), ['SPEAKER_01']);
    const named = discord.submit(modal, { member: [anna] });
    await says(named, /SPEAKER_01 is Anna from now on.*Shall I remember your voice.*I do, every day/s);
    const offer = (await named).followups.at(-1);
    // Discord shows it to Anna alone: somebody forged the press
    const data = { custom_id: customIdIn(offer, 'hansard_voice_claim'), component_type: 2, id: 5 };
    const forged = discord.forge(CHANNEL, { type: 3, data, ...(offer && { source: offer }) }, { user: ben });
    await says(forged, /no longer offered, or not to you/);
    await says(press(offer, 'hansard_voice_claim'), /I listen to that meeting now/);
    await told(anna, /I know your voice from now on/);
    assert.deepEqual(teacher.heard, [[{ startMs: 5_000, endMs: 18_900 }]]);
    const [person] = store.people.list('discord');
    assert.equal(store.voiceprints.of(person?.id ?? '')[0]?.clips[0]?.from, `meeting:${id}`);
  });

  test('while the switch is off nothing is asked, and nothing is taken', async t => {
    const { discord, store, press, ask, agree, told, postSample } = await startVoices(t);
    const offered = await ask();
    store.settings.set('global', 'voices', false, 'terminal:0');
    await says(press(offered, 'hansard_voice'), /switched off/);
    await says(discord.command(CHANNEL, { name: 'transcribe voice' }), /switched off\. An administrator allows it/);
    store.settings.set('global', 'voices', true, 'terminal:0');
    await agree();
    store.settings.set('global', 'voices', false, 'terminal:0');
    await postSample();
    await told(anna, /switched off/);
    assert.deepEqual([store.people.list(), store.meetings.list({ limit: 1 })], [[], []]);
  });
});
