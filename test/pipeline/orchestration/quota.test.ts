import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertWithinQuota } from '../../../src/pipeline/orchestration/quota.ts';
import { acceptMeeting, temporaryStore } from '../../builders/meeting-store.ts';
import { startPipeline } from '../../builders/pipeline.ts';

const HOUR_MS = 60 * 60 * 1000;
const unlimited = { userMinutes: undefined, channelMinutes: undefined };

test('minutes are counted per person and per channel, within the last 24 hours', t => {
  const { store } = temporaryStore(t);
  const accept = (owner: string, channel: string, minutes: number) => {
    const { id } = acceptMeeting(store, { owner, channel });
    store.meetings.learn(id, { durationMs: minutes * 60_000 });
    return store.meetings.get(id);
  };
  accept('U1', 'C1', 40);
  accept('U2', 'C1', 40);
  const wanted = accept('U1', 'C1', 30);
  const now = Date.now();
  assertWithinQuota(store, wanted, unlimited);
  assertWithinQuota(store, wanted, { userMinutes: 70, channelMinutes: 110 });
  assert.throws(() => assertWithinQuota(store, wanted, { ...unlimited, userMinutes: 69 }), {
    code: 'quota_exceeded',
    message:
      /U1 has had 40 of 69 minutes in the last 24 hours; this recording is 30 minutes long and fits from \d{4}-.*Z on/,
  });
  assert.throws(
    () => assertWithinQuota(store, wanted, { ...unlimited, channelMinutes: 109 }),
    /the channel C1 has had 80 of 109/,
  );
  assert.throws(() => assertWithinQuota(store, wanted, { ...unlimited, userMinutes: 20 }), /never fits/);
  assertWithinQuota(store, wanted, { userMinutes: 69, channelMinutes: 109 }, now + 25 * HOUR_MS);
});

test('what is too much fails before the expensive part, and can be tried again', async t => {
  const quotas = { userMinutes: 0.3, channelMinutes: undefined };
  const { submit, reaches, work, orchestrator, calls } = await startPipeline(t, { quotas });
  await work();
  await reaches((await submit()).id, 'done'); // ten seconds
  const second = await submit({ content: 'another recording' });
  const failed = await reaches(second.id, 'failed');
  assert.equal(failed.errorCode, 'quota_exceeded');
  assert.equal(calls.filter(call => call === 'transcribe').length, 1);
  quotas.userMinutes = 1;
  await orchestrator.retry(second.id, 'slack:U1');
  await reaches(second.id, 'done');
});
