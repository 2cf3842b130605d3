import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHANNEL, codeOf, startDiscord } from './connect-bot.ts';
import { DISCORD } from './start-fake-discord.ts';

const recording = { name: 'weekly.ogg', content: Buffer.from('0123456789') };
const MESSAGES = `/channels/${CHANNEL}/messages` as const;
const OTHER = '1200000000000000301';

const idOf = (answer: unknown): string => String(Object(answer).id);

describe('REST', { concurrency: true }, () => {
  test('knows a nonce for a while', async t => {
    const { discord, rest } = await startDiscord(t);
    const body = { content: 'once', nonce: 'a-nonce', enforce_nonce: true };
    const post = async () => idOf(await rest.post(MESSAGES, { body }));
    const first = await post();
    assert.equal(await post(), first);
    discord.forgetNonces();
    assert.notEqual(await post(), first);
    assert.equal(await codeOf(rest.post(MESSAGES, { body: { ...body, nonce: 'n'.repeat(26) } })), 50035);
  });

  test('checks tokens, permissions and whose message it is', async t => {
    const { discord, rest } = await startDiscord(t);
    discord.addChannel(OTHER, { permissions: 1 << 10 });
    const inOther = (more = {}) => rest.post(`/channels/${OTHER}/messages`, { body: { content: 'x' }, ...more });
    assert.equal(await codeOf(inOther()), 50013);
    discord.addChannel(OTHER, { permissions: 0 });
    assert.equal(await codeOf(inOther()), 50001);
    discord.addChannel(OTHER, { permissions: (1 << 10) | (1 << 11) });
    assert.equal(await codeOf(inOther()), 'done');
    assert.equal(await codeOf(inOther({ files: [{ name: 'a', data: 'x' }] })), 50013);
    assert.equal(await codeOf(inOther({ body: { embeds: [{ title: 'x' }] } })), 50013);
    assert.equal(await codeOf(rest.get('/channels/1200000000000000777')), 10003);
    const { id } = discord.post(CHANNEL, { content: 'mine' });
    assert.equal(await codeOf(rest.patch(`${MESSAGES}/${id}`, { body: { content: 'x' } })), 50005);
    assert.equal(await codeOf(rest.delete(`${MESSAGES}/${id}`)), 50013);
    assert.equal(await codeOf(rest.get(`${MESSAGES}/1200000000000000777`)), 10008);
    discord.revokeToken();
    assert.equal(await codeOf(rest.get('/users/@me')), 0);
  });

  test('starts threads and posts of a forum, and wakes those that sleep', async t => {
    const { discord, rest } = await startDiscord(t);
    discord.addChannel(OTHER, { type: 'forum', name: 'meetings' });
    const body = { name: 'Weekly', message: { content: 'minutes' } };
    const post = idOf(await rest.post(`/channels/${OTHER}/threads`, { body }));
    assert.deepEqual(
      discord.messages.map(({ id, content }) => [id, content]),
      [[post, 'minutes']],
    );
    assert.equal(await codeOf(rest.post(`/channels/${OTHER}/messages`, { body: { content: 'x' } })), 50008);
    const thread = discord.channels.get(post);
    assert.ok(thread);
    thread.isArchived = true;
    await rest.post(`/channels/${post}/messages`, { body: { content: 'awake' } });
    assert.equal(thread.isArchived, false);
    thread.isLocked = true;
    assert.equal(await codeOf(rest.post(`/channels/${post}/messages`, { body: { content: 'x' } })), 160005);
    discord.limitThreads(1);
    const { id } = discord.post(CHANNEL, { content: 'start' });
    assert.equal(await codeOf(rest.post(`${MESSAGES}/${id}/threads`, { body: { name: 'Notes' } })), 160006);
  });

  test('takes files, keeps those that an edit names, and refuses those that are too large', async t => {
    const { discord, rest } = await startDiscord(t);
    const files = ['a', 'b'].map(name => ({ name: `${name}.txt`, data: name }));
    await rest.post(MESSAGES, { body: { content: '' }, files });
    const [message] = discord.messages;
    assert.deepEqual(
      message?.attachments.map(({ name, content }) => [name, String(content)]),
      [
        ['a.txt', 'a'],
        ['b.txt', 'b'],
      ],
    );
    const edit = { attachments: [{ id: message?.attachments[1]?.id }, { id: 0, description: 'third' }] };
    await rest.patch(`${MESSAGES}/${message?.id}`, { body: edit, files: [{ name: 'c.txt', data: 'c' }] });
    assert.deepEqual(
      message?.attachments.map(({ name, description }) => [name, description]),
      [
        ['b.txt', undefined],
        ['c.txt', 'third'],
      ],
    );
    discord.limitFiles(10);
    assert.equal(await codeOf(rest.post(MESSAGES, { files: [{ name: 'd.txt', data: 'x'.repeat(11) }] })), 40005);
  });

  test('pages through messages', async t => {
    const { discord, rest } = await startDiscord(t);
    const [a, b, c] = ['a', 'b', 'c'].map(content => discord.post(CHANNEL, { content, mentionsBot: true }).id);
    const list = async (query: string) =>
      Array.from(Object(await rest.get(`${MESSAGES}`, { query: new URLSearchParams(query) })), idOf);
    assert.deepEqual(await list('limit=2'), [c, b]);
    assert.deepEqual(await list(`before=${b}`), [a]);
    assert.deepEqual(await list(`after=${a}&limit=1`), [b]);
    assert.deepEqual(await list(`around=${b}&limit=3`), [c, b, a]);
  });

  test('notes whom a message rings for', async t => {
    const { discord, rest } = await startDiscord(t);
    const content = `<@${DISCORD.anna}> @everyone`;
    await rest.post(MESSAGES, { body: { content } });
    assert.deepEqual(discord.messages[0]?.pings, { users: [DISCORD.anna], roles: [], everyone: true });
    const reply = { message_reference: { message_id: discord.post(CHANNEL, { author: DISCORD.ben }).id } };
    await rest.post(MESSAGES, { body: { content, ...reply, allowed_mentions: { parse: [] } } });
    assert.deepEqual(discord.messages[2]?.pings, { users: [], roles: [], everyone: false });
    await rest.post(MESSAGES, { body: { content: 'x', ...reply } });
    assert.deepEqual(discord.messages[3]?.pings.users, [DISCORD.ben]);
  });

  test('opens direct messages, which some people do not take', async t => {
    const { discord, rest } = await startDiscord(t);
    const say = async (id: string) => {
      const direct = idOf(await rest.post('/users/@me/channels', { body: { recipient_id: id } }));
      return await codeOf(rest.post(`/channels/${direct}/messages`, { body: { content: 'hello' } }));
    };
    assert.equal(await say(DISCORD.ben), 'done');
    discord.addUser(DISCORD.chloe, { name: 'chloe', takesDirectMessages: false });
    assert.equal(await say(DISCORD.chloe), 50007);
  });

  test('is lost after it happened, refused, or never answered', async t => {
    const { discord, rest } = await startDiscord(t);
    const post = (content: string) => rest.post(MESSAGES, { body: { content } });
    discord.misbehave((method, route) =>
      method === 'POST' && route === '/channels/:id/messages' ? 'lost' : undefined,
    );
    await assert.rejects(post('lost'));
    assert.equal(discord.messages.at(-1)?.content, 'lost');
    discord.misbehave(() => 'error');
    await assert.rejects(post('error'), /Service Unavailable/);
    discord.misbehave(() => ({ status: 403, code: 50013 }));
    assert.equal(await codeOf(post('refused')), 50013);
    assert.equal(discord.messages.length, 1);
  });
});

test('a link to a file ends, and fetching the message gives another', async t => {
  const { discord, rest } = await startDiscord(t);
  const { id } = discord.post(CHANNEL, { mentionsBot: true, attachments: [recording] });
  const link = async () => String(Object(await rest.get(`${MESSAGES}/${id}`)).attachments[0].url);
  const old = await link();
  const part = await fetch(old, { headers: { range: 'bytes=2-4' } });
  assert.deepEqual([part.status, await part.text()], [206, '234']);
  discord.expireLinks();
  const ended = await fetch(old);
  assert.deepEqual([ended.status, await ended.text()], [404, 'This content is no longer available.']);
  assert.equal(await (await fetch(await link())).text(), '0123456789');
  discord.misbehaveTransfers((_, name) => (name === 'weekly.ogg' ? 'cut' : undefined));
  await assert.rejects(async () => await (await fetch(await link())).text());
});
