import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LINK_SHORTCUT } from '../../../src/bot/slack/listen-commands.ts';
import { HansardError } from '../../../src/errors.ts';
import { freePort } from '../../builders/free-port.ts';
import { CHANNEL, type SlackWorld, startSlackWorld } from '../../builders/slack-world.ts';
import { until } from '../../builders/until.ts';
import { createRandom } from '../../chaos/harness.ts';
import { BOT } from '../../fakes/slack/start-fake-slack.ts';

const recording = { name: 'weekly.webm', content: Buffer.from('sound of a meeting') };

const asked = (ts: string, ...fileIds: string[]) => ({
  ...{ type: 'app_mention', channel: CHANNEL, user: 'U1', ts, text: '<@UBOT>', event_ts: ts },
  files: fileIds.map(id => ({ id })),
});
const shownIn = (message: unknown) => JSON.stringify(message).replaceAll('\u2060', '');
const told = (slack: SlackWorld['slack'], user: string, what: RegExp) =>
  until(`${user} is told ${what}`, () =>
    slack.whispers.some(one => one.user === user && what.test(one.text.replaceAll('\u2060', ''))),
  );

/** Several recordings in one message. */
function postTogether(slack: SlackWorld['slack'], ...names: string[]) {
  const [first = '', ...others] = names;
  const { fileId, ts } = slack.post(CHANNEL, { name: first, content: Buffer.from(first) });
  const message = slack.messages.find(one => one.ts === ts);
  const ids = others.map(name => {
    const { fileId: id, ts: own } = slack.post(CHANNEL, { name, content: Buffer.from(name) });
    slack.messages.splice(
      slack.messages.findIndex(one => one.ts === own),
      1,
    );
    const file = slack.files.get(id);
    if (file) file.shares = { [CHANNEL]: [{ ts }] };
    message?.files.push(id);
    return id;
  });
  return { ts, fileIds: [fileId, ...ids] };
}

