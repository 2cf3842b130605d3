import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { PermissionFlagsBits, PermissionsBitField, REST } from 'discord.js';
import { pino } from 'pino';
import { buildManifests } from '../../../scripts/write-manifests.ts';
import { createDiscord, restOptions } from '../../../src/bot/discord/call-discord.ts';
import { COMMANDS } from '../../../src/bot/discord/command-definitions.ts';
import { INVITED_PERMISSIONS, NEEDED, namesOf, WANTED } from '../../../src/bot/discord/permissions.ts';
import { registerCommands } from '../../../src/bot/discord/register-commands.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { DISCORD, startFakeDiscord } from '../../fakes/discord/start-fake-discord.ts';
import { validateCommands } from '../../fakes/discord/validate-commands.ts';

const MANIFESTS = path.join(import.meta.dirname, '..', '..', '..', 'manifests');
const { applicationId, guildId } = DISCORD;

describe('the commands for Discord', () => {
  test('in the manifest are those of the code (else: node scripts/write-manifests.ts)', () => {
    for (const [name, content] of buildManifests())
      assert.equal(fs.readFileSync(path.join(MANIFESTS, name), 'utf8'), content, name);
  });

  test('keep what Discord asks of them', () => {
    const manifest: unknown = JSON.parse(fs.readFileSync(path.join(MANIFESTS, 'discord-commands.json'), 'utf8'));
    assert.deepEqual(validateCommands(manifest), []);
    const [transcribe] = COMMANDS;
    assert.notDeepEqual(validateCommands([{ ...transcribe, name: 'Transcribe!' }]), [], 'the check can fail');
  });

  test('are one with subcommands and an entry in the menu of messages', () => {
    const [transcribe, summarise, ...more] = COMMANDS;
    assert.deepEqual(more, []);
    assert.equal(summarise?.name, 'Summarise recording');
    assert.deepEqual(transcribe && 'options' in transcribe && transcribe.options.map(({ name }) => name), [
      'recording',
      'status',
      'cancel',
      'retry',
      'speakers',
      'search',
      'settings',
      'voice',
      'forget',
      'help',
    ]);
  });
});

describe('registering the commands', () => {
  async function start(t: TestContext) {
    const discord = await startFakeDiscord(t);
    const file = path.join(await makeTemporaryFolder(t), 'discord.commands');
    const rest = new REST(restOptions(discord.apiUrl)).setToken(DISCORD.token);
    t.after(() => {
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    });
    const caller = createDiscord(rest, pino({ level: 'silent' }));
    const register = (guild?: string) => registerCommands(caller, { applicationId, guildId: guild, file });
    return { discord, file, register };
  }

  test('happens once, and again only when they have changed', async t => {
    const { discord, file, register } = await start(t);
    assert.equal(await register(), true);
    assert.equal(discord.commands.puts, 1);
    assert.deepEqual(
      discord.commands.all.map(({ name, guildId: where }) => [name, where]),
      COMMANDS.map(({ name }) => [name, undefined]),
    );
    assert.equal(await register(), false);
    assert.equal(discord.commands.puts, 1);
    fs.writeFileSync(file, 'what another version registered');
    assert.equal(await register(), true);
    assert.equal(await register(), false);
    assert.equal(discord.commands.puts, 2);
  });

  test('of one server takes back those of all, so that nobody sees them twice', async t => {
    const { discord, register } = await start(t);
    const places = () => [...new Set(discord.commands.all.map(({ guildId: where }) => where))];
    await register();
    assert.equal(await register(guildId), true);
    assert.deepEqual(places(), [guildId]);
    assert.equal(await register(guildId), false);
    assert.equal(await register(), true);
    assert.deepEqual(places(), [undefined]);
  });

  test('does not stop at a server that we have left', async t => {
    const { discord, register } = await start(t);
    await register(guildId);
    discord.misbehave((_method, route) => (route.includes('/guilds/') ? { status: 403, code: 50_001 } : undefined));
    assert.equal(await register(), true);
    assert.equal(await register(), false);
  });

  test('that Discord refuses is tried again the next time', async t => {
    const { discord, file, register } = await start(t);
    discord.misbehave(method => (method === 'PUT' ? 'error' : undefined));
    await assert.rejects(register(), { code: 'platform_unavailable' });
    assert.equal(fs.existsSync(file), false);
    discord.misbehave(() => undefined);
    assert.equal(await register(), true);
  });
});

describe('the permissions for Discord', () => {
  test('are the number of the invitation, and nothing that manages or mentions everyone', () => {
    assert.equal(INVITED_PERMISSIONS, 309_237_763_136n);
    const names = new PermissionsBitField(INVITED_PERMISSIONS).toArray();
    assert.equal(names.length, Object.keys({ ...NEEDED, ...WANTED }).length);
    assert.deepEqual(
      names.filter(name => /^(Manage|Mention|Administrator|Moderate)/.test(name)),
      [],
    );
  });

  test('have the names that the settings of a channel show', () => {
    const missing = PermissionFlagsBits.AttachFiles | PermissionFlagsBits.SendMessagesInThreads;
    assert.deepEqual(namesOf(missing), ['Attach Files', 'Send Messages in Threads']);
    assert.deepEqual(namesOf(0n), []);
  });
});
