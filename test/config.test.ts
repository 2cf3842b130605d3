import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { loadConfig } from '../src/config.ts';
import { makeTemporaryFolder } from './builders/temporary-folder.ts';

const s3 = {
  HANSARD_BLOBS: 's3',
  S3_ENDPOINT: 'http://s3:7070',
  S3_BUCKET: 'hansard',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
};

const discord = { DISCORD_TOKEN: 'the.token_of-a-bot-of-Discord' };

describe('settings', () => {
  test('have defaults, and an empty one counts as unset', () => {
    const config = loadConfig({ HANSARD_DATA: '/data', REDIS_URL: '', HANSARD_HTTP: '' });
    assert.equal(config.dataDir, '/data');
    assert.deepEqual(config.queue, { kind: 'sqlite' });
    assert.deepEqual(config.blobs, { kind: 'disk', dir: '/data/blobs' });
    assert.deepEqual(config.http, { host: '127.0.0.1', port: undefined, token: undefined });
    assert.deepEqual(loadConfig({ HANSARD_HTTP: '[::]:80' }).http, { host: '[::]', port: 80, token: undefined });
  });

  test('an address of Redis is enough to use it, and can be overruled', () => {
    const url = 'redis://:pw@redis:6379';
    assert.deepEqual(loadConfig({ REDIS_URL: url }).queue, { kind: 'bullmq', url });
    assert.deepEqual(loadConfig({ REDIS_URL: url, HANSARD_QUEUE: 'sqlite' }).queue, { kind: 'sqlite' });
  });

  test('of S3 are taken together', () => {
    const settings = {
      endpoint: 'http://s3:7070',
      region: 'us-east-1',
      bucket: 'hansard',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
    };
    assert.deepEqual(loadConfig(s3).blobs, { kind: 's3', settings });
  });

  test('of Slack choose the way to hear it', () => {
    const bot = { SLACK_BOT_TOKEN: 'xoxb-1' };
    const [app, secret] = [{ SLACK_APP_TOKEN: 'xapp-1' }, { SLACK_SIGNING_SECRET: '0123456789abcdef' }];
    const transport = (env: NodeJS.ProcessEnv) => loadConfig({ ...bot, ...env }).slack?.transport;
    const http = { kind: 'http', signingSecret: '0123456789abcdef' };
    assert.deepEqual(transport(app), { kind: 'socket', appToken: 'xapp-1' });
    assert.deepEqual(transport(secret), { ...http, port: 3_000 });
    assert.deepEqual(transport({ ...secret, SLACK_PORT: '8080' }), { ...http, port: 8080 });
    assert.deepEqual(transport({ ...app, ...secret, SLACK_PORT: '' }), { kind: 'socket', appToken: 'xapp-1' });
    assert.deepEqual(transport({ ...app, ...secret, SLACK_PORT: '8080' }), { ...http, port: 8080 });
    assert.equal(loadConfig({ SLACK_PORT: '3000' }).slack, undefined);
  });

  test('of Discord need the token alone, and addresses of this machine may be plain', () => {
    const { DISCORD_TOKEN: token } = discord;
    const ids = { DISCORD_APPLICATION_ID: '1200000000000000001', DISCORD_GUILD_ID: '1200000000000000100' };
    const urls = { DISCORD_API_URL: 'http://127.0.0.1:8080/api/', DISCORD_CDN_URL: 'http://[::1]:8080' };
    const unset = { applicationId: undefined, guildId: undefined, apiUrl: undefined, cdnUrl: undefined };
    assert.deepEqual(loadConfig(discord).discord, { ...unset, token });
    assert.deepEqual(loadConfig({ ...discord, ...ids, ...urls }).discord, {
      ...{ token, applicationId: '1200000000000000001', guildId: '1200000000000000100' },
      ...{ apiUrl: 'http://127.0.0.1:8080/api', cdnUrl: 'http://[::1]:8080' },
    });
    const proxy = 'https://discord.example/api';
    assert.equal(loadConfig({ ...discord, DISCORD_API_URL: proxy }).discord?.apiUrl, proxy);
    assert.equal(loadConfig({ DISCORD_TOKEN: '' }).discord, undefined);
  });

  test('links are taken only where that is set', () => {
    assert.equal(loadConfig({}).links, false);
    assert.equal(loadConfig({ HANSARD_LINKS: 'on' }).links, true);
  });

  test('a secret may come from a file', async t => {
    const file = path.join(await makeTemporaryFolder(t), 'url');
    await fs.writeFile(file, 'redis://redis:6379\n');
    assert.deepEqual(loadConfig({ REDIS_URL_FILE: file }).queue, { kind: 'bullmq', url: 'redis://redis:6379' });
    assert.throws(() => loadConfig({ REDIS_URL_FILE: `${file}-none` }), /REDIS_URL_FILE: .*cannot be read/);
  });

  test('so may all of Slack, Discord and Hansard', async t => {
    const folder = await makeTemporaryFolder(t);
    const secrets = {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_SIGNING_SECRET: '0123456789abcdef',
      ...discord,
      HANSARD_HTTP_TOKEN: 'token of sixteen characters',
      HANSARD_ALERT_SECRET: 'secret of sixteen characters',
    };
    const env: Record<string, string> = { HANSARD_ALERT_URL: 'http://alerts' };
    for (const [name, value] of Object.entries(secrets)) {
      env[`${name}_FILE`] = path.join(folder, name);
      await fs.writeFile(path.join(folder, name), `${value}\n`);
    }
    const { slack, discord: ofDiscord, http, alerts } = loadConfig(env);
    const transport = { kind: 'http', signingSecret: secrets.SLACK_SIGNING_SECRET, port: 3_000 };
    assert.deepEqual(slack, { botToken: 'xoxb-1', transport, apiUrl: undefined });
    assert.equal(ofDiscord?.token, secrets.DISCORD_TOKEN);
    assert.equal(http?.token, secrets.HANSARD_HTTP_TOKEN);
    assert.equal(alerts?.secret, secrets.HANSARD_ALERT_SECRET);
  });

  for (const [env, says] of [
    [{ HANSARD_QUEUE: 'bullmq' }, /HANSARD_QUEUE=bullmq needs REDIS_URL/],
    [{ REDIS_URL: 'localhost' }, /REDIS_URL/],
    [{ ...s3, S3_BUCKET: '' }, /HANSARD_BLOBS=s3 needs S3_BUCKET$/],
    [{ HANSARD_HTTP: 'everywhere' }, /HOST:PORT/],
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, /SLACK_APP_TOKEN \(Socket Mode\) or SLACK_SIGNING_SECRET \(HTTP\)/],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, /needs SLACK_BOT_TOKEN/],
    [{ SLACK_SIGNING_SECRET: '0123456789abcdef' }, /needs SLACK_BOT_TOKEN/],
    [{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_PORT: '80' }, /needs SLACK_SIGNING_SECRET/],
    [{ SLACK_PORT: '65536' }, /SLACK_PORT/],
    [{ DISCORD_TOKEN: 'short' }, /without the word Bot/],
    [{ DISCORD_TOKEN: 'Bot the.token_of-a-bot-of-Discord' }, /without the word Bot/],
    [{ DISCORD_GUILD_ID: '1200000000000000100' }, /needs DISCORD_TOKEN/],
    [{ DISCORD_APPLICATION_ID: '1200000000000000001' }, /needs DISCORD_TOKEN/],
    [{ ...discord, DISCORD_GUILD_ID: 'Team' }, /17 to 20 digits/],
    [{ ...discord, DISCORD_APPLICATION_ID: '123' }, /17 to 20 digits/],
    [{ ...discord, DISCORD_API_URL: 'http://discord.example/api' }, /DISCORD_API_URL: plain http is for/],
    [{ ...discord, DISCORD_CDN_URL: 'http://10.0.0.1' }, /DISCORD_CDN_URL: plain http is for/],
    [{ ...discord, DISCORD_CDN_URL: 'http://127.0.0.1.discord.example' }, /DISCORD_CDN_URL: plain http is for/],
    [{ ...discord, DISCORD_API_URL: 'ftp://127.0.0.1' }, /DISCORD_API_URL/],
    [{ HANSARD_LINKS: 'yes' }, /HANSARD_LINKS/],
    [{ HANSARD_HTTP_TOKEN: 'short' }, /at least 16 characters/],
    [{ HANSARD_DEVICE: 'abacus', LOG_LEVEL: 'loud' }, /HANSARD_DEVICE[\s\S]*LOG_LEVEL|LOG_LEVEL[\s\S]*HANSARD_DEVICE/],
  ] as const)
    test(`refuses ${JSON.stringify(Object.keys(env).at(-1))} with one sentence`, () => {
      assert.throws(() => loadConfig(env), { code: 'invalid_setting', message: says });
    });
});
