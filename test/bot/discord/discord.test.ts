import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SUMMARISE } from '../../../src/bot/discord/command-definitions.ts';
import {
  answerOf,
  CHANNEL,
  customIdIn,
  type DiscordWorld,
  says,
  shownIn,
  startDiscordWorld,
} from '../../builders/discord-world.ts';
import { until } from '../../builders/until.ts';
import { DEFAULT_PERMISSIONS, PERMISSION } from '../../fakes/discord/permissions.ts';
import { DISCORD, INTENT } from '../../fakes/discord/start-fake-discord.ts';

const webm = (name: string) => ({ name, contentType: 'video/webm', content: Buffer.from(name) });
const QUICK = { messageWindowMs: 500 };

/** No message of ours rings for anybody, and none comes while Discord wants us to wait. */
function assertQuiet({ discord }: DiscordWorld): void {
  assert.deepEqual(discord.impatient, []);
  for (const { pings } of discord.messages.filter(({ authorId }) => authorId === DISCORD.botUserId))
    assert.deepEqual(pings, { users: [], roles: [], everyone: false });
}

describe('a recording in Discord', { concurrency: true }, () => {
  test('becomes one message, a thread with notes and files, and nothing else', async t => {
    const world = await startDiscordWorld(t);
    const { discord, reaches, work, own, ask } = world;
    const posted = ask(CHANNEL, 'weekly.webm');
    await until('a placeholder', () => own(CHANNEL)[0]);
    await work();
    await reaches('done');
    const [summary, ...more] = own(CHANNEL);
    assert.equal(more.length, 0);
    assert.equal(summary?.messageReference?.messageId, posted.id);
    assert.match(shownIn(summary?.components), /No action items/);
    const thread = own(summary?.id ?? '');
    assert.equal(summary?.threadId, summary?.id);
    assert.match(shownIn(thread[0]?.components), /Full notes/);
    const files = thread.flatMap(({ attachments }) => attachments.map(({ name }) => name));
    assert.deepEqual(files.slice(0, 3), ['minutes.html', 'summary.md', 'transcript.md']);
    await delay(500);
    assert.equal(discord.messages.length, 1 + 1 + thread.length, 'our own files do not come back to us');
    assertQuiet(world);
  });

  test('comes in on every way that Discord has', { concurrency: true }, async t => {
    const world = await startDiscordWorld(t, { fake: QUICK });
    const { discord, store, work, own, ask, addChannel, meetingIn, told, press } = world;
    await work();
    /** Where there can be no thread everything answers the first message. */
    const assertReplies = (channel: string) => {
      const [summary, ...rest] = own(channel);
      assert.equal(summary?.threadId, undefined);
      assert.ok(rest.length >= 2, 'notes and files');
      for (const { messageReference } of rest) assert.equal(messageReference?.messageId, summary?.id);
    };

    await Promise.all([
      t.test('several in one message are one batch with one card', async () => {
        const channel = addChannel();
        const posted = ask(channel, 'a.webm', 'b.webm');
        await until('both are done', () => /2 recordings, 2 done/.test(shownIn(own(channel)[0]?.components)), 30_000);
        const [card, ...more] = own(channel);
        assert.deepEqual(more, []);
        assert.equal(card?.messageReference?.messageId, posted.id);
        assert.equal(own(card?.id ?? '').length, 2 * 3, 'a summary, notes and files each');
      }),

      t.test('in a direct message', async () => {
        const channel = addChannel({ type: 'dm', recipientId: DISCORD.chloe });
        discord.post(channel, { author: DISCORD.chloe, attachments: [webm('direct.webm')] });
        await meetingIn(channel, 'done');
        assertReplies(channel);
        await says(
          press(own(channel)[0], 'hansard_files', { user: DISCORD.chloe }),
          new RegExp(`discord.com/channels/@me/${channel}/`),
        );
      }),

      t.test('with a command, at once, for the person alone until it is there', async () => {
        const channel = addChannel();
        const typed = { name: 'transcribe recording', attachments: { file: webm('typed.webm') } };
        const answer = await answerOf(discord.command(channel, typed));
        assert.match(shownIn(answer.components), /I have “typed\.webm”/);
        assert.equal(answer.whisperedTo, DISCORD.anna);
        await meetingIn(channel, 'done');
        assert.equal(own(channel).length, 1);
      }),

      t.test('with a command and a dialog', async () => {
        const channel = addChannel();
        const { modal } = await discord.command(channel, { name: 'transcribe recording' });
        assert.equal(modal?.title, 'Minutes of a recording');
        await says(discord.submit(modal, { files: [webm('chosen.webm')] }), /the minutes appear here/);
        assert.equal((await meetingIn(channel, 'done')).title, 'chosen.webm');
      }),

      t.test('from the menu of a message, once, whoever asks how often', async () => {
        const channel = addChannel();
        const posted = discord.post(channel, { author: DISCORD.ben, attachments: [webm('old.webm')] });
        const words = discord.post(channel, { content: 'only words' });
        await says(discord.messageCommand(channel, SUMMARISE, words.id), /That message has no recording/);
        await discord.messageCommand(channel, SUMMARISE, posted.id);
        const meeting = await meetingIn(channel, 'done');
        assert.equal(meeting.source.uploader, DISCORD.ben, 'who posted it has a say as well');
        await discord.messageCommand(channel, SUMMARISE, posted.id, DISCORD.ben);
        await told(DISCORD.ben, /I wrote the minutes of that recording before/);
        assert.equal(store.meetings.list({ limit: 50 }).filter(one => one.channel === channel).length, 1);
      }),

      t.test('by a mention that answers its message', async () => {
        const channel = addChannel();
        const posted = discord.post(channel, { author: DISCORD.chloe, attachments: [webm('answered.webm')] });
        // what Discord does not show of a message that is not for us
        assert.match((await lookAt(world, channel, posted.id)) ?? '', /"attachments":\[\]/);
        discord.post(channel, { mentionsBot: true, replyTo: posted.id });
        await told(DISCORD.anna, /I see no recording here/);
      }),
    ]);
    assertQuiet(world);
  });

  test('stays where it was posted, as far as we may', { concurrency: true }, async t => {
    const world = await startDiscordWorld(t, { fake: QUICK });
    const { discord, store, work, own, ask, addChannel, meetingIn, press } = world;
    await work();

    await Promise.all([
      t.test('in a thread, and in a post of a forum, where everything stays', async () => {
        const parent = addChannel();
        const forum = addChannel({ type: 'forum' });
        for (const [channel, thread] of [
          [parent, addChannel({ type: 'thread', parentId: parent })],
          [forum, addChannel({ type: 'forum-post', parentId: forum })],
        ] as const) {
          const posted = ask(thread, 'threaded.webm');
          const meeting = await meetingIn(channel, 'done');
          assert.equal(meeting.source.threadId, thread);
          assert.deepEqual(own(channel), []);
          const [summary, ...rest] = own(thread);
          assert.equal(summary?.messageReference?.messageId, posted.id);
          assert.equal(rest.length, 2);
        }
      }),

      t.test('where there are no threads, or we may not open or fill one, as answers', async () => {
        const without = (right: bigint) => addChannel({ permissions: DEFAULT_PERMISSIONS & ~right });
        const channels = [
          addChannel({ type: 'voice' }),
          without(PERMISSION.createPublicThreads),
          without(PERMISSION.sendMessagesInThreads),
        ];
        for (const channel of channels) ask(channel, `replied ${channel}.webm`);
        for (const channel of channels) {
          await meetingIn(channel, 'done');
          assert.equal(own(channel).length, 3);
          for (const { messageReference } of own(channel).slice(1))
            assert.equal(messageReference?.messageId, own(channel)[0]?.id);
        }
      }),

      t.test('where we may not read what was before, without pointing at it', async () => {
        const channel = addChannel({ permissions: DEFAULT_PERMISSIONS & ~PERMISSION.readMessageHistory });
        ask(channel, 'unread.webm');
        await meetingIn(channel, 'done');
        assert.match(shownIn(own(channel)[0]?.components), /No action items/);
      }),

      t.test('where we may not post, as a sentence that says so', async () => {
        const channel = addChannel({ permissions: DEFAULT_PERMISSIONS & ~PERMISSION.attachFiles });
        const typed = { name: 'transcribe recording', attachments: { file: webm('x.webm') } };
        await says(discord.command(channel, typed), /I lack a permission here: Attach Files\./);
        const thread = addChannel({
          type: 'thread',
          parentId: addChannel({ permissions: DEFAULT_PERMISSIONS & ~PERMISSION.sendMessages }),
        });
        // there Send Messages means nothing
        await says(discord.command(thread, typed), /I have “x\.webm”/);
      }),

      t.test('where only the person has installed us, not at all', async () => {
        const posted = discord.post(CHANNEL, { attachments: [webm('mine.webm')] });
        const data = { name: SUMMARISE, type: 3, target_id: posted.id, resolved: { messages: {} } };
        const changes = { authorizing_integration_owners: { 1: DISCORD.anna } };
        await says(discord.forge(CHANNEL, { type: 2, data, changes }), /I am not on this server/);
      }),

      t.test('with an address that has ended: a new one is asked for, where Discord shows it', async () => {
        const asked: string[] = [];
        discord.misbehaveTransfers((_id, name) => {
          asked.push(name);
          const hasEnded =
            name === 'gone.webm' || (name === 'ended.webm' && asked.filter(one => one === name).length < 2);
          return hasEnded ? { status: 404 } : undefined;
        });
        const [shown, hidden] = [addChannel(), addChannel()];
        ask(shown, 'ended.webm');
        const unmentioned = discord.post(hidden, { attachments: [webm('gone.webm')] });
        await discord.messageCommand(hidden, SUMMARISE, unmentioned.id);
        await meetingIn(shown, 'done');
        await meetingIn(hidden, 'failed');
        await until('it says why', () => /its address has expired and I may not look it up/.test(shownIn(own(hidden))));
      }),

      t.test('that nobody asks for is left alone, and cannot be taken without the intent', async () => {
        const channel = addChannel();
        discord.post(channel, { attachments: [webm('unasked.webm')] });
        const manager = { memberPermissions: PERMISSION.manageChannels };
        const shown = await answerOf(discord.command(channel, { name: 'transcribe settings' }));
        assert.match(shownIn(shown.components), /I take recordings here when somebody asks/);
        await says(press(shown, 'hansard_settings'), /Only whoever made the channel/);
        const form = await answerOf(press(shown, 'hansard_settings', manager));
        await says(discord.select(form.id, customIdIn(form, 'set.auto'), ['on'], manager), /Message Content Intent/);
        assert.deepEqual(
          store.settings.list().filter(({ scope }) => scope === `discord:${channel}`),
          [],
        );
        assert.equal(
          store.meetings.list({ limit: 50 }).some(one => one.channel === channel),
          false,
        );
      }),

      t.test('by its link, where links are off, is refused in a sentence', async () => {
        const typed = { name: 'transcribe recording', options: { link: 'https://example.com/a.mp3' } };
        await says(discord.command(CHANNEL, typed), /Links are switched off/);
      }),
    ]);
    assertQuiet(world);
  });

  test('is taken by its link where that is allowed, and stopped when its message goes', {
    concurrency: true,
  }, async t => {
    const env = { HANSARD_LINKS: 'on', HANSARD_MAX_MB: '0.001' };
    const { discord, store, addChannel, ask, own, meetingIn, told, work } = await startDiscordWorld(t, {
      ...{ env, fake: QUICK },
    });
    await Promise.all([
      t.test('a link', async () => {
        const channel = addChannel();
        const link = (address: string) =>
          discord.command(channel, { name: 'transcribe recording', options: { link: address } });
        await says(link('https://127.0.0.1/a.mp3'), /only public https links/);
        await says(link('https://nowhere.invalid/week%20ly.mp3'), /I fetch it/);
        await until('it is shown', () => /week ly\.mp3/.test(shownIn(own(channel)[0]?.components)));
        const { modal } = await discord.command(channel, { name: 'transcribe recording' });
        await says(discord.submit(modal, { link: 'http://example.com/a.mp3' }), /only public https links/);
      }),

      t.test('a message that is deleted', async () => {
        const channel = addChannel();
        const posted = ask(channel, 'deleted.webm');
        await until('a placeholder', () => own(channel)[0]);
        discord.removeMessage(posted.id);
        await meetingIn(channel, 'cancelled');
        await until('it says so', () => /was cancelled/.test(shownIn(own(channel)[0]?.components)));
      }),

      t.test('what is no recording is told to whoever asked, in one sentence', async () => {
        const channel = addChannel();
        const attachments = [
          { name: 'cat.png', contentType: 'image/png', content: Buffer.from('x') },
          { ...webm('empty.webm'), content: Buffer.alloc(0) },
          { ...webm('large.webm'), content: Buffer.alloc(1_001) },
        ];
        discord.post(channel, { author: DISCORD.ben, attachments, mentionsBot: true });
        await told(DISCORD.ben, /“cat\.png” is neither audio nor video/);
        await told(DISCORD.ben, /That file is empty/);
        await told(DISCORD.ben, /larger than allowed/);
        discord.post(channel, { author: DISCORD.ben, mentionsBot: true, content: 'hello?' });
        await told(DISCORD.ben, /I see no recording here/);
        assert.equal(
          store.meetings.list({ limit: 50 }).some(one => one.channel === channel),
          false,
        );
      }),

      t.test('where the guild has no room for another thread, its minutes are answers', async () => {
        discord.limitThreads(0);
        const channel = addChannel();
        ask(channel, 'crowded.webm');
        await until('a placeholder', () => own(channel)[0]);
        await work();
        await meetingIn(channel, 'done');
        assert.equal(own(channel).length, 3);
      }),
    ]);
  });

  test('is taken unasked where the intent is allowed and the channel wants it', async t => {
    const { discord, store, work, press, addChannel, meetingIn, own, told } = await startDiscordWorld(t, {
      fake: QUICK,
      prepare: fake => fake.allowIntents(INTENT.messageContent),
    });
    await work();
    const channel = addChannel();
    discord.post(channel, { attachments: [webm('first.webm')] });
    discord.post(channel, { mentionsBot: true });
    // what comes is dealt with in its order
    await told(DISCORD.anna, /I see no recording here/);
    const manager = { memberPermissions: PERMISSION.manageChannels };
    const shown = await answerOf(discord.command(channel, { name: 'transcribe settings' }));
    const form = await answerOf(press(shown, 'hansard_settings', manager));
    await discord.select(form.id, customIdIn(form, 'set.auto'), ['on'], manager);
    assert.equal(store.meetings.list({ limit: 5 }).length, 0);
    discord.post(channel, { attachments: [webm('second.webm'), { ...webm('cat.png'), contentType: 'image/png' }] });
    // the new address is shown to us, too
    discord.expireLinks();
    assert.equal((await meetingIn(channel, 'done')).title, 'second.webm');
    assert.equal(own(channel).length, 1);
    assert.equal(store.meetings.list({ limit: 5 }).length, 1);
    const threadOfOurs = own(channel)[0]?.id ?? '';
    // a mention that answers a message means its recording
    const old = discord.post(channel, { author: DISCORD.ben, attachments: [webm('third.webm')] });
    discord.post(channel, { replyTo: old.id, mentionsBot: true });
    await until('it is there', () => store.meetings.list({ limit: 5 }).find(one => one.title === 'third.webm'));
    await meetingIn(channel, 'done');
    assert.equal(own(threadOfOurs).length, 2);
    assert.equal(store.meetings.list({ limit: 5 }).length, 2);
    // and in a thread the one from which it began, which stands above it
    const above = addChannel();
    const start = discord.post(above, { author: DISCORD.ben, attachments: [webm('fourth.webm')] });
    const thread = discord.addChannel(start.id, { type: 'thread', parentId: above }).id;
    let downloads = 0;
    discord.misbehaveTransfers(() => (downloads++ === 0 ? { status: 404 } : undefined));
    discord.post(thread, { mentionsBot: true });
    const { title, source } = await meetingIn(above, 'done');
    assert.deepEqual([title, source.uploader], ['fourth.webm', DISCORD.ben]);
    assert.equal(downloads, 2, 'its new address is looked up there');
    assert.equal(own(thread).length, 3);
  });

  test('is not taken unasked where the installation never does', async t => {
    const { discord, store, press } = await startDiscordWorld(t, {
      env: { HANSARD_AUTO_PROCESS: 'off' },
    });
    const manager = { memberPermissions: PERMISSION.manageChannels };
    const shown = await answerOf(discord.command(CHANNEL, { name: 'transcribe settings' }));
    const form = await answerOf(press(shown, 'hansard_settings', manager));
    const choice = discord.select(form.id, customIdIn(form, 'set.auto'), ['on'], manager);
    await says(choice, /only when somebody asks me to \(HANSARD_AUTO_PROCESS=off\)/);
    assert.deepEqual(store.settings.list(), []);
  });

  test('cannot be taken unasked where Discord refuses the intent, and that is a sentence', async t => {
    await assert.rejects(startDiscordWorld(t, { env: { HANSARD_AUTO_PROCESS: 'all' } }), (error: Error) => {
      assert.match('userMessage' in error ? String(error.userMessage) : '', /switch on Message Content Intent/);
      return true;
    });
  });
});

/** As the bot would see it. */
async function lookAt({ discord }: DiscordWorld, channel: string, id: string): Promise<string | undefined> {
  const headers = { authorization: `Bot ${DISCORD.token}` };
  const answer = await fetch(`${discord.apiUrl}/v10/channels/${channel}/messages/${id}`, { headers });
  return await answer.text();
}
