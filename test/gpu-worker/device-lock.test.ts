import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { isLocal, withDevice } from '../../src/gpu-worker/device-lock.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';

const logger = pino({ level: 'silent' });
const never = new AbortController().signal;

test('one task at a time has a GPU, any number the CPU', async t => {
  const folder = await makeTemporaryFolder(t);
  const most = async (device: string) => {
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await delay(50);
      running--;
    };
    await Promise.all([1, 2, 3].map(() => withDevice(device, { signal: never, logger, folder }, work)));
    return most;
  };
  assert.equal(await most('cuda:0'), 1);
  assert.equal(await most('cpu'), 3);
});

test('the GPU is free again after a failure, and a cancel ends the waiting', async t => {
  const folder = await makeTemporaryFolder(t);
  const options = { signal: never, logger, folder };
  await assert.rejects(
    withDevice('cuda:0', options, () => Promise.reject(new Error('no'))),
    /^Error: no$/,
  );
  await withDevice('cuda:0', options, async () => {
    const waiting = withDevice('cuda:0', { ...options, signal: AbortSignal.timeout(50) }, async () => {});
    await assert.rejects(waiting, { code: 'cancelled' });
    await withDevice('cuda:1', options, async () => {}); // another one is free
  });
});

test('a server is on this host, or it is not', () => {
  for (const host of ['localhost:11434', 'http://127.0.0.1:11434', '127.0.0.2', 'http://[::1]:1', 'https://localhost'])
    assert.ok(isLocal(host), host);
  for (const host of ['http://ollama:11434', '10.0.0.1', 'http://localhost.example.org', ''])
    assert.ok(!isLocal(host), host);
});
