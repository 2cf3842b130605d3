import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { PermissionFlagsBits } from 'discord.js';
import { channelPermissions, guildPermissions } from '../../../src/bot/discord/channel-permissions.ts';
import { examineDiscord } from '../../../src/bot/discord/examine-discord.ts';
import { INVITED_PERMISSIONS } from '../../../src/bot/discord/permissions.ts';
import type { Finding } from '../../../src/bot/finding.ts';
import type { Config, DiscordSettings } from '../../../src/config.ts';
import { DISCORD, INTENT, startFakeDiscord } from '../../fakes/discord/start-fake-discord.ts';

type Findings = Record<string, Finding>;

async function startDiscord(t: TestContext) {
  const discord = await startFakeDiscord(t);
  const examine = async (
    settings: Partial<DiscordSettings> = {},
    { autoProcess = 'opt-in', channel }: { autoProcess?: Config['autoProcess']; channel?: string } = {},
  ): Promise<Findings> => {
    const unset = { applicationId: undefined, guildId: undefined, cdnUrl: undefined };
    const given = { ...unset, token: DISCORD.token, apiUrl: discord.apiUrl, ...settings };
    const findings = await examineDiscord(given, { autoProcess, channel });
    return Object.fromEntries(findings.map(finding => [finding.name, finding]));
  };
  return { discord, examine };
}

const states = (findings: Findings) =>
  Object.fromEntries(Object.values(findings).map(({ name, state }) => [name, state]));
const without = (...names: (keyof typeof PermissionFlagsBits)[]) =>
  INVITED_PERMISSIONS & ~names.reduce((sum, name) => sum | PermissionFlagsBits[name], 0n);

describe('the doctor of Discord', { concurrency: true }, () => {
  test('finds nothing where all is well, and changes nothing', async t => {
    const { discord, examine } = await startDiscord(t);
    const findings = await examine();
    assert.deepEqual(states(findings), {
      Discord: 'ok',
      'Discord gateway': 'ok',
      'Discord Message Content': 'ok',
      'Discord invitation': 'ok',
      'Discord servers': 'ok',
    });
    assert.equal(findings.Discord?.detail, `hansard, application ${DISCORD.applicationId}`);
    assert.equal(findings['Discord gateway']?.detail, 'answers; 999 of 1000 starts are left today');
    assert.equal(findings['Discord servers']?.detail, 'all that is needed in “Team” (1 channel)');
    assert.deepEqual([...new Set(discord.requests.map(({ method }) => method))], ['GET']);
    assert.deepEqual(discord.identifies, [], 'no session was begun');
  });

  test('gives the address by which the bot is invited', async t => {
    const { examine } = await startDiscord(t);
    const url = new URL((await examine())['Discord invitation']?.detail ?? '');
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      client_id: DISCORD.applicationId,
      permissions: '309237763136',
      scope: 'bot applications.commands',
    });
    assert.equal(url.origin + url.pathname, 'https://discord.com/oauth2/authorize');
  });

  test('says where another token comes from, and asks only once with one that is refused', async t => {
    const { discord, examine } = await startDiscord(t);
    const findings = await examine({ token: 'the-token-of-another-bot' }, { channel: DISCORD.channelId });
    assert.deepEqual(states(findings), { Discord: 'broken' });
    assert.match(findings.Discord?.advice ?? '', /Reset Token.*DISCORD_TOKEN/);
    assert.equal(discord.requests.length, 1);
  });

  test('says that Discord is away', async t => {
    const { examine } = await startDiscord(t);
    const findings = await examine({ apiUrl: 'http://127.0.0.1:9/api' });
    assert.deepEqual(states(findings), { Discord: 'broken' });
    assert.match(findings.Discord?.advice ?? '', /check the network/);
  });

  test('finds the id of another application', async t => {
    const { examine } = await startDiscord(t);
    const { Discord } = await examine({ applicationId: '1200000000000000999' });
    assert.equal(Discord?.state, 'broken');
    assert.match(Discord?.detail ?? '', /DISCORD_APPLICATION_ID says 1200000000000000999/);
  });

  test('finds a gateway that does not answer', async t => {
    const { discord, examine } = await startDiscord(t);
    discord.misbehave((_method, route) => (route === '/gateway/bot' ? 'error' : undefined));
    const findings = await examine();
    assert.equal(findings['Discord gateway']?.state, 'broken');
    assert.match(findings['Discord gateway']?.advice ?? '', /check the network/);
    assert.equal(findings['Discord servers']?.state, 'ok');
  });

  for (const [autoProcess, isOn, state, says] of [
    ['off', false, 'ok', /^off, and not used/],
    ['off', true, 'ok', /^on, and not used/],
    ['opt-in', false, 'ok', /^off, so recordings are taken where somebody asks/],
    ['opt-in', true, 'ok', /^on: .* in channels that said so/],
    ['all', false, 'broken', /^off, and HANSARD_AUTO_PROCESS=all needs it.*4014/],
    ['all', true, 'ok', /^on: .* everywhere/],
  ] as const)
    test(`says what Message Content being ${isOn ? 'on' : 'off'} means for HANSARD_AUTO_PROCESS=${autoProcess}`, async t => {
      const { discord, examine } = await startDiscord(t);
      if (isOn) discord.allowIntents(INTENT.messageContent);
      const found = (await examine({}, { autoProcess }))['Discord Message Content'];
      assert.equal(found?.state, state);
      assert.match(found?.detail ?? '', says);
    });
});

