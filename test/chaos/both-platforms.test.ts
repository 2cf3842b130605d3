/** Slack and Discord in one bot, on one queue: the work is done once, and neither holds the other up. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { CHANNEL, type DiscordWorld, type DiscordWorldOptions, startDiscordWorld } from '../builders/discord-world.ts';
import { until } from '../builders/until.ts';
import { BOT, type FakeSlack, startFakeSlack, TOKENS } from '../fakes/slack/start-fake-slack.ts';

const SLACK_CHANNEL = 'C1';
const recording = (name: string) => ({ name, content: Buffer.from(`the sound of ${name}`) });

interface Both extends DiscordWorld {
  slack: FakeSlack;
  postInSlack(name: string): Promise<string>;
  postInDiscord(name: string): string;
  /** Our messages about that one, with and below it. */
  inSlack(ts: string): FakeSlack['messages'];
  /** Whether these are done, by their titles. */
  areDone(...titles: string[]): Promise<unknown>;
}

async function startBoth(
  t: TestContext,
  { prepareSlack, ...options }: DiscordWorldOptions & { prepareSlack?: (slack: FakeSlack) => void } = {},
): Promise<Both> {
  // the bot leaves before Slack does
  const closing: (() => unknown)[] = [];
  const slack = await startFakeSlack({ after: stop => closing.push(stop as () => unknown) });
  slack.addChannel(SLACK_CHANNEL);
  prepareSlack?.(slack);
  const env = { SLACK_BOT_TOKEN: TOKENS.bot, SLACK_APP_TOKEN: TOKENS.app, SLACK_API_URL: slack.apiUrl };
  const starting = startDiscordWorld(t, { ...options, env: { ...env, HANSARD_AUTO_PROCESS: 'all', ...options.env } });
  t.after(async () => {
    for (const close of closing) await close();
  });
  const world = await starting;
  return {
    ...{ ...world, slack },
    async postInSlack(name) {
      const { fileId, ts } = slack.post(SLACK_CHANNEL, recording(name));
      await slack.fileShared(SLACK_CHANNEL, fileId);
      return ts;
    },
    postInDiscord: name => world.discord.post(CHANNEL, { attachments: [recording(name)], mentionsBot: true }).id,
    inSlack: ts => slack.messages.filter(({ threadTs, user }) => threadTs === ts && user === BOT),
    areDone: (...titles) =>
      until(
        `${titles.join(', ')} are done`,
        () => {
          const done = world.store.meetings.list({ states: ['done'], limit: 100 });
          return titles.every(title => done.some(meeting => meeting.title === title));
        },
        90_000,
      ),
  };
}

/** The portal of the fake allows it. */
const allowAll: DiscordWorldOptions['prepare'] = ({ allowIntents }) => allowIntents(1 << 15);

describe('Slack and Discord in one bot', { concurrency: true }, () => {
  test('a recording posted on both is computed once', async t => {
    const both = await startBoth(t, { prepare: allowAll });
    const ts = await both.postInSlack('same.webm');
    both.postInDiscord('same.webm');
    await until('both are accepted', () => both.store.meetings.list({ limit: 5 }).length === 2);
    await both.work();
    await until('both are done', () => both.store.meetings.list({ states: ['done'], limit: 5 }).length === 2, 60_000);
    assert.deepEqual(both.calls.toSorted(), [...new Set(both.calls)].toSorted());
    assert.match(JSON.stringify(both.inSlack(ts)[0]?.blocks), /Made automatically by Hansard/);
    assert.match(JSON.stringify(both.own(CHANNEL)[0]?.components), /Made automatically by Hansard/);
  });

  test('Slack is away, and Discord goes on; afterwards so does Slack', async t => {
    const both = await startBoth(t, { prepare: allowAll });
    await both.work();
    both.slack.misbehave(() => 'error');
    const ts = await both.postInSlack('one.webm');
    for (const name of ['two.webm', 'three.webm', 'four.webm', 'five.webm', 'six.webm']) await both.postInSlack(name);
    both.postInDiscord('meanwhile.webm');
    await both.areDone('meanwhile.webm');
    assert.deepEqual(both.inSlack(ts), []);
    both.slack.misbehave(() => undefined);
    await both.areDone('one.webm', 'six.webm');
  });

  test('Discord is away, and Slack goes on; afterwards so does Discord', async t => {
    const both = await startBoth(t, { prepare: allowAll });
    await both.work();
    both.discord.misbehave(() => 'error');
    for (const name of ['one.webm', 'two.webm', 'three.webm', 'four.webm', 'five.webm', 'six.webm'])
      both.postInDiscord(name);
    both.discord.cut({ resumable: false });
    await both.postInSlack('meanwhile.webm');
    await both.areDone('meanwhile.webm');
    assert.deepEqual(both.own(CHANNEL), []);
    both.discord.misbehave(() => undefined);
    await both.areDone('one.webm', 'six.webm');
  });

  test('Discord does not let the bot in while it starts: Slack works, and Discord when it is there', async t => {
    const both = await startBoth(t, {
      isAway: true,
      prepare: discord => {
        discord.allowIntents(1 << 15);
        discord.cutNewSockets(true);
      },
    });
    await both.work();
    assert.match((await both.problems()).join(' '), /Discord is not connected/);
    await both.postInSlack('meanwhile.webm');
    await both.areDone('meanwhile.webm');
    both.discord.cutNewSockets(false);
    await until('Discord is connected', () => both.discord.identifies.length === 1, 60_000);
    both.postInDiscord('afterwards.webm');
    await both.areDone('afterwards.webm');
  });

  test('Slack does not answer while the bot starts: Discord works', async t => {
    const both = await startBoth(t, { prepare: allowAll, prepareSlack: slack => slack.misbehave(() => 'error') });
    await both.work();
    assert.match((await both.problems()).join(' '), /Slack is not connected/);
    both.postInDiscord('meanwhile.webm');
    await both.areDone('meanwhile.webm');
  });

  test('a token that Discord refuses at the start ends the bot with a sentence that names it', async t => {
    let fake: FakeSlack | undefined;
    await assert.rejects(
      startBoth(t, {
        prepareSlack: slack => {
          fake = slack;
        },
        prepare: discord => discord.revokeToken(),
      }),
      { code: 'token_refused', detail: /^Discord: / },
    );
    await until('Slack is left', () => fake?.socketCount() === 0);
  });

  test('a bot that is stopped while Discord does not let it connect ends', async t => {
    const both = await startBoth(t, {
      isAway: true,
      prepare: ({ cutNewSockets }) => cutNewSockets(true),
    });
    // what keeps it from ending would keep this test from ending
    assert.match((await both.problems()).join(' '), /Discord is not connected/);
  });
});
