/** What was posted while Discord could not reach us. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHANNEL, type DiscordWorld, startDiscordWorld } from '../../builders/discord-world.ts';
import { until } from '../../builders/until.ts';
import { DISCORD } from '../../fakes/discord/start-fake-discord.ts';

const recording = (name: string) => ({ name, contentType: 'audio/ogg', content: Buffer.from(name) });
const DIRECT = '1200000000000000401';
/** Between two sessions of an app lie five seconds. */
const PATIENCE_MS = 40_000;

const titles = ({ store }: Pick<DiscordWorld, 'store'>) =>
  store.meetings
    .list({ limit: 100 })
    .map(({ title }) => title)
    .toSorted();
const reads = ({ discord }: Pick<DiscordWorld, 'discord'>, channel: string) =>
  discord.requests.filter(({ method, path }) => method === 'GET' && path === `/channels/${channel}/messages`);

describe('what was posted while Discord could not reach us', { concurrency: true }, () => {
  test('is looked for until Discord lets us look', async t => {
    const world = await startDiscordWorld(t);
    const { discord, store } = world;
    let refusals = 3;
    discord.misbehave((method, route) =>
      method === 'GET' && route === '/channels/:id/messages' && refusals-- > 0 ? 'error' : undefined,
    );
    discord.cut({ resumable: false });
    discord.post(CHANNEL, { attachments: [recording('missed.ogg')], mentionsBot: true });
    await until('it is found', () => store.meetings.list({ limit: 1 }).length === 1, PATIENCE_MS);
    assert.ok(refusals < 0);
  });

  test('is found behind more messages than one look shows', async t => {
    const world = await startDiscordWorld(t);
    const { discord, store } = world;
    discord.cut({ resumable: false });
    for (let n = 0; n < 250; n++) discord.post(CHANNEL, { content: `${n}` });
    discord.post(CHANNEL, { attachments: [recording('late.ogg')], mentionsBot: true });
    await until('it is found', () => store.meetings.list({ limit: 1 }).length === 1, PATIENCE_MS);
    assert.equal(reads(world, CHANNEL).length, 3);
  });

  test('is found in direct messages of whoever gave us something before, and nobody is told twice', async t => {
    const world = await startDiscordWorld(t, {
      prepare: ({ addChannel }) => void addChannel(DIRECT, { type: 'dm', recipientId: DISCORD.anna }),
    });
    const { discord, store } = world;
    discord.post(DIRECT, { attachments: [recording('before.ogg')] });
    await until('the first is there', () => store.meetings.list({ limit: 1 }).length === 1);
    discord.cut({ resumable: false });
    discord.post(DIRECT, { attachments: [recording('missed.ogg')] });
    await until('it is found', () => titles(world).length === 2, PATIENCE_MS);
    assert.deepEqual(titles(world), ['before.ogg', 'missed.ogg']);
  });

  test('a channel into which we may not look is not asked again and again', async t => {
    const SHUT = '1200000000000000777';
    const world = await startDiscordWorld(t, { prepare: ({ addChannel }) => void addChannel(SHUT) });
    const { discord, store } = world;
    discord.misbehave((method, route) =>
      method === 'GET' && route === '/channels/:id/messages' ? { status: 403, code: 50_001 } : undefined,
    );
    for (let n = 1; n <= 2; n++) {
      discord.post(SHUT, { content: 'hello' });
      discord.cut({ resumable: false });
      await until('a new session', () => discord.identifies.length === n + 1, PATIENCE_MS);
    }
    discord.post(CHANNEL, { attachments: [recording('heard.ogg')], mentionsBot: true });
    await until('it hears again', () => store.meetings.list({ limit: 1 }).length === 1, PATIENCE_MS);
    assert.equal(reads(world, SHUT).length, 1);
  });

  test('what was cancelled before a restart stays so', async t => {
    const world = await startDiscordWorld(t);
    const { discord, store } = world;
    discord.post(CHANNEL, { attachments: [recording('cancelled.ogg')], mentionsBot: true });
    const meeting = await until('it is there', () => store.meetings.list({ limit: 1 })[0]);
    store.outbox.put({ topic: 'cancel', meetingId: meeting.id, payload: { who: `discord:${DISCORD.anna}` } });
    await until('it is cancelled', () => store.meetings.get(meeting.id).state === 'cancelled');
    await world.restartBot();
    // whatever comes now comes after what was looked up
    await until('the bot looked', () => reads(world, CHANNEL).length > 0);
    discord.post(CHANNEL, { attachments: [recording('next.ogg')], mentionsBot: true });
    await until('the next is there', () => titles(world).length === 2);
    assert.equal(store.meetings.get(meeting.id).state, 'cancelled');
    assert.deepEqual(
      discord.messages.filter(({ channelId }) => discord.channels.get(channelId)?.kind === 'dm'),
      [],
    );
  });
});

describe('the connection to Discord', { concurrency: true }, () => {
  test('of a bot that stopped while it connected does not come back', async t => {
    const world = await startDiscordWorld(t);
    const { discord } = world;
    discord.cut({ resumable: false });
    await world.restartBot();
    const sessions = discord.identifies.length;
    // a recording is heard once, by the one that is there
    discord.post(CHANNEL, { attachments: [recording('heard.ogg')], mentionsBot: true });
    await until('it is heard', () => world.store.meetings.list({ limit: 1 }).length === 1);
    assert.equal(discord.socketCount(), 1);
    assert.equal(discord.identifies.length, sessions);
  });

  test('is not given up for a token of an interaction that has expired', async t => {
    const world = await startDiscordWorld(t);
    const { discord, store } = world;
    discord.misbehave((_method, route) =>
      route.endsWith('/callback') ? { status: 401, code: 50_027, message: 'Invalid Webhook Token' } : undefined,
    );
    await discord.command(CHANNEL, { name: 'transcribe help' });
    discord.misbehave(() => undefined);
    assert.deepEqual(await world.problems(), []);
    discord.post(CHANNEL, { attachments: [recording('after.ogg')], mentionsBot: true });
    await until('it goes on', () => world.own(CHANNEL).length === 1);
    assert.equal(store.meetings.list({ limit: 5 }).length, 1);
  });

  test('waits for an hour when Discord wants that, without asking in between', async t => {
    const world = await startDiscordWorld(t);
    const { discord, own } = world;
    let asked = 0;
    discord.misbehave((method, route) => {
      if (method !== 'POST' || route !== '/channels/:id/messages') return undefined;
      asked += 1;
      return { retryAfter: 3_600 };
    });
    discord.post(CHANNEL, { attachments: [recording('patient.ogg')], mentionsBot: true });
    await until('it is asked to wait', () => asked > 0);
    await world.restartBot();
    discord.misbehave(() => undefined);
    await until('a bot that was not asked to wait posts', () => own(CHANNEL).length === 1);
    assert.equal(asked, 1);
  });
});
