/** A bot that is connected to the fake Slack, with workers whose stages do nothing. */
import type { TestContext } from 'node:test';
import { type FakeSlack, startFakeSlack, TOKENS } from '../fakes/slack/start-fake-slack.ts';
import { type ChatWorld, startChatWorld } from './chat-world.ts';
import { createSlackPeople, type SlackPeople } from './slack-people.ts';

export const CHANNEL = 'C1';

export interface SlackWorld extends ChatWorld, SlackPeople {
  slack: FakeSlack;
  /** Our own messages of the thread, without the files. */
  thread(ts: string): FakeSlack['messages'];
}

export async function startSlackWorld(t: TestContext, env: Record<string, string> = {}): Promise<SlackWorld> {
  const { fake: slack, world } = await startChatWorld(t, {
    async open(after) {
      const opened = await startFakeSlack(after);
      opened.addChannel(CHANNEL);
      return opened;
    },
    env: ({ apiUrl }) => ({
      ...{ SLACK_BOT_TOKEN: TOKENS.bot, SLACK_APP_TOKEN: TOKENS.app, SLACK_API_URL: apiUrl },
      ...env,
    }),
  });
  return {
    ...{ ...world, slack, ...createSlackPeople(slack) },
    thread: ts => slack.messages.filter(({ threadTs, files }) => threadTs === ts && files.length === 0),
  };
}
