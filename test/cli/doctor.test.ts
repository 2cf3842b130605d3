import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Finding } from '../../src/bot/finding.ts';
import { doctorCommand, examine, type Patient, presentFindings } from '../../src/cli/doctor.ts';
import { loadConfig } from '../../src/config.ts';
import { HansardError } from '../../src/errors.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';

const config = loadConfig({ HANSARD_DATA: '/data', HANSARD_SUMMARY_MODEL: 'qwen3:4b' });

const healthy: Patient = {
  nodeVersion: '24.21.0',
  ffmpegVersion: async () => '7.1',
  runs: async () => {},
  models: async () => [{ name: 'silero-vad', state: 'ok', files: [] }],
  device: async () => ({ device: 'cpu', reason: 'The CPU was asked for.' }),
  assertWritable: async () => {},
  disk: async () => ({ freeBytes: 50e9, totalBytes: 100e9 }),
  availableMemoryBytes: 8e9,
  redis: async () => [],
  s3: async () => [],
  slack: async () => [{ name: 'Slack', state: 'ok', detail: 'hansard in Acme', advice: '' }],
  discord: async () => [{ name: 'Discord', state: 'ok', detail: 'Hansard, application 1', advice: '' }],
  languageModel: async () => ({ isReady: true, model: 'qwen3:4b', contextTokens: 262_144, warnings: [] }),
};

async function findingOn(name: string, illness: Partial<Patient>): Promise<Finding> {
  const findings = await examine(config, { ...healthy, ...illness });
  const others = findings.filter(finding => finding.name !== name);
  assert.ok(
    others.every(({ state }) => state === 'ok'),
    'only what is ill is reported',
  );
  const finding = findings.find(candidate => candidate.name === name);
  assert.ok(finding);
  return finding;
}

describe('the doctor of a server', () => {
  const server = loadConfig({
    ...{
      HANSARD_DATA: '/data',
      HANSARD_SUMMARY_MODEL: 'qwen3:4b',
      REDIS_URL: 'redis://redis:6379',
      HANSARD_BLOBS: 's3',
    },
    ...{ S3_ENDPOINT: 'http://s3:7070', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'k', S3_SECRET_ACCESS_KEY: 's' },
    ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', DISCORD_TOKEN: 'a.token_of-Discord.long-enough' },
  });
  const states = async (illness: Partial<Patient>) => {
    const findings = await examine(server, { ...healthy, ...illness });
    return Object.fromEntries(findings.slice(9).map(({ name, state, detail }) => [name, `${state}: ${detail}`]));
  };

  test('asks Redis, S3, Slack and Discord where they are set', async () => {
    const well = 'ok: answers, and is set up well';
    const chats = { Slack: 'ok: hansard in Acme', Discord: 'ok: Hansard, application 1' };
    assert.deepEqual(await states({}), { Redis: well, S3: well, ...chats });
  });

  test('says what is wrong with them', async () => {
    const found = await states({
      redis: async () => ['Redis keeps no append-only file, so a crash loses jobs: set appendonly yes.'],
      s3: async () => ['There is no bucket b at http://s3:7070. Create it.'],
      slack: () => Promise.reject(new HansardError('token_refused', 'auth.test: invalid_auth')),
      discord: () => Promise.reject(new HansardError('token_refused', 'who am I: 0 401: Unauthorized')),
    });
    assert.match(found.Redis ?? '', /^broken: Redis keeps no append-only file/);
    assert.match(found.S3 ?? '', /^broken: There is no bucket/);
    assert.match(found.Slack ?? '', /^broken: auth\.test: invalid_auth/);
    assert.match(found.Discord ?? '', /^broken: who am I: 0 401/);
  });

  test('tells each thing that Slack has to say', async () => {
    const scopes: Finding = {
      name: 'Slack scopes',
      state: 'limited',
      detail: 'without im:write',
      advice: 'Reinstall.',
    };
    const found = await states({ slack: async () => [...(await healthy.slack()), scopes] });
    assert.equal(found.Slack, 'ok: hansard in Acme');
    assert.equal(found['Slack scopes'], 'limited: without im:write');
  });

  for (const [option, channel, settings, says] of [
    ['--slack-channel', 'general', server, /expected an id such as C0123456789/],
    ['--slack-channel', 'C1', config, /needs SLACK_BOT_TOKEN/],
    ['--discord-channel', 'general', server, /expected an id of 17 to 20 digits/],
    ['--discord-channel', '1200000000000000300', config, /needs DISCORD_TOKEN/],
  ] as const)
    test(`posts nothing with ${option} ${channel}${settings === server ? '' : ' where no token is set'}`, async () => {
      const command = doctorCommand(() => ({ config: settings }));
      const run = command.parseAsync([option, channel], { from: 'user' });
      await assert.rejects(run, { code: 'invalid_usage', message: says });
    });
});

