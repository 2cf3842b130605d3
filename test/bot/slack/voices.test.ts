import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { HansardError } from '../../../src/errors.ts';
import { filesWithVoice } from '../../builders/files-with-voice.ts';
import { keptAbout } from '../../builders/kept-about.ts';
import { span } from '../../builders/meeting.ts';
import { CHANNEL, type SlackWorld, startSlackWorld } from '../../builders/slack-world.ts';
import { until } from '../../builders/until.ts';
import { voiceVector } from '../../builders/voice-vector.ts';
import { BOT } from '../../fakes/slack/start-fake-slack.ts';

const DIRECT = 'DU1';
const sample = { name: 'me.webm', content: Buffer.from('twenty seconds of Maya') };
const recording = { name: 'weekly.webm', content: Buffer.from('sound of a meeting') };
const MYSELF = { type: 'button', value: 'me' };

/** With the switch on and workers at work; Maya is U1. */
async function startVoices(t: Parameters<typeof startSlackWorld>[0]) {
  const world = await startSlackWorld(t);
  const { slack, store, work, command, useEphemeral } = world;
  slack.people.set('U1', { profile: { display_name: 'Maya' } });
  store.settings.set('global', 'voices', true, 'terminal:0');
  await work();
  const written = (what: RegExp) =>
    until(`U1 is written ${what}`, () =>
      slack.messages.find(({ channel, user, text }) => channel === DIRECT && user === BOT && what.test(shown(text))),
    );
  const whispered = (user: string, what: RegExp) =>
    until(`${user} is told ${what}`, () =>
      slack.whispers.find(one => one.user === user && what.test(shown([one.text, one.blocks]))),
    );
  return {
    ...world,
    written,
    whispered,
    async asks(text: string) {
      await command(text, CHANNEL);
      return shown(slack.answers.at(-1));
    },
    async agree() {
      await useEphemeral(CHANNEL, 'hansard_voice', MYSELF);
      await until('a sample may come', () => store.lessons.waiting('slack:U1'));
    },
    async postSample() {
      const { fileId } = slack.post(DIRECT, sample);
      await slack.fileShared(DIRECT, fileId);
    },
    async meet() {
      const { fileId, ts } = slack.post(CHANNEL, recording);
      await slack.mention(CHANNEL, '', { ts, files: [fileId] });
      return await world.reaches('done');
    },
  };
}

const shown = (message: unknown) => JSON.stringify(message).replaceAll('\u2060', '');

function summaryOf({ slack }: SlackWorld) {
  const found = slack.messages.find(({ blocks }) => shown(blocks).includes('hansard_speakers'));
  return found?.ts ?? '';
}