// they wait more than they work
describe('what happens around a recording in Slack', { concurrency: 4 }, () => {
  describe('recordings that were posted together', () => {
    test('have one card, a summary each, and one of them can be tried again', async t => {
      const { slack, store, work, thread, during, use, useEphemeral, submit } = await startSlackWorld(t);
      let failures = 1;
      during.decode = () => (failures-- > 0 ? Promise.reject(new Error('once')) : undefined);
      const { ts, fileIds } = postTogether(slack, 'a.webm', 'b.webm', 'c.webm');
      await slack.emit(asked(ts, ...fileIds));
      const card = (await until('there is a card', () => thread(ts)[0] && thread(ts))).at(0);
      await until('it names all', () => /a\.webm.*b\.webm.*c\.webm/.test(shownIn(card?.blocks)), 10_000);
      assert.equal(thread(ts).length, 1);
      await work();
      await until(
        'all are done',
        () => store.meetings.list({ limit: 5 }).filter(({ state }) => state === 'done').length === 3,
        40_000,
      );
      await until('the card says so', () => /3 recordings, 3 done/.test(shownIn(card?.blocks)));
      assert.equal(thread(ts).length, 1 + 3 * 2, 'card, and a summary and notes each');
      assert.equal(slack.messages.filter(({ user, files }) => user === BOT && files.length > 0).length, 3);
      // the card is handed over when its meeting goes
      const [oldest] = store.meetings.list({ limit: 5 }).toReversed();
      const summaryOf = (id = '?') =>
        thread(ts).find(({ blocks }) => shownIn(blocks).includes('"hansard_rerun"') && shownIn(blocks).includes(id));
      const own = summaryOf(oldest?.id);
      await use(own?.ts ?? '', 'hansard_forget', { type: 'button', value: oldest?.id });
      await until('it is gone', () => store.meetings.list({ limit: 5 }).length === 2);
      assert.equal(thread(ts).length, 1 + 2 * 2);
      assert.doesNotMatch(shownIn(card?.blocks), new RegExp(oldest?.title ?? '?'));
      const [last, next] = store.meetings.list({ limit: 5 });
      await useEphemeral(CHANNEL, 'hansard_forget', { type: 'button', value: next?.id });
      await until('it is gone as well', () => store.meetings.list({ limit: 5 }).length === 1);
      assert.match(shownIn(card?.blocks), /1 recording, 1 done/);
      store.settings.set(`slack:${CHANNEL}`, 'consent-notice', 'All agreed.', 'slack:U1');
      const before = thread(ts).length;
      await slack.press('hansard_rerun', summaryOf(last?.id)?.ts ?? '');
      await submit(await until('a dialog is open', () => slack.views.at(-1)), { style: 'short' });
      await until(
        'the card is its own again',
        () => /1 recording, 1 done.*All agreed/.test(shownIn(card?.blocks)),
        15_000,
      );
      assert.equal(thread(ts).length, before);
    });
  });

  test('recordings that were posted together have one card also where answers are lost', async t => {
    const { slack, store, work, thread } = await startSlackWorld(t);
    const random = createRandom(7);
    slack.misbehave(method => {
      if (method === 'auth.test') return undefined;
      const chance = random();
      return chance < 0.15 ? 'lost' : chance < 0.25 ? 'error' : undefined;
    });
    await work();
    const { ts, fileIds } = postTogether(slack, 'a.webm', 'b.webm', 'c.webm', 'd.webm');
    await slack.emit(asked(ts, ...fileIds));
    const done = () => store.meetings.list({ states: ['done'], limit: 5 }).length;
    await until('all are done', () => done() === 4, 50_000);
    const withFiles = slack.messages.filter(({ user, files }) => user === BOT && files.length > 0);
    const cards = thread(ts).filter(({ blocks }) => /recordings, \d done/.test(shownIn(blocks)));
    const summaries = thread(ts).filter(({ blocks }) => /Made automatically/.test(shownIn(blocks)));
    assert.equal(withFiles.length, 4);
    assert.equal(summaries.length, 4);
    assert.ok(cards.length <= 1, 'none when the first was done before the others came');
    assert.equal(thread(ts).length, 4 * 2 + cards.length);
  });

  describe('minutes for the channel', () => {
    test('are a message of their own, with notes and files in its thread', async t => {
      const { slack, store, work, reaches, thread } = await startSlackWorld(t);
      store.settings.set(`slack:${CHANNEL}`, 'target', 'channel', 'slack:U1');
      await work();
      const { fileId, ts } = slack.post(CHANNEL, recording);
      await slack.emit(asked(ts, fileId));
      await reaches('done');
      assert.equal(thread(ts).length, 0);
      const [summary, ...more] = slack.messages.filter(({ user, threadTs }) => user === BOT && threadTs === undefined);
      assert.match(shownIn(summary?.blocks), /Made automatically/);
      assert.deepEqual(more, []);
      assert.equal(slack.messages.filter(({ threadTs }) => threadTs === summary?.ts).length, 2);
    });
  });

  describe('a recording that is deleted', () => {
    test('is not worked on any more', async t => {
      const { slack, work, reaches, thread, during } = await startSlackWorld(t);
      during.transcribe = signal =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      await work();
      const { fileId, ts } = slack.post(CHANNEL, recording);
      await slack.emit(asked(ts, fileId));
      await until('it is worked on', () => thread(ts).length === 1);
      await slack.emit({ type: 'file_deleted', file_id: fileId, event_ts: '1.1' });
      await reaches('cancelled');
    });

    test('takes its minutes with it where the channel wants that', async t => {
      const { slack, store, work, reaches } = await startSlackWorld(t);
      await work();
      const { fileId, ts } = slack.post(CHANNEL, recording);
      await slack.emit(asked(ts, fileId));
      await reaches('done');
      await slack.emit({ type: 'file_unshared', file_id: fileId, channel_id: CHANNEL, event_ts: '1.1' });
      await delay(800);
      assert.equal(store.meetings.list({ limit: 1 }).length, 1, 'kept by default');
      store.settings.set(`slack:${CHANNEL}`, 'forget-deleted', true, 'slack:U1');
      await slack.emit({ type: 'file_deleted', file_id: fileId, event_ts: '1.2' });
      await until('they are gone', () => store.meetings.list({ limit: 1 }).length === 0);
      assert.equal(slack.messages.filter(({ user }) => user === BOT).length, 0);
    });
  });

  describe('asked for again', () => {
    test('in the same breath, a recording that is taken by itself is not talked about', async t => {
      const { slack, store, work, reaches, thread } = await startSlackWorld(t, { HANSARD_AUTO_PROCESS: 'all' });
      await work();
      const { fileId, ts } = slack.post(CHANNEL, recording);
      await Promise.all([slack.fileShared(CHANNEL, fileId), slack.emit(asked(ts, fileId))]);
      await reaches('done');
      assert.equal(store.meetings.list({ limit: 5 }).length, 1);
      assert.deepEqual(slack.whispers, []);
      assert.equal(thread(ts).length, 2);
    });

    test('a recording is where it was, and one that failed is tried again', async t => {
      const { slack, store, work, reaches, during } = await startSlackWorld(t);
      await work();
      during.decode = () => Promise.reject(new HansardError('no_audio', 'nothing to hear'));
      const { fileId, ts } = slack.post(CHANNEL, recording);
      await slack.emit(asked(ts, fileId));
      await reaches('failed');
      delete during.decode;
      await slack.emit({ ...asked('9.1', fileId), ts: '9.1' });
      await reaches('done');
      await slack.emit({ ...asked('9.2', fileId), ts: '9.2' });
      await told(slack, 'U1', /I wrote the minutes of that recording before/);
      assert.equal(store.meetings.list({ limit: 5 }).length, 1);
    });
  });

  describe('the words of /transcribe', () => {
    test('cancel, retry, speakers and forget mean the latest recording, or one by its name', async t => {
      const { slack, store, work, reaches, during, command, useEphemeral } = await startSlackWorld(t);
      slack.creators.set(CHANNEL, 'UM');
      await command('cancel', CHANNEL);
      await told(slack, 'U1', /I am not working on a recording here/);
      during.transcribe = signal =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      await work();
      const { fileId, ts } = slack.post(CHANNEL, recording);
      await slack.emit(asked(ts, fileId));
      await until('it is worked on', () => store.meetings.list({ limit: 1 })[0]?.state === 'processing');
      await command('cancel other', CHANNEL);
      await told(slack, 'U1', /none with “other” in its name/);
      await command('cancel', CHANNEL, 'U2');
      await told(slack, 'U2', /Only whoever posted/);
      await command('cancel week', CHANNEL);
      await told(slack, 'U1', /I stop working on weekly.webm/);
      await reaches('cancelled');
      delete during.transcribe;
      await command('retry', CHANNEL);
      await reaches('done');
      await command('speakers', CHANNEL, 'UM');
      assert.match(shownIn(await until('a dialog is open', () => slack.views.at(-1))), /Who is who/);
      await command('forget', CHANNEL);
      const offer = await until('it is asked first', () => slack.whispers.find(({ text }) => /Which one/.test(text)));
      assert.match(shownIn(offer.blocks), /weekly\.webm.* done.*hansard_forget.*Forget this meeting\?/);
      await useEphemeral(CHANNEL, 'hansard_forget', { value: store.meetings.list({ limit: 1 })[0]?.id });
      await until('it is gone', () => store.meetings.list({ limit: 1 }).length === 0);
    });
  });

  describe('settings', () => {
    test('take no recordings unasked where the installation never does', async t => {
      const { slack, store, command } = await startSlackWorld(t, { HANSARD_AUTO_PROCESS: 'off' });
      await command('settings auto on', CHANNEL);
      await told(slack, 'U1', /only when somebody asks me to \(HANSARD_AUTO_PROCESS=off\)/);
      assert.deepEqual(store.settings.list(), []);
    });

    test('are seen by everybody and changed by whoever manages the channel', async t => {
      const { slack, store, command, useEphemeral, submit } = await startSlackWorld(t);
      slack.creators.set(CHANNEL, 'UM');
      slack.people.set('UA', { is_admin: true }).set('UG', { is_restricted: true });
      await command('settings', CHANNEL, 'U2');
      assert.match(
        shownIn(slack.answers.at(-1)),
        /I take recordings here when somebody asks.*The glossary is empty.*Change/,
      );
      await command('settings auto on', CHANNEL, 'U2');
      await told(slack, 'U2', /Only whoever made the channel/);
      await useEphemeral(CHANNEL, 'hansard_settings', { value: CHANNEL }, 'UG');
      await told(slack, 'UG', /Only whoever made the channel/);
      await useEphemeral(CHANNEL, 'hansard_settings', { value: CHANNEL }, 'UA');
      const view = await until('the dialog is open', () => slack.views.at(-1));
      await submit(view, { glossary: 'hansart =', audioDays: 'many' }, 'UA');
      assert.match(shownIn(slack.answers.at(-1)), /Line 1 should read: Kubernetes, or with.*A number of days/);
      const wanted = {
        auto: 'yes',
        glossary: 'hansart = Hansard',
        consent: 'All agreed.',
        audioDays: '3',
        style: 'short',
      };
      await submit(view, { ...wanted, template: 'recap', target: 'channel', summaryLanguage: 'fr' }, 'UA');
      await told(slack, 'UA', /I take every recording/);
      const settings = store.settings.list().map(({ name, value }) => [name, value]);
      assert.deepEqual(Object.fromEntries(settings), {
        'auto-process': true,
        'consent-notice': 'All agreed.',
        'forget-deleted': false,
        glossary: [{ heard: 'hansart', written: 'Hansard' }],
        language: 'auto',
        retention: { audioDays: 3, meetingDays: 90 },
        'summary-language': 'fr',
        'summary-style': 'short',
        'summary-template': 'recap',
        target: 'channel',
      });
    });

    test('are reached from the Home tab, which lists the recordings of one’s channels', async t => {
      const { slack, work, reaches, useIn } = await startSlackWorld(t);
      await work();
      const { fileId, ts } = slack.post(CHANNEL, recording);
      await slack.emit(asked(ts, fileId));
      await reaches('done');
      await slack.emit({ type: 'app_home_opened', user: 'U1', channel: 'DU1', tab: 'home', event_ts: '1.1' });
      const home = await until('it is there', () => slack.homes.get('U1'));
      assert.match(shownIn(home), /weekly\.webm.*in #c1, done/);
      await useIn(home, 'hansard_choose_channel', { type: 'conversations_select', selected_conversation: CHANNEL });
      assert.match(shownIn(await until('the dialog is open', () => slack.views.at(-1))), /Settings.*Glossary/);
    });
  });

  describe('a link', () => {
    test('is refused where links are off, and when it leads inside', async t => {
      const off = await startSlackWorld(t);
      await off.command('<https://example.com/a.mp3>', CHANNEL);
      assert.match(shownIn(off.slack.answers.at(-1)), /Links are|links are/);
      const { slack, store, command, submit } = await startSlackWorld(t, { HANSARD_LINKS: 'on' });
      await command('https://127.0.0.1/a.mp3', CHANNEL);
      assert.match(shownIn(slack.answers.at(-1)), /https link/);
      await slack.send('interactive', {
        ...{ type: 'shortcut', callback_id: LINK_SHORTCUT, trigger_id: 'trigger', action_ts: '1.1' },
        ...{ team: { id: 'T1' }, user: { id: 'U1', team_id: 'T1' } },
      });
      const view = await until('the dialog is open', () => slack.views.at(-1));
      await submit(view, { link: 'http://example.com/a.mp3', channel: CHANNEL });
      assert.match(shownIn(slack.answers.at(-1)), /"errors":\{"link"/);
      assert.deepEqual(store.meetings.list({ limit: 1 }), []);
      await command('<https://nowhere.invalid/week%20ly.mp3|weekly>', CHANNEL);
      const meeting = await until('it is taken', () => store.meetings.list({ limit: 1 })[0]);
      assert.equal(meeting.title, 'week ly.mp3');
      const placeholder = await until('it is shown', () =>
        slack.messages.find(({ user, threadTs }) => user === BOT && threadTs === undefined),
      );
      assert.match(shownIn(placeholder.blocks), /week ly\.mp3/);
    });
  });

  describe('where Slack lets nothing be posted', () => {
    test('the person hears of it in a direct message, once', async t => {
      const { slack, reaches, work } = await startSlackWorld(t);
      slack.addChannel('C2', false);
      slack.addChannel('DU1');
      await work();
      const { fileId, ts } = slack.post('C2', recording);
      await slack.emit({ ...asked(ts, fileId), channel: 'C2' });
      await reaches('failed');
      const said = await until('it is said', () => slack.messages.find(({ channel }) => channel === 'DU1'));
      assert.match(shownIn(said.blocks), /weekly\.webm: I may not post there\. Invite me/);
      await delay(1_500);
      assert.equal(slack.messages.filter(({ channel }) => channel === 'DU1').length, 1);
    });

    test('since the message is gone, nothing is tried again and again', async t => {
      const { slack, reaches, work } = await startSlackWorld(t);
      slack.addChannel('DU1');
      await work();
      const { fileId, ts } = slack.post(CHANNEL, recording);
      slack.messages.splice(
        slack.messages.findIndex(one => one.ts === ts),
        1,
      );
      await slack.emit(asked(ts, fileId));
      await reaches('failed');
      await until('it is said', () => slack.messages.some(({ blocks }) => /was deleted/.test(shownIn(blocks))));
      const calls = slack.calls.length;
      await delay(2_000);
      assert.ok(slack.calls.length - calls <= 2, `${slack.calls.length - calls} calls`);
    });

    test('or looked up, a message that may have arrived is not posted again until somebody asks', async t => {
      const { slack, store, work, thread } = await startSlackWorld(t);
      let lost = 0;
      slack.misbehave(method => {
        if (method === 'conversations.replies') return { refuse: 'missing_scope' };
        return method === 'chat.postMessage' && lost++ === 0 ? 'lost' : undefined;
      });
      await work();
      const { fileId, ts } = slack.post(CHANNEL, recording);
      await slack.emit(asked(ts, fileId));
      await until('it ended', () => store.meetings.list({ limit: 1 })[0]?.state === 'failed', 40_000);
      assert.equal(thread(ts).length, 1, 'the one whose answer was lost');
      await slack.emit({ ...asked('9.1', fileId), ts: '9.1' });
      await until('it is done', () => store.meetings.list({ limit: 1 })[0]?.state === 'done', 20_000);
      assert.equal(thread(ts).length, 3, 'the lost one, and what somebody asked for');
    });
  });

  test('a token that was revoked is told by the problems of the bot, until it works again', async t => {
    const { slack, problems, command } = await startSlackWorld(t);
    slack.misbehave(() => ({ refuse: 'token_revoked' }));
    await command('', CHANNEL);
    await until('it is told', async () => /no longer accepts our token/.test((await problems()).join()));
    slack.misbehave(() => undefined);
    await command('', CHANNEL);
    await until('it is over', async () => (await problems()).length === 0);
  });

  describe('over HTTP', () => {
    test('the same happens, for signed requests alone', async t => {
      const port = await freePort();
      const secret = 'a-signing-secret-of-slack';
      const { slack, work, reaches, thread } = await startSlackWorld(t, {
        SLACK_APP_TOKEN: '',
        SLACK_SIGNING_SECRET: secret,
        SLACK_PORT: String(port),
      });
      await work();
      const { fileId, ts } = slack.post(CHANNEL, recording);
      const body = JSON.stringify({ type: 'event_callback', event_id: 'Ev1', team_id: 'T1', event: asked(ts, fileId) });
      const send = (key: string) => {
        const seconds = Math.floor(Date.now() / 1000);
        const signature = createHmac('sha256', key).update(`v0:${seconds}:${body}`).digest('hex');
        return fetch(`http://127.0.0.1:${port}/slack/events`, {
          method: 'POST',
          body,
          headers: {
            'content-type': 'application/json',
            'x-slack-request-timestamp': String(seconds),
            'x-slack-signature': `v0=${signature}`,
          },
        });
      };
      assert.equal((await send('somebody-elses-secret')).status, 401);
      assert.equal((await send(secret)).status, 200);
      await reaches('done');
      assert.equal(thread(ts).length, 2);
    });
  });
});
