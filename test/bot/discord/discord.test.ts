import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHANNEL, startDiscordWorld } from '../../builders/discord-world.ts';
import { until } from '../../builders/until.ts';
import { DISCORD } from '../../fakes/discord/start-fake-discord.ts';

const RECORDING = { name: 'weekly.webm', contentType: 'video/webm', content: Buffer.from('weekly.webm') };

describe('a recording in Discord', { concurrency: true }, () => {
  test('becomes one message, a thread with notes and files, and nothing else', async t => {
    const { discord, reaches, work, own } = await startDiscordWorld(t);
    const posted = discord.post(CHANNEL, { attachments: [RECORDING], mentionsBot: true });
    await until('a placeholder', () => own(CHANNEL)[0]);
    await work();
    await reaches('done');
    const [summary, ...more] = own(CHANNEL);
    assert.equal(more.length, 0);
    assert.equal(summary?.messageReference?.messageId, posted.id);
    assert.match(JSON.stringify(summary?.components), /No action items/);
    const thread = own(summary?.id ?? '');
    assert.equal(summary?.threadId, summary?.id);
    assert.match(JSON.stringify(thread[0]?.components), /Full notes/);
    const files = thread.flatMap(({ attachments }) => attachments.map(({ name }) => name));
    assert.deepEqual(files.slice(0, 3), ['minutes.html', 'summary.md', 'transcript.md']);
    assert.deepEqual(discord.impatient, []);
    for (const { pings } of discord.messages.filter(({ authorId }) => authorId === DISCORD.botUserId))
      assert.deepEqual(pings, { users: [], roles: [], everyone: false });
  });
});
