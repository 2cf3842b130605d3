import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShareWork } from '../../src/gpu-worker/share-work.ts';

const never = new AbortController().signal;

test('what several wait for is done once, and again after it failed', async () => {
  const share = createShareWork();
  let begun = 0;
  const work = async () => {
    if (++begun === 1) throw new TypeError('no network');
  };
  const failed = await Promise.allSettled([share('a', never, work), share('a', never, work)]);
  assert.deepEqual([failed.map(({ status }) => status), begun], [['rejected', 'rejected'], 1]);
  await Promise.all([share('a', never, work), share('a', never, work)]);
  await share('a', never, work);
  assert.equal(begun, 2);
  await share('b', never, work);
  assert.equal(begun, 3);
});

test('whoever began it may stop, and the others have it done all the same', async () => {
  const share = createShareWork();
  const stopping = new AbortController();
  const untilStopped = () =>
    new Promise<void>((_, reject) => stopping.signal.addEventListener('abort', () => reject(stopping.signal.reason)));
  let done = 0;
  const first = share('a', stopping.signal, untilStopped);
  const others = [share('a', never, async () => void done++), share('a', never, async () => void done++)];
  stopping.abort(new TypeError('stopped'));
  await assert.rejects(first, /stopped/);
  await Promise.all(others);
  assert.equal(done, 1);
});
