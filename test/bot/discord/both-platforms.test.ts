import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANNEL, startDiscordWorld } from '../../builders/discord-world.ts';
import { until } from '../../builders/until.ts';
import { BOT, startFakeSlack, TOKENS } from '../../fakes/slack/start-fake-slack.ts';

test('a recording that is posted in Slack and in Discord is computed once and answered in both', async t => {
  const content = Buffer.from('the same recording');
  const slack = await startFakeSlack(t);
  slack.addChannel('C1');
  const { discord, own, calls, work, store } = await startDiscordWorld(t, {
    env: { SLACK_BOT_TOKEN: TOKENS.bot, SLACK_APP_TOKEN: TOKENS.app, SLACK_API_URL: slack.apiUrl },
  });
  await slack.connected();
  discord.post(CHANNEL, {
    attachments: [{ name: 'weekly.webm', contentType: 'video/webm', content }],
    mentionsBot: true,
  });
  const { fileId, ts } = slack.post('C1', { name: 'weekly.webm', content });
  await slack.emit({
    ...{ type: 'app_mention', channel: 'C1', user: 'U1', ts, text: `<@${BOT}>`, event_ts: ts },
    files: [{ id: fileId }],
  });
  await work();
  const platforms = await until(
    'both are done',
    () => {
      const done = store.meetings.list({ limit: 5 }).filter(({ state }) => state === 'done');
      return done.length === 2 && done.map(({ platform }) => platform).sort();
    },
    20_000,
  );
  assert.deepEqual(platforms, ['discord', 'slack']);
  assert.equal(own(CHANNEL).length, 1);
  assert.ok(slack.messages.some(({ user, files }) => user === BOT && files.length > 0));
  assert.deepEqual(
    calls.filter(stage => stage === 'transcribe'),
    ['transcribe'],
  );
});
