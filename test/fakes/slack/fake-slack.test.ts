import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CHANNEL, connectApp, startSlack } from './connect-app.ts';
import { tooFast } from './faults.ts';
import { type FakeSlack, TOKENS } from './start-fake-slack.ts';

const recording = { name: 'weekly.webm', content: Buffer.from('0123456789') };

describe('the Web API of the fake', () => {
  test('checks tokens and scopes, and names them', async t => {
    const { slack, call } = await startSlack(t);
    assert.equal((await call('auth.test', {}, 'xoxb-other')).error, 'invalid_auth');
    assert.match(String((await call('auth.test')).scopes), /chat:write.*groups:read/);
    slack.grant(['users:read']);
    const { error, needed, provided } = await call('conversations.history', { channel: CHANNEL });
    assert.deepEqual([error, needed, provided], ['missing_scope', 'channels:history', 'users:read']);
    slack.revokeToken();
    assert.equal((await call('users.info', { user: 'U1' })).error, 'token_revoked');
  });

  test('refuses wrong blocks, closed channels and dead threads', async t => {
    const { slack, call } = await startSlack(t);
    slack.addChannel('C2', true, { isArchived: true });
    const post = (args: object) => call('chat.postMessage', { channel: CHANNEL, text: 'text', ...args });
    const refused = await post({ blocks: [{ type: 'section' }] });
    assert.match(JSON.stringify(refused), /invalid_blocks.*\[ERROR\].*json-pointer:\/blocks\/0/);
    assert.equal((await post({ channel: 'C2' })).error, 'is_archived');
    const ts = slack.say(CHANNEL, 'hello');
    assert.ok((await post({ thread_ts: ts })).ok);
    slack.deleteMessage(CHANNEL, ts);
    assert.equal((await post({ thread_ts: ts })).error, 'thread_not_found');
    assert.equal((await call('conversations.replies', { channel: CHANNEL, ts })).error, 'thread_not_found');
    const own = await post({});
    const edit = { channel: CHANNEL, ts: own.ts, text: 'x'.repeat(4_001) };
    assert.equal((await call('chat.update', edit)).error, 'msg_too_long');
  });

  test('pages through a thread, with metadata and the names of files', async t => {
    const { slack, call } = await startSlack(t);
    const { ts } = slack.post(CHANNEL, recording);
    const metadata = { event_type: 'job', event_payload: { j: '1' } };
    for (const text of ['one', 'two'])
      await call('chat.postMessage', { channel: CHANNEL, thread_ts: ts, text, metadata });
    const ask = (cursor?: unknown) =>
      call('conversations.replies', { channel: CHANNEL, ts, limit: 2, include_all_metadata: true, cursor });
    const first = await ask();
    assert.match(JSON.stringify(first.messages), /weekly\.webm.*"text":"one".*"j":"1"/);
    const { next_cursor: next } = first.response_metadata as { next_cursor: string };
    assert.match(JSON.stringify((await ask(next)).messages), /"text":"two"/);
  });

  test('knows people, channels and their members', async t => {
    const { slack, call } = await startSlack(t);
    slack.people.set('U2', { is_admin: true, profile: { display_name: 'Bo' } });
    slack.creators.set(CHANNEL, 'U2');
    slack.addChannel('C2', true, { members: ['U2'], isPrivate: true });
    assert.match(JSON.stringify(await call('users.info', { user: 'U2' })), /"is_admin":true.*"display_name":"Bo"/);
    assert.match(JSON.stringify(await call('conversations.info', { channel: CHANNEL })), /"creator":"U2"/);
    assert.deepEqual((await call('conversations.members', { channel: 'C2' })).members, ['U2']);
    const types = 'public_channel,private_channel';
    const channelsOf = async (user: string) =>
      JSON.stringify((await call('users.conversations', { user, types })).channels);
    assert.match(await channelsOf('U2'), /C1.*C2/);
    assert.doesNotMatch(await channelsOf('U1'), /C2/);
    const direct = (await call('conversations.open', { users: 'U1' })).channel as { id: string };
    assert.match(direct.id, /^D/);
    assert.ok((await call('chat.postMessage', { channel: direct.id, text: 'hello' })).ok);
  });

  test('notes who posts too fast', async t => {
    const { slack, call } = await startSlack(t);
    for (let n = 0; n < 3; n++) await call('chat.postMessage', { channel: CHANNEL, text: 'a' });
    assert.deepEqual(slack.tooFastIn(), []);
    await call('chat.postMessage', { channel: CHANNEL, text: 'a' });
    assert.deepEqual(slack.tooFastIn(), [CHANNEL]);
    assert.deepEqual(tooFast([0, 0, 0, 1_000, 2_000, 2_100]), [2_100]);
  });
});

