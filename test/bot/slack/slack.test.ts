import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { SHORTCUT } from '../../../src/bot/slack/listen-commands.ts';
import { openSlack } from '../../../src/bot/slack/open-slack.ts';
import { refuseFile } from '../../../src/bot/slack/refuse-file.ts';
import { loadConfig } from '../../../src/config.ts';
import { HansardError } from '../../../src/errors.ts';
import { CHANNEL, startSlackWorld } from '../../builders/slack-world.ts';
import { until } from '../../builders/until.ts';
import { BOT, startFakeSlack, TOKENS } from '../../fakes/slack/start-fake-slack.ts';

const recording = { name: 'weekly.webm', content: Buffer.from('bytes of the recording') };
const asked = (channel: string, ts: string, fileId: string) => ({
  ...{ type: 'app_mention', channel, user: 'U1', ts, text: `<@${BOT}>`, event_ts: ts },
  files: [{ id: fileId }],
});

describe('a recording in Slack', () => {
  test('that somebody asks for ends as one summary, notes and files in its thread, and nothing else', async t => {
    const { slack, work, reaches, thread } = await startSlackWorld(t);
    await work();
    const { fileId, ts } = slack.post(CHANNEL, recording);
    await slack.emit(asked(CHANNEL, ts, fileId));
    await reaches('done');
    const own = thread(ts);
    assert.equal(own.length, 2);
    const [summary, notes] = own;
    assert.match(JSON.stringify(summary?.blocks), /Decisions|Nothing was decided/);
    assert.match(JSON.stringify(summary?.blocks), /Made automatically by Hansard/);
    assert.match(JSON.stringify(notes?.blocks), /Speakers/);
    const posted = slack.messages.filter(({ threadTs, files }) => threadTs === ts && files.length > 0);
    assert.equal(posted.length, 1);
    const names = posted[0]?.files.map(id => slack.files.get(id)?.name);
    assert.deepEqual(names?.slice(0, 4), ['minutes.html', 'summary.md', 'transcript.md', 'transcript.vtt']);
    await delay(500);
    assert.equal(slack.messages.filter(({ user }) => user === BOT).length, 3, 'our own uploads do not come back to us');
    assert.ok(Math.max(...slack.ackMs) < 500);
  });

  test('shows where it is, can be cancelled, and started again', async t => {
    const { slack, work, reaches, thread, during } = await startSlackWorld(t);
    const began = Promise.withResolvers<void>();
    during.transcribe = signal => {
      began.resolve();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    await work();
    const { fileId, ts } = slack.post(CHANNEL, recording);
    await slack.emit(asked(CHANNEL, ts, fileId));
    const [placeholder] = await until('the placeholder is there', () => thread(ts).length > 0 && thread(ts));
    await began.promise;
    await until(
      'it says what happens',
      () => /Writing down what is said|Finding out who speaks/.test(placeholder?.text ?? ''),
      15_000,
    );
    delete during.transcribe;
    await slack.press('hansard_cancel', placeholder?.ts ?? '', 'U2');
    await until('the other is told', () => slack.whispers.some(({ user }) => user === 'U2'));
    await slack.press('hansard_cancel', placeholder?.ts ?? '');
    await reaches('cancelled');
    await until('it says so', () => /was cancelled/.test(JSON.stringify(placeholder?.blocks)));
    await slack.press('hansard_retry', placeholder?.ts ?? '');
    await reaches('done');
    assert.equal(thread(ts).length, 2);
    assert.equal(thread(ts)[0]?.ts, placeholder?.ts);
  });

  test('is taken by itself only where the channel wants it', async t => {
    const { slack, store, work, reaches, command } = await startSlackWorld(t);
    await work();
    const first = slack.post(CHANNEL, recording);
    await slack.fileShared(CHANNEL, first.fileId);
    await command('settings auto on', CHANNEL);
    await until('it says so', () => slack.whispers.some(({ text }) => /I take every recording/.test(text)));
    await delay(500);
    assert.deepEqual(store.meetings.list({ limit: 10 }), []);
    const second = slack.post(CHANNEL, { ...recording, name: 'second.webm' });
    await slack.fileShared(CHANNEL, second.fileId);
    const { title } = await reaches('done');
    assert.equal(title, 'second.webm');
    await command('status', CHANNEL);
    assert.match(JSON.stringify(slack.answers.at(-1)), /second\.webm.* done/);
    await command('search plants', CHANNEL);
    assert.match(JSON.stringify(slack.answers.at(-1)), /Who waters the \[plants\]/);
    await command('dance', CHANNEL);
    assert.match(JSON.stringify(slack.answers.at(-1)), /I do not know “dance”/);
  });

  test('that was posted while the bot was away is found when it is back', async t => {
    const { slack, store, work, reaches, restartBot } = await startSlackWorld(t);
    await work();
    store.settings.set(`slack:${CHANNEL}`, 'auto-process', true, 'slack:U1');
    slack.post(CHANNEL, { ...recording, name: 'missed.webm' });
    await delay(300);
    assert.deepEqual(store.meetings.list({ limit: 1 }), []);
    await restartBot();
    assert.equal((await reaches('done')).title, 'missed.webm');
    await restartBot();
    await delay(800);
    assert.equal(store.meetings.list({ limit: 5 }).length, 1, 'found twice it is still one');
  });

  test('of a message shortcut, and one that is told of four times, are one meeting each', async t => {
    const { slack, store, work, reaches } = await startSlackWorld(t);
    await work();
    const { fileId, ts } = slack.post(CHANNEL, recording);
    const payload = {
      ...{ type: 'message_action', callback_id: SHORTCUT, trigger_id: '1', response_url: 'http://127.0.0.1:9/' },
      ...{ team: { id: 'T1' }, channel: { id: CHANNEL }, user: { id: 'U1' }, message: { ts, files: [{ id: fileId }] } },
    };
    await slack.send('interactive', payload);
    await slack.emit(asked(CHANNEL, ts, fileId), 4);
    await reaches('done');
    await delay(300);
    assert.equal(store.meetings.list({ limit: 10 }).length, 1);
    await slack.send('interactive', { ...payload, message: { ts, files: [] } });
    await until('the person is told', () =>
      slack.whispers.some(({ text }) => text === 'That message has no recording.'),
    );
  });

  test('is offered by a bare /transcribe', async t => {
    const { slack, work, reaches } = await startSlackWorld(t);
    await work();
    slack.post(CHANNEL, { name: 'cat.png', content: Buffer.from('x'), mimetype: 'image/png' });
    const { fileId } = slack.post(CHANNEL, recording);
    const ids = { user_id: 'U1', channel_id: CHANNEL, team_id: 'T1' };
    await slack.send('slash_commands', {
      command: '/transcribe',
      text: '',
      ...ids,
      response_url: 'http://127.0.0.1:9/',
      trigger_id: '1',
    });
    const [offer] = await until('it is offered', () => slack.whispers.length > 0 && slack.whispers);
    assert.match(JSON.stringify(offer?.blocks), /weekly\.webm/);
    assert.doesNotMatch(JSON.stringify(offer?.blocks), /cat\.png/);
    await slack.send('interactive', {
      ...{ type: 'block_actions', team: { id: 'T1' }, user: { id: 'U1' }, api_app_id: 'A1', channel: { id: CHANNEL } },
      ...{
        container: { type: 'message', is_ephemeral: true, channel_id: CHANNEL, message_ts: '1.1' },
        trigger_id: 'trigger',
      },
      actions: [{ type: 'button', action_id: 'hansard_take', block_id: 'b', value: fileId, action_ts: '1.1' }],
    });
    assert.equal((await reaches('done')).title, 'weekly.webm');
  });

  test('that fails says why, and a retry makes it good', async t => {
    const { slack, work, reaches, thread, during } = await startSlackWorld(t);
    await work();
    during.decode = () => Promise.reject(new HansardError('no_audio', 'nothing to hear'));
    const { fileId, ts } = slack.post(CHANNEL, recording);
    await slack.emit(asked(CHANNEL, ts, fileId));
    await reaches('failed');
    const [placeholder] = await until(
      'it says why',
      () => /no audio track/.test(JSON.stringify(thread(ts))) && thread(ts),
      15_000,
    );
    delete during.decode;
    await slack.press('hansard_retry', placeholder?.ts ?? '');
    await reaches('done');
  });

  test('can be run again with another number of speakers, and replaces what it posted', async t => {
    const { slack, store, work, reaches, thread, calls, submit } = await startSlackWorld(t);
    await work();
    const { fileId, ts } = slack.post(CHANNEL, recording);
    await slack.emit(asked(CHANNEL, ts, fileId));
    const { id, options } = await reaches('done');
    store.meetings.choose(id, { ...options, speakerNames: { SPEAKER_00: 'Anna' } });
    const before = slack.messages.filter(({ user }) => user === BOT).map(message => message.ts);
    const oldFiles = slack.messages.flatMap(({ user, files }) => (user === BOT ? files : []));
    await slack.press('hansard_rerun', before[0] ?? '');
    const [view] = await until('the dialog is open', () => slack.views.length > 0 && slack.views);
    await submit(view ?? {}, { speakers: 'many' });
    assert.match(JSON.stringify(slack.answers.at(-1)), /response_action":"errors.*A number from 1 to 32/);
    calls.length = 0;
    await submit(view ?? {}, { speakers: '2', summarizer: 'extractive' });
    await until('it runs again', () => store.meetings.get(id).state !== 'done');
    await reaches('done');
    assert.deepEqual(store.meetings.get(id).options.maxSpeakers, 2);
    assert.deepEqual(store.meetings.get(id).options.speakerNames, {}, 'SPEAKER_00 may be somebody else now');
    assert.ok(calls.includes('diarize') && !calls.includes('transcribe'));
    assert.equal(thread(ts).length, 2, 'edited in place');
    const files = slack.messages.flatMap(({ user, files: own }) => (user === BOT ? own : []));
    assert.equal(files.length, oldFiles.length);
    assert.ok(
      files.every(file => !oldFiles.includes(file)),
      'the old files are gone',
    );
  });

  test('gets the names of its speakers, in the messages and in the files', async t => {
    const { slack, store, work, reaches, calls, submit } = await startSlackWorld(t);
    await work();
    const { fileId, ts } = slack.post(CHANNEL, recording);
    await slack.emit(asked(CHANNEL, ts, fileId));
    const { id } = await reaches('done');
    const [summary] = slack.messages.filter(({ user }) => user === BOT);
    await slack.press('hansard_speakers', summary?.ts ?? '', 'U2');
    await until('the other is told', () => slack.whispers.some(({ user }) => user === 'U2'));
    await slack.press('hansard_speakers', summary?.ts ?? '');
    const [view] = await until('the dialog is open', () => slack.views.length > 0 && slack.views);
    assert.match(JSON.stringify(view), /SPEAKER_00.*Who waters the plants.*SPEAKER_01.*I do, every day/);
    calls.length = 0;
    await submit(view ?? {}, { 'name.SPEAKER_00': 'Anna <!channel>' });
    await until('it runs again', () => store.meetings.get(id).state !== 'done');
    await reaches('done');
    assert.ok(!calls.includes('transcribe') && !calls.includes('diarize'));
    const files = slack.messages.flatMap(({ user, files: own }) => (user === BOT ? own : []));
    const transcript = files.map(file => slack.files.get(file)).find(file => file?.name === 'transcript.vtt');
    assert.match(transcript?.content.toString() ?? '', /Anna/);
    assert.match(transcript?.content.toString() ?? '', /SPEAKER_01/);
    assert.deepEqual(store.search.find({ words: 'plants', limit: 1 })[0]?.speaker, 'Anna <!channel>');
  });

  test('can be forgotten by whoever posted it, and by nobody else', async t => {
    const { slack, store, work, reaches, thread } = await startSlackWorld(t);
    await work();
    const { fileId, ts } = slack.post(CHANNEL, recording);
    await slack.emit(asked(CHANNEL, ts, fileId));
    await reaches('done');
    const [summary] = thread(ts);
    await slack.press('hansard_forget', summary?.ts ?? '', 'U2');
    await until('the other is told', () =>
      slack.whispers.some(({ user, text }) => user === 'U2' && /Only whoever posted/.test(text)),
    );
    await slack.press('hansard_forget', summary?.ts ?? '');
    await until('it is gone', () => store.meetings.list({ limit: 1 }).length === 0);
    assert.equal(slack.messages.filter(({ user }) => user === BOT).length, 0);
  });
});

test('a ZIP, which may be one of Craig, is taken when somebody asks for it, and not by itself', async t => {
  const { slack, store } = await startSlackWorld(t);
  const zip = { name: 'craig.zip', content: Buffer.from('PK'), mimetype: 'application/zip' };
  const { fileId, ts } = slack.post(CHANNEL, zip);
  await slack.emit(asked(CHANNEL, ts, fileId));
  await until('it is a meeting', () => store.meetings.list({ limit: 1 }).length === 1);
  assert.match(refuseFile({ id: 'F1', ...zip }, 1_000, false) ?? '', /neither audio nor video/);
});

describe('what is no recording', () => {
  for (const [name, file, says] of [
    ['a picture', { name: 'cat.png', content: Buffer.from('x'), mimetype: 'image/png' }, /neither audio nor video/],
    ['nothing', { name: 'empty.webm', content: Buffer.alloc(0) }, /is empty/],
    ['a file that is hidden', { ...recording, mode: 'hidden_by_limit' }, /Slack hides that file/],
    ['a file elsewhere', { ...recording, mode: 'external' }, /outside Slack/],
  ] as const)
    test(`${name} is refused in one sentence to the one who asked`, async t => {
      const { slack, store } = await startSlackWorld(t);
      const { fileId, ts } = slack.post(CHANNEL, file);
      await slack.emit(asked(CHANNEL, ts, fileId));
      const [whisper] = await until('the person is told', () => slack.whispers.length > 0 && slack.whispers);
      assert.match(whisper?.text.replaceAll('\u2060', '') ?? '', says);
      assert.equal(whisper?.user, 'U1');
      assert.deepEqual(store.meetings.list({ limit: 1 }), []);
    });
});

describe('exactly once', () => {
  test('answers that are lost, errors and waits leave one summary and one copy of each file', async t => {
    const { slack, store, work, thread } = await startSlackWorld(t);
    let random = 12_345;
    const next = () => {
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      return random / 2 ** 31;
    };
    slack.misbehave(method => {
      if (method === 'auth.test') return undefined;
      const chance = next();
      if (chance < 0.15) return 'lost';
      if (chance < 0.3) return 'error';
      return chance < 0.4 ? { retryAfter: 1 } : undefined;
    });
    await work();
    const { fileId, ts } = slack.post(CHANNEL, recording);
    await slack.emit(asked(CHANNEL, ts, fileId));
    await until('it is done', () => store.meetings.list({ limit: 1 })[0]?.state === 'done', 100_000);
    assert.equal(thread(ts).length, 2);
    assert.equal(slack.messages.filter(({ files, user }) => user === BOT && files.length > 0).length, 1);
    assert.deepEqual(slack.impatient, [], 'no call while Slack wanted us to wait');
  });

  test('a bot that starts anew in the middle goes on, and posts nothing twice', async t => {
    const { slack, work, reaches, thread, restartBot, during } = await startSlackWorld(t);
    let isHeld = true;
    during.transcribe = async () => {
      while (isHeld) await delay(20);
    };
    await work();
    const { fileId, ts } = slack.post(CHANNEL, recording);
    await slack.emit(asked(CHANNEL, ts, fileId));
    await until('the placeholder is there', () => thread(ts).length === 1);
    await restartBot();
    isHeld = false;
    await reaches('done');
    assert.equal(thread(ts).length, 2);
  });
});

test('a channel hears of trouble, and of its end', async t => {
  const slack = await startFakeSlack(t);
  slack.addChannel(CHANNEL);
  const transport = { kind: 'socket', appToken: TOKENS.app } as const;
  const settings = { botToken: TOKENS.bot, transport, apiUrl: slack.apiUrl };
  // nothing else is asked for here
  const rest = { config: loadConfig({}), logger: pino({ level: 'silent' }) } as Omit<
    Parameters<typeof openSlack>[0],
    'settings'
  >;
  const open = openSlack({ settings, ...rest });
  const tell = open.createAlertSink(CHANNEL);
  await tell('trouble', ['3 jobs failed for good. Type: npx hansard jobs list --state failed']);
  await tell('over', []);
  assert.match(JSON.stringify(slack.messages[0]?.blocks), /Hansard needs somebody to look.*3 jobs failed for good/);
  assert.equal(slack.messages[1]?.text, 'Hansard is well again.');
});

describe('a Slack that does not let us in', () => {
  test('for its token is a sentence, and nothing stays running', async t => {
    await assert.rejects(startSlackWorld(t, { SLACK_BOT_TOKEN: 'xoxb-of-somebody-else' }), { code: 'token_refused' });
  });

  test('since it is away is told by the problems of the bot', async t => {
    const { problems } = await startSlackWorld(t, { SLACK_API_URL: 'http://127.0.0.1:9/api/' });
    assert.match((await problems()).join(), /^Slack is not connected/);
  });
});