describe('voices in Slack', { concurrency: 5 }, () => {
  test('who agrees and posts a sample is known by voice, until they withdraw', async t => {
    const world = await startVoices(t);
    const { store, blobs, folder, teacher, voices, asks, agree, written, postSample, whispered, meet } = world;
    const told = await asks('voice');
    assert.match(
      told,
      /If you agree, I recognise your voice.*encrypted.*until 20\d\d-.*Forget my voice.*hansard_voice/,
    );
    assert.doesNotMatch(told, /hansard_voice_forget/);
    await agree();
    await written(/Post a recording of about 20 seconds here/);
    await postSample();
    await written(/I know your voice from now on, until 20/);
    assert.equal(store.meetings.list({ limit: 1 }).length, 0, 'a sample is no meeting');
    const [maya] = store.people.list('slack');
    assert.deepEqual([maya?.name, maya?.accounts, maya?.state], ['Maya', ['slack:U1'], 'confirmed']);
    const consent = store.audit.list({ limit: 9 }).find(({ what }) => what === 'voice.consented');
    assert.deepEqual([consent?.who, consent?.detail.by, consent?.detail.proof], ['slack:U1', 'press', 'trigger']);
    assert.deepEqual(await Array.fromAsync(blobs.list('sources/')), [], 'the sample is not kept');
    assert.deepEqual(filesWithVoice(folder, [teacher.voice]), []);
    assert.match(await asks('voice'), /I know your voice as “Maya”, until .*hansard_voice_forget/);

    voices.push({ voice: 0, vector: voiceVector(1, { spread: 0.2 }), seconds: 20, isNarrow: false });
    const { id } = await meet();
    assert.equal(store.search.find({ words: 'plants', limit: 1 })[0]?.speaker, 'Maya');
    // whoever sends the dialog as it is confirms nothing
    await world.slack.press('hansard_speakers', summaryOf(world));
    const view = await until('the dialog is open', () => world.slack.views[0]);
    assert.match(shown(view), /By the voice alone so far/);
    await world.submit(view, {});
    await until('it is taken', () => store.meetings.get(id).options.speakerNames);
    await until('it is done', () => store.outbox.count() === 0 && store.meetings.get(id).state === 'done');
    assert.deepEqual(
      store.speakers.of(id).map(({ name, decision }) => [name, decision]),
      [['Maya', 'automatic']],
    );
    assert.match(await asks('voice name Maya Lindqvist'), /You are “Maya Lindqvist” from now on.*: 1\./);
    await until('it says so', () => store.search.find({ words: 'plants', limit: 1 })[0]?.speaker === 'Maya Lindqvist');
    await until('it is done', () => store.meetings.get(id).state === 'done');

    await world.useEphemeral(CHANNEL, 'hansard_voice_export', MYSELF, 'U2');
    await whispered('U2', /I keep nothing of your voice/);
    await world.useEphemeral(CHANNEL, 'hansard_voice_export', MYSELF);
    await whispered('U1', /I sent you the file in a direct message/);
    const sent = [...world.slack.files.values()].filter(({ name }) => name === 'kept-about-me.json');
    assert.deepEqual(
      sent.map(({ shares }) => Object.keys(shares)),
      [[DIRECT]],
    );
    assert.deepEqual(JSON.parse(String(sent[0]?.content)), [await keptAbout(world, maya?.id)]);

    await world.useEphemeral(CHANNEL, 'hansard_voice_forget', MYSELF);
    await whispered('U1', /Your voice is forgotten.*Samples deleted: 1.*without your name: 1.*row \d+ of the audit/);
    assert.deepEqual(store.people.list(), []);
    await until(
      'the name is gone',
      () => store.search.find({ words: 'plants', limit: 1 })[0]?.speaker === 'Participant',
    );
    assert.match(await asks('voice'), /If you agree/);
  });

  test('nothing is asked, taken or kept while the switch is off, or when nobody waits for it', async t => {
    const { store, asks, useEphemeral, whispered, agree, written, postSample, slack } = await startVoices(t);
    store.settings.set('global', 'voices', false, 'terminal:0');
    assert.match(await asks('voice'), /switched off\. An administrator allows it/);
    await useEphemeral(CHANNEL, 'hansard_voice', MYSELF);
    await whispered('U1', /switched off/);
    store.settings.set('global', 'voices', true, 'terminal:0');
    await agree();
    // the sample is on its way when they change their mind
    const { fileId } = slack.post(DIRECT, sample);
    await Promise.all([slack.fileShared(DIRECT, fileId), useEphemeral(CHANNEL, 'hansard_voice_forget', MYSELF)]);
    await whispered('U1', /I keep nothing of your voice/);
    await until('nothing is learned', () => store.lessons.learning().length === 0 && store.outbox.count() === 0);
    assert.deepEqual(store.people.list(), []);
    await postSample();
    assert.deepEqual([store.outbox.count(), store.meetings.list({ limit: 1 })], [0, []], 'a recording like any other');
    await agree();
    store.settings.set('global', 'voices', false, 'terminal:0');
    await postSample();
    await written(/switched off/);
    assert.deepEqual(store.people.list(), []);
  });

  test('what is wrong with a sample is one sentence, and another one may come', async t => {
    const { store, teacher, agree, written, postSample } = await startVoices(t);
    await agree();
    teacher.fault = new HansardError('voice_mixed', 'two');
    await postSample();
    await written(
      /holds more than one voice\. Record one person alone\. Post another sample here within ten minutes\./,
    );
    teacher.fault = undefined;
    await postSample();
    await written(/I know your voice from now on/);
    await agree();
    teacher.voice = voiceVector(9);
    await postSample();
    await written(/does not sound like the samples of this person so far/);
    assert.equal(store.voiceprints.of(store.people.list()[0]?.id ?? '').length, 1);
  });

  test('who says that a speaker is themselves is asked, and nobody else can answer', async t => {
    const world = await startVoices(t);
    const { slack, store, spans, teacher, submit, useEphemeral, written, whispered, meet } = world;
    spans.splice(0, 2, span(0, 400, 4_000), span(1, 4_900, 19_000));
    const { id, fileHash } = await meet();
    const name = async (speaker: string, answers: Record<string, string> = {}) => {
      slack.views.length = 0;
      await slack.press('hansard_speakers', summaryOf(world));
      const view = await until('the dialog is open', () => slack.views[0]);
      await submit(view ?? {}, { ...answers, [`member.${speaker}`]: 'U1' });
      const names = () =>
        z.record(z.string(), z.string()).optional().parse(store.meetings.get(id).options.speakerNames);
      await until('it is named', () => names()?.[speaker] === 'Maya');
      await until('it is done', () => store.meetings.get(id).state === 'done');
    };
    await name('SPEAKER_00');
    assert.equal(slack.whispers.length, 0, 'four seconds teach nothing');
    await name('SPEAKER_01', { 'name.SPEAKER_00': 'Ben' });
    const offer = await whispered('U1', /Shall I remember your voice.*I do, every day.*That is me, remember my voice/);
    const [, value = ''] =
      /"hansard_voice_claim".*?"value":"([\w-]+)"|"value":"([\w-]+)".*?"hansard_voice_claim"/
        .exec(shown(offer.blocks))
        ?.filter(Boolean) ?? [];
    await useEphemeral(CHANNEL, 'hansard_voice_claim', { type: 'button', value }, 'U2');
    await whispered('U2', /no longer offered, or not to you/);
    assert.deepEqual(teacher.heard, []);
    await useEphemeral(CHANNEL, 'hansard_voice_claim', { type: 'button', value });
    await written(/I know your voice from now on/);
    assert.deepEqual(teacher.heard, [[{ startMs: 5_000, endMs: 18_900 }]]);
    const [maya] = store.people.list();
    assert.deepEqual(store.voiceprints.of(maya?.id ?? '')[0]?.clips, [{ from: `meeting:${id}`, seconds: 18 }]);
    assert.ok(await world.blobs.stat(`sources/${fileHash}`), 'the recording is the meeting’s');
    await useEphemeral(CHANNEL, 'hansard_voice_claim', { type: 'button', value });
    await until('once', () =>
      slack.whispers.some(one => one.user === 'U1' && /no longer offered/.test(shown(one.text))),
    );
  });

  test('a suggestion that people confirm teaches the voice of whoever agreed, once per meeting', async t => {
    const world = await startVoices(t);
    const { slack, store, spans, voices, teacher, submit, agree, written, postSample, meet } = world;
    await agree();
    await postSample();
    await written(/I know your voice from now on/);
    const [maya] = store.people.list();
    const printsOf = () => store.voiceprints.of(maya?.id ?? '').map(({ clips }) => clips[0]?.from);
    spans.splice(0, 2, span(0, 400, 4_000), span(1, 4_900, 19_000));
    voices.push({ voice: 1, vector: voiceVector(1, { spread: 1.2 }), seconds: 14, isNarrow: false });
    const { id } = await meet();
    assert.equal(store.speakers.of(id)[0]?.decision, 'suggested');
    teacher.voice = voiceVector(1, { spread: 0.5 });
    for (let round = 0; round < 2; round++) {
      slack.views.length = 0;
      await slack.press('hansard_speakers', summaryOf(world));
      await submit((await until('the dialog is open', () => slack.views[0])) ?? {}, { 'name.SPEAKER_01': 'maya' });
      await until('it is learned', () => printsOf().length === 2 && store.lessons.learning().length === 0);
      await until('it is done', () => store.outbox.count() === 0 && store.meetings.get(id).state === 'done');
    }
    assert.deepEqual(printsOf().slice(1), [`meeting:${id}`]);
    assert.equal(teacher.heard.length, 2, 'the sample, and the meeting once');
    assert.equal(store.speakers.of(id)[0]?.decision, 'confirmed');
    assert.equal(store.search.find({ words: 'every', limit: 1 })[0]?.speaker, 'Maya');
    assert.equal(store.audit.list({ limit: 99 }).filter(({ what }) => what === 'voice.learned').length, 1);
  });
});
