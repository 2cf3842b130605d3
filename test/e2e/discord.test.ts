/** The whole of it, as a user would run it: `hansard start`, real models, the sample recording, and a server that stands for Discord. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createProgram } from '../builders/program.ts';
import { until } from '../builders/until.ts';
import { DISCORD, startFakeDiscord } from '../fakes/discord/start-fake-discord.ts';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'standup.webm');
const CHANNEL = DISCORD.channelId;

test('a recording with a mention becomes one message and its thread, and a question about it is answered', async t => {
  const discord = await startFakeDiscord(t);
  const program = createProgram(t);
  const secret = path.join(program.folder, 'token');
  fs.writeFileSync(secret, `${DISCORD.token}\n`);
  program.start(['start'], {
    DISCORD_TOKEN_FILE: secret,
    DISCORD_GUILD_ID: DISCORD.guildId,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_CDN_URL: discord.cdnUrl,
    HANSARD_HTTP: 'off',
    LOG_LEVEL: 'silent',
  });
  await discord.connected();
  const posted = discord.post(CHANNEL, {
    mentionsBot: true,
    attachments: [{ name: 'standup.webm', contentType: 'video/webm', content: fs.readFileSync(sample) }],
  });
  const postedAtMs = Date.now();
  const own = (channelId: string) =>
    discord.messages.filter(one => one.channelId === channelId && one.authorId === DISCORD.botUserId);
  const summary = await until('there is a placeholder', () => own(CHANNEL)[0]);
  t.diagnostic(`the placeholder came ${Date.now() - postedAtMs} ms after the message`);
  assert.equal(summary.messageReference?.messageId, posted.id);
  const inThread = () => own(summary.threadId ?? 'none');
  await until('the files are there', () => inThread().some(({ attachments }) => attachments.length > 0), 120_000);

  assert.deepEqual(own(CHANNEL), [summary]);
  const read = ({ components } = summary) => JSON.stringify(components).replaceAll('\\\\', '');
  assert.match(read(), /3 speakers.*\[00:52\].*We launch with the old battery.*\[00:21\] SPEAKER_01: Write up/);
  const threads = [...discord.channels.values()].filter(({ kind }) => kind === 'thread');
  assert.deepEqual(
    threads.map(({ id, parentId }) => [id, parentId]),
    [[summary.id, CHANNEL]],
  );
  const files = inThread().flatMap(({ attachments }) => attachments.map(({ name }) => name));
  assert.deepEqual(files, [
    ...['minutes.html', 'summary.md', 'transcript.md', 'transcript.vtt', 'transcript.srt'],
    ...['actions.csv', 'actions.ics', 'summary.json', 'transcript.json'],
  ]);
  const [notes] = inThread();
  assert.match(read(notes), /Full notes|Decisions/);
  const everything = discord.messages.filter(({ authorId }) => authorId === DISCORD.botUserId);
  assert.equal(everything.length, 1 + inThread().length, 'nothing anywhere else');
  assert.deepEqual(discord.whispers, []);

  const before = inThread().length;
  discord.post(summary.id, { author: DISCORD.ben, content: 'who writes the failure report?', mentionsBot: true });
  await until('there is an answer', () => inThread().length > before);
  assert.match(read(inThread().at(-1)), /SPEAKER_01.*I'll write up the failure report/);
  assert.deepEqual(discord.impatient, []);
  assert.equal(discord.invalidRequests(), 0);
  assert.equal(discord.commands.puts, 1);
});
