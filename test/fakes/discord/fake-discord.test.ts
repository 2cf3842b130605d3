import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Events, type Message } from 'discord.js';
import { CHANNEL, connectBot } from './connect-bot.ts';
import { DISCORD } from './start-fake-discord.ts';

describe('a bot of discord.js', { concurrency: true }, () => {
  test('logs in, posts, edits, and starts a thread', async t => {
    const { discord, client } = await connectBot(t);
    assert.equal(client.user.id, DISCORD.botUserId);
    const channel = await client.channels.fetch(CHANNEL);
    assert.ok(channel?.isSendable());
    const seen: string[] = [];
    client.on(Events.MessageCreate, (message: Message) => seen.push(message.content));
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
    await assert.rejects(message.startThread({ name: 'Twice' }), /already/);
  });
});