describe('a file of the fake', () => {
  const download = (slack: FakeSlack, id: string, headers: Record<string, string> = {}) =>
    fetch(slack.apiUrl.replace('/api/', `/files/${id}`), {
      headers: { authorization: `Bearer ${TOKENS.bot}`, ...headers },
    });

  test('is described, comes in pieces, and can break off', async t => {
    const { slack, call } = await startSlack(t);
    const { fileId, ts } = slack.post(
      CHANNEL,
      { ...recording, durationMs: 5_000 },
      { threadTs: slack.say(CHANNEL, 'hi') },
    );
    const { file } = await call('files.info', { file: fileId });
    assert.match(JSON.stringify(file), new RegExp(`"duration_ms":5000.*"permalink".*"ts":"${ts}","thread_ts"`));
    const part = await download(slack, fileId, { range: 'bytes=4-' });
    assert.deepEqual([part.status, part.headers.get('content-range')], [206, 'bytes 4-9/10']);
    assert.equal(await part.text(), '456789');
    assert.equal(
      await (await download(slack, fileId, { range: 'bytes=4-', 'if-range': '"old"' })).text(),
      '0123456789',
    );
    slack.misbehaveTransfers(() => 'cut');
    await assert.rejects((await download(slack, fileId)).text());
    slack.misbehaveTransfers(() => 'login');
    assert.match(await (await download(slack, fileId)).text(), /^<!DOCTYPE html>/);
  });

  test('shows the sign-in page to whoever may not see it', async t => {
    const { slack } = await startSlack(t);
    slack.addChannel('C2', false);
    const { fileId } = slack.post('C2', recording);
    assert.match((await download(slack, fileId)).headers.get('content-type') ?? '', /html/);
  });

  test('is deleted and unshared by people, and the app hears of it', async t => {
    const { slack, call } = await startSlack(t);
    const { got } = await connectApp(t, call);
    const { fileIds, ts } = await slack.postMany(CHANNEL, [recording, recording], { announce: true });
    await slack.unshareFile(fileIds[0] ?? '', CHANNEL);
    await slack.deleteFile(fileIds[1] ?? '');
    const events = got.map(({ payload }) => (payload.event as { type?: string }).type);
    assert.deepEqual(events, ['file_shared', 'file_shared', 'file_unshared', 'file_deleted']);
    assert.equal((await call('files.info', { file: fileIds[1] })).error, 'file_deleted');
    assert.equal((await call('files.info', { file: 'F0' })).error, 'file_not_found');
    const { messages } = await call('conversations.replies', { channel: CHANNEL, ts });
    assert.match(JSON.stringify(messages), /tombstone/);
  });
});

describe('a call that goes wrong', () => {
  test('is lost after it happened, refused, put off, or never answered', async t => {
    const { slack, call } = await startSlack(t);
    const post = (text: string) => call('chat.postMessage', { channel: CHANNEL, text });
    slack.misbehave(() => 'lost');
    await assert.rejects(post('lost'));
    assert.equal(slack.messages.at(-1)?.text, 'lost');
    slack.misbehave(() => ({ refuse: 'restricted_action' }));
    assert.equal((await post('refused')).error, 'restricted_action');
    slack.misbehave(method => (method === 'chat.postMessage' ? { retryAfter: 1 } : { status: 500 }));
    assert.equal((await post('too much')).error, 'ratelimited');
    await assert.rejects(call('users.info', { user: 'U1' }), SyntaxError);
    slack.misbehave(() => 'hang');
    const hanging = post('hanging').catch(() => 'never');
    assert.equal(await Promise.race([hanging, delay(50, 'waiting')]), 'waiting');
    assert.deepEqual(slack.impatient, ['chat.postMessage']);
    assert.equal(slack.messages.length, 1);
  });

  test('tells where files were shared only after a while', async t => {
    const { slack, call } = await startSlack(t);
    slack.delayShares(50);
    const { fileId } = slack.post(CHANNEL, recording);
    const shares = async () => ((await call('files.info', { file: fileId })).file as { shares: object }).shares;
    assert.deepEqual(await shares(), {});
    await delay(60);
    assert.deepEqual(Object.keys(await shares()), ['public']);
  });
});
