/** Answers in time: what takes longer than Discord waits is put off, and what comes too late ends nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CHANNEL, says, startDiscordWorld } from '../../builders/discord-world.ts';
import { until } from '../../builders/until.ts';

const SLOW_MS = 2_500;

describe('an interaction of Discord', { concurrency: true }, () => {
  test('whose work takes longer than Discord waits is put off, and answered', async t => {
    let slowMs = 0;
    const { discord, work, ask, own, reaches, press, problems } = await startDiscordWorld(t, { slowMs: () => slowMs });
    await work();
    ask(CHANNEL, 'weekly.webm');
    await reaches('done');
    slowMs = SLOW_MS;
    const [summary] = own(CHANNEL);
    const [pressed, typed] = await Promise.all([
      press(summary, 'hansard_notes'),
      discord.command(CHANNEL, { name: 'transcribe speakers' }),
    ]);
    assert.ok(pressed.isDeferred && typed.isDeferred);
    await says(pressed, /Full notes/);
    await says(typed, /Who is who/);
    assert.equal(pressed.original?.id, summary?.id, 'the message whose button it was stays as it is');
    for (const one of [...pressed.followups, typed.original]) assert.ok(one?.whisperedTo);

    const ended = await press(summary, 'hansard_notes');
    discord.expireTokens();
    const refusedBefore = discord.invalidRequests();
    await until('Discord refuses the answer', () => discord.invalidRequests() > refusedBefore);
    assert.deepEqual(ended.followups, []);
    slowMs = 0;
    assert.deepEqual(await problems(), [], 'a token of an interaction is not ours');
    await says(discord.command(CHANNEL, { name: 'transcribe status' }), /weekly\.webm.* done/);
  });

  test('that Discord no longer waits for ends nothing', async t => {
    const { discord, store } = await startDiscordWorld(t, { fake: { responseLimitMs: 0 } });
    const { expired } = await discord.command(CHANNEL, { name: 'transcribe help' });
    assert.ok(expired);
    const isRefused = () => discord.requests.some(({ route, status }) => /callback/.test(route) && status === 404);
    await until('Discord does not know it any more', isRefused);
    await delay(100);
    discord.post(CHANNEL, { mentionsBot: true, attachments: [{ name: 'a.webm', content: Buffer.from('a') }] });
    await until('it goes on', () => store.meetings.list({ limit: 1 })[0]);
  });
});