describe('the doctor of the servers in Discord', { concurrency: true }, () => {
  const TEAM = 'Discord server “Team”';

  test('names what is missing where, a permission each and not a line per channel', async t => {
    const { discord, examine } = await startDiscord(t);
    for (let n = 0; n < 200; n++)
      discord.addChannel(`13000000000000${1_000 + n}`, {
        ...{ name: `many-${n}`, permissions: without('CreatePublicThreads') },
      });
    discord.addChannel('1310000000000000001', { name: 'texts', permissions: without('AttachFiles') });
    discord.addChannel('1310000000000000002', { name: 'board', permissions: 0 });
    const findings = await examine();
    assert.deepEqual(Object.keys(findings).slice(4), [TEAM]);
    assert.equal(findings[TEAM]?.state, 'limited');
    assert.equal(
      findings[TEAM]?.detail,
      'without Attach Files in #texts; without Create Public Threads in #many-0, #many-1, #many-2 and 197 more; ' +
        '1 channel cannot be seen',
    );
    assert.match(findings[TEAM]?.advice ?? '', /^Where minutes are wanted: Edit Channel → Permissions/);
  });

  test('takes a channel that is not shown to us for one that is none of our business', async t => {
    const { discord, examine } = await startDiscord(t);
    discord.addChannel('1310000000000000002', { permissions: 0 });
    const found = (await examine())['Discord servers'];
    assert.equal(found?.detail, 'all that is needed in “Team” (1 channel; 1 channel cannot be seen)');
  });

  test('asks of a forum and of a voice channel no threads of our own', async t => {
    const { discord, examine } = await startDiscord(t);
    for (const [n, type] of (['forum', 'voice'] as const).entries())
      discord.addChannel(`131000000000000000${n}`, { type, permissions: without('CreatePublicThreads') });
    assert.equal((await examine())['Discord servers']?.state, 'ok');
  });

  test('finds a server in which nothing can be posted', async t => {
    const { discord, examine } = await startDiscord(t);
    discord.addGuild('1200000000000000101', 'Quiet');
    discord.addMember(DISCORD.botUserId, { guildId: '1200000000000000101' });
    discord.addChannel('1310000000000000001', {
      ...{ guildId: '1200000000000000101', name: 'rules', permissions: without('SendMessages', 'AttachFiles') },
    });
    const findings = await examine();
    const quiet = findings['Discord server “Quiet”'];
    assert.equal(quiet?.state, 'broken');
    assert.equal(quiet?.detail, 'without Send Messages in #rules; without Attach Files in #rules');
    assert.equal(findings['Discord servers']?.detail, 'all that is needed in “Team” (1 channel)');
  });

  test('finds a server that does not let us look', async t => {
    const { discord, examine } = await startDiscord(t);
    discord.misbehave((_method, route) => (route.endsWith('/roles') ? { status: 403, code: 50_001 } : undefined));
    assert.equal((await examine())[TEAM]?.state, 'broken');
  });
});

