/** What is wrong around the server is said in one sentence, at the start or in /readyz; nothing is lost. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { freePort } from '../builders/free-port.ts';
import { createProgram, type Program } from '../builders/program.ts';
import { until } from '../builders/until.ts';
import { noRedis, startRedis } from '../fakes/redis-server.ts';
import { noS3, startS3 } from '../fakes/s3-server.ts';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'standup.webm');

/** The end of a bot that cannot start. */
async function refuse(program: Program, env: Record<string, string>): Promise<{ status: number | null; says: string }> {
  const { status, stderr } = await program.run(['bot'], { HANSARD_HTTP: 'off', LOG_LEVEL: 'silent', ...env });
  assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
  return { status, says: stderr };
}

async function startBot(program: Program, env: Record<string, string>) {
  const port = await freePort();
  const { child } = program.start(['bot'], { LOG_LEVEL: 'silent', ...env, HANSARD_HTTP: `127.0.0.1:${port}` });
  const ask = async (): Promise<{ ready: boolean; problems: string[] } | undefined> =>
    await fetch(`http://127.0.0.1:${port}/readyz`).then(
      response => response.json() as Promise<{ ready: boolean; problems: string[] }>,
      () => undefined,
    );
  await until('the bot answers', ask, 20_000);
  return { child, ask };
}

describe('a database', () => {
  test('that is damaged is told, and left as it is', async t => {
    const program = createProgram(t);
    const data = path.join(program.folder, 'data');
    fs.mkdirSync(data);
    fs.writeFileSync(path.join(data, 'hansard.db'), 'this was a database once, and now it is a poem of sorts');
    const { status, says } = await refuse(program, {});
    assert.equal(status, 3);
    assert.match(says, /^The database is damaged\. Stop Hansard, put the latest backup in its place/);
    assert.match(fs.readFileSync(path.join(data, 'hansard.db'), 'utf8'), /a poem of sorts/);
  });

  test('of a newer version is told', async t => {
    const program = createProgram(t);
    const data = path.join(program.folder, 'data');
    fs.mkdirSync(data);
    const db = new DatabaseSync(path.join(data, 'hansard.db'));
    db.exec('PRAGMA user_version = 999');
    db.close();
    const { status, says } = await refuse(program, {});
    assert.equal(status, 3);
    assert.match(says, /^The database was written by a newer Hansard\./);
  });

  test('in a folder that cannot be made is told', async t => {
    const { status, says } = await refuse(createProgram(t), { HANSARD_DATA: '/proc/hansard' });
    assert.equal(status, 3);
    assert.match(says, /^The data folder cannot be written\./);
  });
});

describe('Redis', { skip: noRedis }, () => {
  test('that refuses the password is told', async t => {
    const program = createProgram(t);
    const { port } = await startRedis(t, program.folder);
    const { status, says } = await refuse(program, { REDIS_URL: `redis://:wrong@127.0.0.1:${port}` });
    assert.equal(status, 2);
    assert.match(says, /refuses the password or user in REDIS_URL/);
    assert.doesNotMatch(says, /wrong@/);
  });

  for (const [name, value] of [
    ['appendonly', 'no'],
    ['maxmemory-policy', 'allkeys-lru'],
  ] as const)
    test(`with ${name} ${value} may lose jobs, and is refused`, async t => {
      const program = createProgram(t);
      const { url } = await startRedis(t, program.folder, { [name]: value });
      const { status, says } = await refuse(program, { REDIS_URL: url });
      assert.equal(status, 3);
      assert.match(
        says,
        /^Redis is set up so that it may lose jobs\. Set appendonly yes and maxmemory-policy noeviction\./,
      );
    });

  test('that is away does not keep the bot from starting, which says so and takes recordings all the same', async t => {
    const program = createProgram(t);
    const redis = await startRedis(t, program.folder);
    await redis.kill();
    const env = { REDIS_URL: redis.url };
    const { ask } = await startBot(program, env);
    const away = await ask();
    assert.equal(away?.ready, false);
    assert.match(away?.problems.join() ?? '', /^Redis at 127\.0\.0\.1:\d+ does not answer/);
    const submitted = await program.run(['submit', sample], env);
    assert.equal(submitted.status, 0, submitted.stderr);
    const id = submitted.stdout.split(' ')[0] ?? '';
    await redis.start();
    await until('the bot is ready', async () => (await ask())?.ready, 20_000);
    await until(
      'the job is there',
      async () => (await program.run(['jobs', 'list'], env)).stdout.includes(`decode.${id}`),
      45_000,
    );
  });
});

describe('S3', { skip: noS3 }, () => {
  test('that refuses, or is away, is told by /readyz, and a recording is not taken for nothing', async t => {
    const program = createProgram(t);
    const server = await startS3(t, program.folder);
    const { settings } = server;
    const env = {
      HANSARD_BLOBS: 's3',
      S3_ENDPOINT: settings.endpoint,
      S3_BUCKET: settings.bucket,
      S3_ACCESS_KEY_ID: settings.accessKeyId,
      S3_SECRET_ACCESS_KEY: 'wrong',
    };
    const refused = await startBot(program, env);
    assert.match((await refused.ask())?.problems.join() ?? '', /^The store of recordings refuses access\./);
    const submitted = await program.run(['submit', sample], env);
    assert.equal(submitted.status, 3);
    assert.match(submitted.stderr, /^The store of recordings refuses access\./);
    refused.child.kill('SIGTERM');
    await until('it has stopped', () => refused.child.exitCode !== null);

    const right = { ...env, S3_SECRET_ACCESS_KEY: settings.secretAccessKey };
    const { ask } = await startBot(program, right);
    assert.equal((await ask())?.ready, true);
    await server.kill();
    assert.match((await ask())?.problems.join() ?? '', /^The store of recordings does not answer\./);
  });
});

test('a recording that is not there is told, and the others are taken', async t => {
  const program = createProgram(t);
  const missing = await program.run(['submit', 'none.wav']);
  assert.equal(missing.status, 3);
  assert.match(missing.stderr, /^There is no such file\./);
  assert.equal((await program.run(['status'])).stdout, 'No meetings yet.\n');
});
