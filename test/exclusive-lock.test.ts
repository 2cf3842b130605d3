import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { tryLock, waitForLock } from '../src/exclusive-lock.ts';
import { makeTemporaryFolder } from './builders/temporary-folder.ts';

const never = new AbortController().signal;

test('a lock is waited for until it is let go, and the waiting is said once', async t => {
  const file = path.join(await makeTemporaryFolder(t), 'lock');
  const first = await waitForLock(file, never, assert.fail);
  const events: string[] = [];
  const second = waitForLock(file, never, () => events.push('waits')).then(lock => {
    events.push('has it');
    return lock;
  });
  await setTimeout(300); // time for two looks at the lock
  assert.deepEqual(events, ['waits']);
  assert.equal(tryLock(file), undefined);
  first[Symbol.dispose]();
  using _second = await second;
  assert.deepEqual(events, ['waits', 'has it']);
});

test('locks of different files do not meet', async t => {
  using _one = await waitForLock(path.join(await makeTemporaryFolder(t), 'lock'), never, assert.fail);
  using _two = await waitForLock(path.join(await makeTemporaryFolder(t), 'lock'), never, assert.fail);
});

test('a lock in a folder that is not there cannot be had', async t => {
  const file = path.join(await makeTemporaryFolder(t), 'gone', 'lock');
  await assert.rejects(waitForLock(file, never, assert.fail), /unable to open/);
});
