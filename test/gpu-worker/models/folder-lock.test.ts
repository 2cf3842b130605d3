import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { lockFolder } from '../../../src/gpu-worker/models/folder-lock.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const never = new AbortController().signal;

test('a lock is waited for until it is let go, and the waiting is said once', async t => {
  const folder = await makeTemporaryFolder(t);
  const first = await lockFolder(folder, never, assert.fail);
  const events: string[] = [];
  const second = lockFolder(folder, never, () => events.push('waits')).then(lock => {
    events.push('has it');
    return lock;
  });
  await setTimeout(300); // time for two looks at the lock
  assert.deepEqual(events, ['waits']);
  await first[Symbol.asyncDispose]();
  await using _second = await second;
  assert.deepEqual(events, ['waits', 'has it']);
});

test('locks of different folders do not meet', async t => {
  await using _one = await lockFolder(await makeTemporaryFolder(t), never, assert.fail);
  await using _two = await lockFolder(await makeTemporaryFolder(t), never, assert.fail);
});

test('a folder that is not there cannot be locked', async t => {
  const folder = path.join(await makeTemporaryFolder(t), 'gone');
  await assert.rejects(lockFolder(folder, never, assert.fail), /unable to open/);
});
