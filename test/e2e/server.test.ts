/** The server as people run it: real processes, the real sample, real models. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { missing } from '../builders/decoded-audio.ts';
import { freePort } from '../builders/free-port.ts';
import { createProgram, type Program } from '../builders/program.ts';
import { until } from '../builders/until.ts';
import { noRedis, startRedis } from '../fakes/redis-server.ts';
import { noS3, startS3 } from '../fakes/s3-server.ts';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'standup.webm');
const skip = missing(['silero-vad', 'moonshine-base', 'segmentation-3.0', 'campplus'], []);
const LIMIT_MS = 90_000;
/** Short, so that the jobs of a killed process come back within a test. */
const lease = { HANSARD_LEASE_SECONDS: '2', LOG_LEVEL: 'info' };

interface Status {
  id: string;
  state: string;
  stages: { name: string; state: string; attempts: number }[];
}

async function startRole(program: Program, role: string[], env: Record<string, string>): Promise<ChildProcess> {
  const port = await freePort();
  const { child, finished } = program.start(role, { ...lease, ...env, HANSARD_HTTP: `127.0.0.1:${port}` });
  let log = '';
  void finished.then(({ stderr }) => {
    log = stderr;
  });
  await until(
    `${role.join(' ')} is ready: ${log}`,
    async () => {
      assert.equal(child.exitCode, null, log);
      return (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok;
    },
    LIMIT_MS,
  );
  return child;
}

async function submit(program: Program, env: Record<string, string> = {}): Promise<string> {
  const { status, stdout, stderr } = await program.run(['submit', sample, '--summarizer', 'extractive'], env);
  assert.equal(status, 0, stderr);
  return stdout.split(' ')[0] ?? '';
}

async function statusOf(program: Program, id: string, env: Record<string, string> = {}): Promise<Status> {
  const { status, stdout, stderr } = await program.run(['status', id, '--json'], env);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

async function waitFor(program: Program, id: string, check: (status: Status) => boolean, env = {}): Promise<Status> {
  return await until(
    'the meeting is there',
    async () => {
      const status = await statusOf(program, id, env);
      return check(status) && status;
    },
    LIMIT_MS,
  );
}

const isDone = ({ state }: Status) => state === 'done';
const isHearing = ({ stages }: Status) =>
  stages.some(({ name, state }) => name === 'transcribe' && state === 'running');

function assertMinutes(program: Program): void {
  const folder = path.join(program.folder, 'data', 'minutes', path.parse(sample).name);
  assert.match(fs.readFileSync(path.join(folder, 'transcript.md'), 'utf8'), /old battery/);
  assert.deepEqual(fs.readdirSync(path.dirname(folder)), [path.basename(folder)]);
}

function assertNothingIsLeft(program: Program): void {
  const work = path.join(program.folder, 'data', 'work');
  assert.deepEqual(fs.existsSync(work) ? fs.readdirSync(work) : [], []);
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

describe('the server on one machine', { skip }, () => {
  test('loses nothing when it is killed in the middle, and a second one is refused meanwhile', async t => {
    const program = createProgram(t);
    const first = await startRole(program, ['start'], {});
    const id = await submit(program);
    await waitFor(program, id, isHearing);
    const second = await program.run(['start'], { HANSARD_HTTP: 'off' });
    assert.equal(second.status, 3);
    assert.match(second.stderr, /^A bot already runs on this data folder\./m);
    await kill(first);
    const again = await startRole(program, ['start'], {});
    await waitFor(program, id, isDone);
    assertMinutes(program);
    assertNothingIsLeft(program);
    const found = await program.run(['search', '"old battery"']);
    assert.match(found.stdout, /\[old battery\]/);
    again.kill('SIGTERM');
    await until('it has stopped', () => again.exitCode !== null, 25_000);
    assert.equal(again.exitCode, 0);
  });

  test('a cancel is obeyed, and a retry goes on where it was', async t => {
    const program = createProgram(t);
    await startRole(program, ['start'], {});
    const id = await submit(program);
    await waitFor(program, id, isHearing);
    assert.equal((await program.run(['cancel', id])).status, 0);
    await waitFor(program, id, ({ state }) => state === 'cancelled');
    assert.equal((await program.run(['cancel', id])).status, 3);
    assert.equal((await program.run(['retry', id])).status, 0);
    const { stages } = await waitFor(program, id, isDone);
    assert.equal(stages.find(({ name }) => name === 'decode')?.state, 'done');
    assertMinutes(program);
  });
});

describe('the server on many machines', { skip: skip || noRedis || noS3 }, () => {
  async function startMachines(t: TestContext) {
    const shared = createProgram(t); // only for Redis and S3
    fs.mkdirSync(path.join(shared.folder, 'redis'));
    const redis = await startRedis(t, path.join(shared.folder, 'redis'));
    const { settings } = await startS3(t, shared.folder);
    const env = {
      REDIS_URL: redis.url,
      HANSARD_BLOBS: 's3',
      S3_ENDPOINT: settings.endpoint,
      S3_BUCKET: settings.bucket,
      S3_ACCESS_KEY_ID: settings.accessKeyId,
      S3_SECRET_ACCESS_KEY: settings.secretAccessKey,
    };
    // each has a folder of its own: no disk is shared
    const machines = { bot: createProgram(t), ears: createProgram(t), rest: createProgram(t) };
    const roles = {
      bot: () => startRole(machines.bot, ['bot'], env),
      ears: () => startRole(machines.ears, ['worker', '--queues', 'gpu'], env),
      rest: () => startRole(machines.rest, ['worker', '--queues', 'media,cpu,llm'], env),
    };
    return { env, redis, machines, roles };
  }

  test('any of them may be killed at any time, and Redis may forget everything', async t => {
    const { env, redis, machines, roles } = await startMachines(t);
    const running = { bot: await roles.bot(), ears: await roles.ears(), rest: await roles.rest() };
    const id = await submit(machines.bot, env);
    await waitFor(machines.bot, id, isHearing, env);
    await kill(running.ears);
    await kill(running.bot);
    await redis.command('FLUSHALL');
    await Promise.all([roles.bot(), roles.ears()]);
    await kill(running.rest);
    await roles.rest();
    await waitFor(machines.bot, id, isDone, env);
    assertMinutes(machines.bot);
    for (const worker of [machines.ears, machines.rest]) {
      assertNothingIsLeft(worker);
      assert.ok(!fs.existsSync(path.join(worker.folder, 'data', 'hansard.db')), 'workers never open the database');
    }
  });
});
