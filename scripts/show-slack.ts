/**
 * Shows what Slack would show: the sample recording goes through a real bot and a real worker, against a server of ours that
 * stands for Slack. Prints the exchange; the blocks of the last state go to slack-blocks.json, for Block Kit Builder.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../test/builders/until.ts';
import { BOT, startFakeSlack, TOKENS } from '../test/fakes/slack/start-fake-slack.ts';
import { startServer } from './start-server.ts';

const CHANNEL = 'C1';
const LOOK_MS = 250;
const sample = path.join(import.meta.dirname, '..', 'samples', 'standup.webm');
const target = 'slack-blocks.json';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-slack-'));
{
  await using stack = new AsyncDisposableStack();
  stack.defer(() => fs.rmSync(folder, { recursive: true }));
  const slack = await startFakeSlack({ after: close => stack.defer(close as () => void) });
  slack.addChannel(CHANNEL);
  const store = await startServer(stack, {
    HANSARD_DATA: folder,
    SLACK_BOT_TOKEN: TOKENS.bot,
    SLACK_APP_TOKEN: TOKENS.app,
    SLACK_API_URL: slack.apiUrl,
  });

  const { fileId, ts } = slack.post(CHANNEL, { name: 'standup.webm', content: fs.readFileSync(sample) });
  console.log('Anna posts standup.webm in the channel and mentions the bot.');
  await slack.emit({
    type: 'app_mention',
    channel: CHANNEL,
    user: 'U1',
    ts,
    text: '<@UBOT>',
    event_ts: ts,
    files: [{ id: fileId }],
  });
  const shown = new Map<string, string>();
  for (let isDone = false; !isDone; ) {
    await delay(LOOK_MS);
    isDone = ['done', 'failed'].includes(store.meetings.list({ limit: 1 })[0]?.state ?? '');
    for (const message of slack.messages.filter(({ user }) => user === BOT)) {
      const content =
        message.files.length > 0 ? message.files.map(id => slack.files.get(id)?.name).join(', ') : message.text;
      if (shown.get(message.ts) === content) continue;
      console.log(
        `${shown.has(message.ts) ? '  edited' : '  posted'} in the thread: ${content.replaceAll('\u2060', '')}`,
      );
      shown.set(message.ts, content);
    }
  }
  const own = () => slack.messages.filter(({ user }) => user === BOT);
  const [summary] = own();
  console.log(`\nThe summary:\n${inWords(summary?.blocks)}\n`);
  console.log(`In the end: ${own().length} messages (summary, notes, files), ${slack.calls.length} calls.\n`);

  const question = 'who writes the failure report?';
  console.log(`Ben asks in the thread: ${question}`);
  await slack.mention(CHANNEL, `<@${BOT}> ${question}`, { threadTs: ts, user: 'U2' });
  await until('there is an answer', () => own().length > 3);
  console.log(`  posted in the thread:\n${inWords(own().at(-1)?.blocks)}\n`);

  console.log('Ben ticks off the first action item.');
  const [box] = JSON.stringify(summary?.blocks).match(/[0-9a-f-]{36}\.A1\.[0-9a-f]{6}/) ?? [];
  if (summary && box) await slack.act(summary, { id: 'hansard_tick', chosen: [box] }, 'U2');
  await until('the summary says so', () => /initial_options/.test(JSON.stringify(summary?.blocks)), 30_000);
  await until('all is said', () => store.meetings.list({ limit: 1 })[0]?.state === 'done', 30_000);
  console.log('  edited in the thread: the summary and the notes; the files are replaced.');
  fs.writeFileSync(target, `${JSON.stringify({ blocks: summary?.blocks ?? [] }, null, 2)}\n`);
  console.log(`The blocks of the summary are in ${target}.`);
}
process.exit();

/** What people read of blocks, a line each. */
function inWords(blocks: unknown): string {
  const lines: string[] = [];
  const walk = (value: unknown, line: string[]): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, line);
    else if (typeof value === 'object' && value !== null) {
      const { type, text } = value as { type?: string; text?: unknown };
      if (typeof text === 'string') line.push(text);
      const isLine = /^(header|context|rich_text_section|section|button)$/.test(type ?? '') || 'description' in value;
      const own = isLine ? [] : line;
      for (const [key, inner] of Object.entries(value)) if (key !== 'confirm') walk(inner, own);
      if (isLine && own.length > 0) lines.push(type === 'button' ? `  [ ${own.join(' ')} ]` : `  ${own.join(' ')}`);
    }
  };
  walk(blocks, lines);
  return lines.join('\n').replaceAll('\u2060', '');
}