describe('the doctor', () => {
  test('finds nothing where all is well', async () => {
    const findings = await examine(config, healthy);
    assert.deepEqual([...new Set(findings.map(({ state }) => state))], ['ok']);
    assert.equal(findings.length, 9);
  });

  const illnesses: { what: string; name: string; illness: Partial<Patient>; state: string; advice: RegExp }[] = [
    { what: 'an old Node', name: 'Node', illness: { nodeVersion: '20.20.2' }, state: 'broken', advice: /npm ci/ },
    {
      what: 'ffmpeg missing',
      name: 'ffmpeg',
      illness: { ffmpegVersion: () => Promise.reject(new HansardError('ffmpeg_missing', 'no program ffmpeg')) },
      state: 'broken',
      advice: /apt-get install -y ffmpeg/,
    },
    {
      what: 'prlimit missing',
      name: 'limits on ffmpeg',
      illness: { runs: program => (program === 'prlimit' ? Promise.reject(new Error('ENOENT')) : Promise.resolve()) },
      state: 'limited',
      advice: /util-linux/,
    },
    {
      what: 'a damaged model',
      name: 'models',
      illness: { models: async () => [{ name: 'campplus', state: 'damaged', files: [] }] },
      state: 'broken',
      advice: /npx hansard models pull campplus/,
    },
    {
      what: 'a model folder that cannot be read',
      name: 'models',
      illness: { models: () => Promise.reject(new HansardError('models_unwritable', 'EACCES')) },
      state: 'broken',
      advice: /HANSARD_MODELS/,
    },
    {
      what: 'a GPU that was asked for and is not there',
      name: 'device',
      illness: { device: () => Promise.reject(new HansardError('device_unavailable', 'cuda:0: no GPU')) },
      state: 'broken',
      advice: /HANSARD_DEVICE=auto/,
    },
    {
      what: 'a data folder that cannot be written',
      name: 'data folder',
      illness: { assertWritable: () => Promise.reject(new Error('EACCES')) },
      state: 'broken',
      advice: /HANSARD_DATA/,
    },
    {
      what: 'a disk with little space',
      name: 'disk',
      illness: { disk: async () => ({ freeBytes: 1.9e9, totalBytes: 4e9 }) },
      state: 'broken',
      advice: /2\.0 GB and 10 %/,
    },
    {
      what: 'a large disk that is almost full',
      name: 'disk',
      illness: { disk: async () => ({ freeBytes: 50e9, totalBytes: 1000e9 }) },
      state: 'broken',
      advice: /free some space/,
    },
    {
      what: 'little memory',
      name: 'memory',
      illness: { availableMemoryBytes: 1e9 },
      state: 'limited',
      advice: /HANSARD_PROCESSES=1/,
    },
    {
      what: 'no language model',
      name: 'language model',
      illness: { languageModel: async () => ({ isReady: false, reason: 'No Ollama answers at http://nowhere.' }) },
      state: 'limited',
      advice: /summaries are extractive/,
    },
    {
      what: 'a server of language models that is too old',
      name: 'language model',
      illness: {
        languageModel: async () => ({ isReady: true, model: 'm', contextTokens: 1, warnings: ['Update it to 0.32.'] }),
      },
      state: 'limited',
      advice: /Update it/,
    },
  ];
  for (const { what, name, illness, state, advice } of illnesses) {
    test(`finds ${what} and says what to do`, async () => {
      const finding = await findingOn(name, illness);
      assert.equal(finding.state, state);
      assert.match(finding.advice, advice);
    });
  }

  test('reads the glossary where one is set', async t => {
    const file = path.join(await makeTemporaryFolder(t), 'terms.txt');
    const find = async () =>
      (await examine({ ...config, glossaryFile: file }, healthy)).find(one => one.name === 'glossary');
    assert.deepEqual([(await find())?.state, /cannot be read/.test((await find())?.detail ?? '')], ['broken', true]);
    fs.writeFileSync(file, 'Kubernetes: cooper netties');
    assert.deepEqual(await find(), {
      name: 'glossary',
      state: 'ok',
      detail: `${file}, terms and spellings: 1`,
      advice: '',
    });
  });

  test('prints a line for each finding and the advice under it', () => {
    const findings: Finding[] = [
      { name: 'Node', state: 'ok', detail: '24.21.0', advice: '' },
      { name: 'ffmpeg', state: 'broken', detail: 'no program ffmpeg', advice: 'Type: this' },
    ];
    assert.equal(
      presentFindings(findings),
      'ok       Node: 24.21.0\nBROKEN   ffmpeg: no program ffmpeg\n         Type: this\n',
    );
  });
});
