/** The whole of it, as a user would run it: `hansard start`, real models, the sample recording, and a server that stands for Slack. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createProgram } from '../builders/program.ts';
import { until } from '../builders/until.ts';
import { BOT, startFakeSlack, TOKENS } from '../fakes/slack/start-fake-slack.ts';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'standup.webm');
const CHANNEL = 'C1';

test('a recording in a channel becomes a thread, and a question about it is answered', async t => {
  const slack = await startFakeSlack(t);
  slack.addChannel(CHANNEL);
  const program = createProgram(t);
  const secret = path.join(program.folder, 'token');
  fs.writeFileSync(secret, `${TOKENS.bot}\n`);
  program.start(['start'], {
    SLACK_BOT_TOKEN_FILE: secret,
    SLACK_APP_TOKEN: TOKENS.app,
    SLACK_API_URL: slack.apiUrl,
    HANSARD_AUTO_PROCESS: 'all',
    HANSARD_HTTP: 'off',
    LOG_LEVEL: 'silent',
  });
  await slack.connected();
  const { fileId, ts } = slack.post(CHANNEL, { name: 'standup.webm', content: fs.readFileSync(sample) });
  const postedAtMs = Date.now();
  await slack.fileShared(CHANNEL, fileId);
  const own = () => slack.messages.filter(({ user }) => user === BOT);
  await until('there is a placeholder', () => own().length > 0, 10_000);
  t.diagnostic(`the placeholder came ${Date.now() - postedAtMs} ms after the event`);
  await until('the files are there', () => own().some(({ files }) => files.length > 0), 120_000);
  const [summary, notes, withFiles, ...more] = own();
  assert.deepEqual(more, []);
  assert.deepEqual(
    [summary, notes, withFiles].map(message => message?.threadTs),
    [ts, ts, ts],
  );
  const read = (message: typeof summary) => JSON.stringify(message?.blocks).replaceAll('\u2060', '');
  assert.match(read(summary), /3 speakers.*\[00:52\].*We launch with the old battery.*\[00:21\] SPEAKER_01: Write up/);
  assert.match(read(notes), /"type":"container".*Decisions \(1\)/);
  assert.deepEqual(
    withFiles?.files.map(id => slack.files.get(id)?.name),
    [
      ...['minutes.html', 'summary.md', 'transcript.md', 'transcript.vtt', 'transcript.srt'],
      ...['actions.csv', 'actions.ics', 'summary.json', 'transcript.json'],
    ],
  );
  assert.deepEqual(slack.whispers, []);
  await slack.mention(CHANNEL, `<@${BOT}> who writes the failure report?`, { threadTs: ts, user: 'U2' });
  await until('there is an answer', () => own().length > 3);
  assert.match(read(own().at(-1)), /SPEAKER_01: .*I'll write up the failure report/);
});
