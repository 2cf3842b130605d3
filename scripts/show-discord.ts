/**
 * Shows what Discord would show: the sample recording goes through a real bot and a real worker, against a server of ours that
 * stands for Discord. Prints the exchange as people read it.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ACTIONS } from '../src/bot/present/present-progress.ts';
import { until } from '../test/builders/until.ts';
import { DISCORD, type FakeMessage, startFakeDiscord } from '../test/fakes/discord/start-fake-discord.ts';
import { nested } from '../test/fakes/discord/validate-components.ts';
import { startServer } from './start-server.ts';

const CHANNEL = DISCORD.channelId;
const LIMIT_MS = 180_000;
const sample = path.join(import.meta.dirname, '..', 'samples', 'standup.webm');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-discord-'));
{
  await using stack = new AsyncDisposableStack();
  stack.defer(() => fs.rmSync(folder, { recursive: true }));
  const discord = await startFakeDiscord({ after: close => stack.defer(close as () => void) });
  const store = await startServer(stack, {
    HANSARD_DATA: folder,
    DISCORD_TOKEN: DISCORD.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_CDN_URL: discord.cdnUrl,
  });
  await discord.connected();

  const startMs = performance.now();
  const say = (line: string) =>
    console.log(`${((performance.now() - startMs) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  const own = () => discord.messages.filter(({ authorId }) => authorId === DISCORD.botUserId);
  const isDone = () => ['done', 'failed'].includes(store.meetings.list({ limit: 1 })[0]?.state ?? '');

  const shown = new Map<string, string>();
  const threads = new Set<string>();
  /** Prints what is new or different since the last time. */
  const look = () => {
    for (const { id, kind, name } of discord.channels.values()) {
      if (kind !== 'thread' || threads.has(id)) continue;
      threads.add(id);
      say(`Hansard opens a thread under its message: “${name}”\n`);
    }
    for (const message of own()) {
      const content = inWords(message);
      if (shown.get(message.id) === content) continue;
      const where = message.channelId === CHANNEL ? '#general' : 'the thread';
      say(`Hansard ${shown.has(message.id) ? 'edits its message' : 'writes'} in ${where}:\n${content}\n`);
      shown.set(message.id, content);
    }
  };
  const watch = async (isSo: () => boolean) => {
    await until(
      'the bot goes on',
      () => {
        look();
        return isSo();
      },
      LIMIT_MS,
    );
    look();
  };

  discord.post(CHANNEL, {
    ...{ content: 'our standup', mentionsBot: true },
    attachments: [{ name: 'standup.webm', contentType: 'video/webm', content: fs.readFileSync(sample) }],
  });
  say('Anna posts standup.webm in #general and mentions the bot.\n');
  await watch(isDone);

  const [summary] = own();
  if (!summary) throw new Error('the bot wrote nothing');
  const customId = (action: string) =>
    nested(summary.components)
      .map(one => String(one.custom_id))
      .find(id => id.startsWith(`${action}:`)) ?? '';
  const before = own().length;
  say('Ben asks in the thread: who writes the failure report?\n');
  discord.post(summary.threadId ?? CHANNEL, {
    ...{ author: DISCORD.ben, content: 'who writes the failure report?', mentionsBot: true },
  });
  await watch(() => own().length > before);

  for (const [who, user, action, label] of [
    ['Anna', DISCORD.anna, ACTIONS.speakers, 'Speakers'],
    ['Chloe', DISCORD.chloe, ACTIONS.fix, 'Fix'],
  ] as const) {
    say(`${who} presses [ ${label} ].`);
    const outcome = await discord.press(summary.id, customId(action), { user });
    const said = await until('there is an answer', () => outcome.original ?? outcome.followups[0] ?? outcome.modal);
    say(`${who} alone reads:\n${inWords(said)}\n`);
  }

  say('Ben ticks off the first action item.\n');
  const menu = nested(summary.components).find(one => one.custom_id === customId(ACTIONS.tick));
  const first = (menu?.options as { value: string }[] | undefined)?.[0]?.value ?? '';
  await discord.select(summary.id, customId(ACTIONS.tick), [first], { user: DISCORD.ben });
  await watch(() => inWords(summary).includes('☑') && isDone());

  say('Chloe types /transcribe status.');
  const status = await discord.command(CHANNEL, { name: 'transcribe status', user: DISCORD.chloe });
  say(`Chloe alone reads:\n${status.original ? inWords(status.original) : 'nothing'}\n`);

  const inThread = own().filter(({ channelId }) => channelId !== CHANNEL).length;
  say(
    `In the end: 1 message in #general, edited ${summary.edits} times; ${inThread} in its thread; ` +
      `${discord.requests.length} requests, of which Discord refused ${discord.invalidRequests()}.`,
  );
}
process.exit();

/** What people read of a message or a dialog, a line each. */
function inWords({ components, attachments = [] }: Pick<FakeMessage, 'components'> & Partial<FakeMessage>): string {
  const lines: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return void value.forEach(walk);
    if (typeof value !== 'object' || value === null) return;
    const {
      content,
      label,
      placeholder,
      options,
      file,
      components: inner,
      component,
      accessory,
    } = value as Record<string, unknown>;
    if (typeof content === 'string') lines.push(...content.split('\n'));
    if (typeof label === 'string') lines.push(`[ ${label} ]`);
    if (typeof placeholder === 'string') lines.push(`( ${placeholder} ▾ )`);
    if (Array.isArray(options)) for (const one of options) lines.push(`    ${String(one.label)}`);
    if (typeof file === 'object') lines.push(String((file as { url: string }).url).replace('attachment://', '📄 '));
    walk([inner, component, accessory].filter(one => one !== undefined));
  };
  walk(components);
  const isListed = (name: string) => lines.some(line => line.endsWith(` ${name}`));
  for (const { name } of attachments) if (!isListed(name)) lines.push(`📄 ${name}`);
  // backslashes, and what keeps words from ringing, are not seen
  return lines
    .map(line => `           ${line.replace(/\\(?=[^a-zA-Z0-9\s])/g, '').replaceAll('\u2060', '')}`)
    .join('\n');
}