describe('the doctor who posts in Discord', { concurrency: true }, () => {
  test('takes away again what it posted', async t => {
    const { discord, examine } = await startDiscord(t);
    const findings = await examine({}, { channel: DISCORD.channelId });
    assert.equal(findings['Discord message']?.detail, `posted in ${DISCORD.channelId} and taken away again`);
    assert.equal(findings['Discord file']?.state, 'ok');
    const changes = discord.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);
    assert.deepEqual(changes, ['POST', 'DELETE', 'POST', 'DELETE']);
    assert.deepEqual(discord.messages, []);
  });

  test('posts in a thread as well', async t => {
    const { discord, examine } = await startDiscord(t);
    discord.addChannel('1310000000000000001', { type: 'thread', parentId: DISCORD.channelId });
    const findings = await examine({}, { channel: '1310000000000000001' });
    assert.equal(findings['Discord file']?.state, 'ok');
    assert.deepEqual(discord.messages, []);
  });

  for (const [what, channel, permissions, advice] of [
    ['a channel where it may not write', DISCORD.channelId, without('SendMessages'), /Edit Channel → Permissions/],
    ['a channel that it does not see', DISCORD.channelId, 0n, /Edit Channel → Permissions/],
    ['a channel that is not there', '1310000000000000009', INVITED_PERMISSIONS, /Copy Channel ID/],
  ] as const)
    test(`says what to do about ${what}`, async t => {
      const { discord, examine } = await startDiscord(t);
      discord.addChannel(DISCORD.channelId, { permissions });
      const findings = await examine({}, { channel });
      for (const name of ['Discord message', 'Discord file']) {
        assert.equal(findings[name]?.state, 'broken');
        assert.match(findings[name]?.advice ?? '', advice);
      }
    });

  test('says that nobody posts in a forum itself', async t => {
    const { discord, examine } = await startDiscord(t);
    discord.addChannel('1310000000000000001', { type: 'forum' });
    const findings = await examine({}, { channel: '1310000000000000001' });
    assert.match(findings['Discord message']?.advice ?? '', /the id of a text channel or of a thread/);
  });

  test('says that files are refused where they are', async t => {
    const { discord, examine } = await startDiscord(t);
    discord.addChannel(DISCORD.channelId, { permissions: without('AttachFiles') });
    const findings = await examine({}, { channel: DISCORD.channelId });
    assert.equal(findings['Discord message']?.state, 'ok');
    assert.equal(findings['Discord file']?.state, 'broken');
  });
});

describe('permissions in a channel of Discord', () => {
  const [guildId, userId, [reader, writer]] = ['1', '2', ['3', '4'] as const];
  const { ViewChannel, SendMessages, Administrator } = PermissionFlagsBits;
  const overwrite = (id: string, type: 0 | 1, { allow = 0n, deny = 0n }) => ({
    ...{ id, type, allow: String(allow), deny: String(deny) },
  });
  const us = { guildId, userId, roles: [reader, writer] };

  test('of a guild are those of everybody and of our roles', () => {
    const roles = [
      { id: guildId, permissions: String(ViewChannel) },
      { id: writer, permissions: String(SendMessages) },
      { id: '9', permissions: String(Administrator) },
    ];
    assert.equal(guildPermissions(us, roles), ViewChannel | SendMessages);
    assert.equal(guildPermissions({ ...us, roles: [] }, roles), ViewChannel);
  });

  test('an administrator has all, whatever a channel denies', () => {
    const all = guildPermissions(us, [{ id: reader, permissions: String(Administrator) }]);
    const denied = [overwrite(userId, 1, { deny: SendMessages })];
    assert.notEqual(channelPermissions(us, all, denied) & SendMessages, 0n);
  });

  for (const [what, overwrites, expected] of [
    ['what everybody is denied', [overwrite(guildId, 0, { deny: SendMessages })], ViewChannel],
    [
      'a role that is allowed it again',
      [overwrite(guildId, 0, { deny: SendMessages }), overwrite(writer, 0, { allow: SendMessages })],
      ViewChannel | SendMessages,
    ],
    [
      'two roles of which one allows',
      [overwrite(writer, 0, { allow: SendMessages }), overwrite(reader, 0, { deny: SendMessages })],
      ViewChannel | SendMessages,
    ],
    [
      'the bot itself, which comes last',
      [overwrite(userId, 1, { deny: SendMessages }), overwrite(writer, 0, { allow: SendMessages })],
      ViewChannel,
    ],
    ['the role of others', [overwrite('9', 0, { deny: ViewChannel })], ViewChannel | SendMessages],
    ['a member with the id of a role', [overwrite(writer, 1, { deny: ViewChannel })], ViewChannel | SendMessages],
  ] as const)
    test(`keep to ${what}`, () => {
      assert.equal(channelPermissions(us, ViewChannel | SendMessages, [...overwrites]), expected);
    });
});
