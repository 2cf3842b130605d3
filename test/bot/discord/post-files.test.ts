import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { REST } from 'discord.js';
import { pino } from 'pino';
import { createDiscord, restOptions } from '../../../src/bot/discord/call-discord.ts';
import { createDiscordMessenger } from '../../../src/bot/discord/messenger.ts';
import { createDiscordFiles } from '../../../src/bot/discord/post-files.ts';
import { CHANNEL, shownIn } from '../../builders/discord-world.ts';
import { acceptMeeting, temporaryStore } from '../../builders/meeting-store.ts';
import { DISCORD, startFakeDiscord } from '../../fakes/discord/start-fake-discord.ts';

const MOST_BYTES = 2_000;

async function startFiles(t: TestContext) {
  const fake = await startFakeDiscord(t);
  fake.limitFiles(MOST_BYTES);
  const { store } = temporaryStore(t);
  const rest = new REST(restOptions(fake.apiUrl)).setToken(DISCORD.token);
  t.after(() => {
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  });
  const messenger = createDiscordMessenger(createDiscord(rest, pino({ level: 'silent' })), store);
  const files = createDiscordFiles(messenger, store, MOST_BYTES);
  const meeting = acceptMeeting(store, {
    ...{ platform: 'discord', channel: CHANNEL },
    source: { kind: 'discord', channel: CHANNEL, name: 'weekly.webm' },
  });
  const context = { signal: AbortSignal.any([]), confirm: async () => {} };
  const post = (all: { name: string; content: Buffer }[]) =>
    files.post(meeting, 'files', '1', { channel: CHANNEL, threadId: undefined }, all, context);
  return { fake, post };
}

describe('files in Discord', { concurrency: true }, () => {
  test('that are too large are compressed, and named where that is not enough', async t => {
    const { fake, post } = await startFiles(t);
    const text = Buffer.from('what was said, again and again. '.repeat(1_000));
    const files = [
      { name: 'minutes.html', content: Buffer.from('<p>') },
      { name: 'transcript.json', content: text },
      { name: 'voice at 00-01.wav', content: randomBytes(100) },
      { name: 'noise.bin', content: randomBytes(MOST_BYTES + 1) },
    ];
    await post(files);
    await post(files);
    const [message, ...more] = fake.messages;
    assert.deepEqual(more, [], 'once');
    const names = message?.attachments.map(({ name }) => name);
    assert.deepEqual(names, ['minutes.html', 'transcript.json.gz', 'voice_at_00-01.wav']);
    assert.deepEqual(gunzipSync(message?.attachments[1]?.content ?? ''), text);
    assert.match(shownIn(message?.components), /noise\.bin is too large for Discord/);
  });

  test('of which none can be sent are named all the same', async t => {
    const { fake, post } = await startFiles(t);
    await post([{ name: 'noise.bin', content: randomBytes(MOST_BYTES + 1) }]);
    assert.match(shownIn(fake.messages[0]?.components), /noise\.bin is too large for Discord/);
  });

  test('are as many messages as it takes, of ten each', async t => {
    const { fake, post } = await startFiles(t);
    await post(Array.from({ length: 12 }, (_, i) => ({ name: `${i}.txt`, content: Buffer.from(`${i}`) })));
    assert.deepEqual(
      fake.messages.map(({ attachments }) => attachments.length),
      [10, 2],
    );
    assert.match(shownIn(fake.messages[1]?.components), /Files, continued/);
  });
});
