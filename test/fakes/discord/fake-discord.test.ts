import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Events, type Message } from 'discord.js';
import { until } from '../../builders/until.ts';
import { CHANNEL, codeOf, connectBot, startDiscord } from './connect-bot.ts';
import { DISCORD, INTENT } from './start-fake-discord.ts';

const recording = { name: 'weekly.ogg', content: Buffer.from('0123456789') };
const MESSAGES = `/channels/${CHANNEL}/messages` as const;
const OTHER = '1200000000000000301';

describe('a bot of discord.js', { concurrency: true }, () => {
  test('logs in, posts, edits, and starts a thread', async t => {
    const { discord, client } = await connectBot(t);
    assert.equal(client.user.id, DISCORD.botUserId);
    const channel = await client.channels.fetch(CHANNEL);
    assert.ok(channel?.isSendable());
    const message = await channel.send('hello');
    await message.edit('hello again');
    const thread = await message.startThread({ name: 'Notes' });
    assert.equal(thread.id, message.id);
    await thread.send({ content: 'here', files: [{ attachment: Buffer.from('x'), name: 'notes.md' }] });
    assert.deepEqual(
      discord.messages.map(({ content, edits, attachments }) => [content, edits, attachments.map(({ name }) => name)]),
      [
        ['hello again', 1, []],
        ['here', 0, ['notes.md']],
      ],
    );
    assert.equal(
      await codeOf(client.rest.post(`${MESSAGES}/${message.id}/threads`, { body: { name: 'Twice' } })),
      160004,
    );
  });

  test('hears what people write, and reads it where it may', async t => {
    const { discord, client } = await connectBot(t);
    const heard: string[] = [];
    client.on(Events.MessageCreate, (message: Message) => heard.push(`${message.content}|${message.attachments.size}`));
    discord.addChannel(OTHER, { type: 'dm', recipientId: DISCORD.ben });
    const post = { content: 'secret', attachments: [recording] };
    const { id } = discord.post(CHANNEL, post);
    discord.post(CHANNEL, { ...post, mentionsBot: true });
    discord.post(OTHER, { ...post, author: DISCORD.ben });
    await until('all is heard', () => heard.length === 3);
    assert.deepEqual(heard, ['|0', `<@${DISCORD.botUserId}> secret|1`, 'secret|1']);
    assert.match(JSON.stringify(await client.rest.get(`${MESSAGES}/${id}`)), /"content":""/);
    discord.allowIntents(INTENT.messageContent);
    assert.match(JSON.stringify(await client.rest.get(`${MESSAGES}/${id}`)), /"content":"secret"/);
  });

  test('is told of intents that are not switched on', async t => {
    const { discord } = await startDiscord(t);
    await assert.rejects(connectBot(t, { intents: [INTENT.messageContent] }), /disallowed intents/i);
    assert.equal(discord.identifies.length, 0);
  });

  test('takes up its session after a cut, and misses nothing', async t => {
    const { discord, client } = await connectBot(t);
    const heard: string[] = [];
    // discord.js keeps what it has heard before to itself
    client.on(Events.Raw, ({ t: name, d }) => name === 'MESSAGE_CREATE' && heard.push(d.id));
    discord.cut();
    const { id } = discord.post(CHANNEL, { content: 'meanwhile' });
    await until('it is heard', () => heard.length > 0);
    assert.deepEqual([heard, discord.resumes.length, discord.identifies.length], [[id], 1, 1]);
    discord.duplicateEvents(2);
    discord.askToReconnect();
    const next = discord.post(CHANNEL, { content: 'twice' });
    await until('it is heard twice', () => heard.length === 3);
    assert.deepEqual(heard.slice(1), [next.id, next.id]);
    await until('the session is taken up', () => discord.resumes.length === 2);
    discord.dropEvents(name => name === 'MESSAGE_CREATE');
    discord.post(CHANNEL, { content: 'never' });
    discord.dropEvents(() => false);
    discord.duplicateEvents(1);
    const last = discord.post(CHANNEL, { content: 'last' });
    await until('the last is heard', () => heard.includes(last.id));
    assert.equal(heard.length, 4);
  });

  test('begins a new session where the old one is gone', async t => {
    const { discord, client } = await connectBot(t);
    let heard = 0;
    client.on(Events.MessageCreate, () => heard++);
    discord.cut({ resumable: false });
    discord.post(CHANNEL, { content: 'lost' });
    await until('a second session', () => discord.identifies.length === 2);
    discord.post(CHANNEL, { content: 'there' });
    await until('it is heard', () => heard > 0);
    assert.deepEqual([heard, discord.resumes.length], [1, 0]);
  });

  test('is cut off when it sends no heartbeats, and leaves when they are not acknowledged', async t => {
    const { discord } = await connectBot(t, { heartbeatMs: 200 });
    discord.ignoreHeartbeats(true);
    await until('it comes again', () => discord.resumes.length > 0);
    const silent = new WebSocket(`${discord.cdnUrl.replace('http', 'ws')}/gateway?v=10&encoding=json`);
    const closed = await new Promise(resolve => silent.addEventListener('close', ({ code }) => resolve(code)));
    assert.equal(closed, 4009);
  });

  test('waits as long as it is told to', async t => {
    const { discord, rest } = await startDiscord(t, { messageWindowMs: 400 });
    for (let n = 0; n < 7; n++) await rest.post(MESSAGES, { body: { content: `${n}` } });
    discord.misbehave(method => (method === 'PATCH' ? { retryAfter: 0.2 } : undefined));
    const edit = rest.patch(`${MESSAGES}/${discord.messages[0]?.id}`, { body: { content: 'edited' } });
    await until('it is put off', () => discord.invalidRequests() === 1);
    discord.misbehave(() => undefined);
    await edit;
    assert.deepEqual([discord.impatient, discord.messages.length, discord.messages[0]?.content], [[], 7, 'edited']);
  });

  test('is caught when it does not wait', async t => {
    const { discord } = await startDiscord(t, { messageWindowMs: 5_000 });
    const post = () =>
      fetch(`${discord.apiUrl}/v10${MESSAGES}`, {
        ...{ method: 'POST', body: JSON.stringify({ content: 'x' }) },
        headers: { authorization: `Bot ${DISCORD.token}`, 'content-type': 'application/json' },
      });
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(post));
    const refused = answers.find(({ status }) => status === 429);
    assert.ok(Number(Object(await refused?.json()).retry_after) > 0);
    await until('it is noted', async () => (await post()) && discord.impatient.length > 0);
    assert.equal(discord.messages.length, 5);
  });
});
