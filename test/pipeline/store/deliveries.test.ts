import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptMeeting, temporaryStore } from '../../builders/meeting-store.ts';

const STALE_MS = 60_000;

test('one intent is one delivery, however often it is written', t => {
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  const intent = { meetingId: id, platform: 'slack', target: 'C1', kind: 'placeholder' };
  assert.deepEqual(store.deliveries.intend(intent), store.deliveries.intend(intent));
  assert.equal(store.deliveries.of(id).length, 1);
});

test('only one process may send, and it tells the outcome once', t => {
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  const delivery = store.deliveries.intend({ meetingId: id, platform: 'slack', target: 'C1', kind: 'placeholder' });
  const claim = store.deliveries.claim(delivery.id, STALE_MS);
  assert.ok(claim && !claim.ambiguous);
  assert.equal(store.deliveries.claim(delivery.id, STALE_MS), undefined);
  assert.equal(store.deliveries.remember(claim, '1700.1'), true);
  assert.equal(store.deliveries.deliver(claim), true);
  assert.equal(store.deliveries.deliver(claim), false);
  const [row] = store.deliveries.of(id);
  assert.deepEqual([row?.state, row?.externalId, row?.attempts], ['delivered', '1700.1', 1]);
  assert.deepEqual(store.deliveries.due(STALE_MS, 10), []);
});

test('a claim whose owner died is given on as ambiguous, and the dead one can no longer write', t => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  const delivery = store.deliveries.intend({ meetingId: id, platform: 'slack', target: 'C1', kind: 'thread' });
  const dead = store.deliveries.claim(delivery.id, STALE_MS)!;
  t.mock.timers.tick(STALE_MS - 1);
  assert.deepEqual(store.deliveries.due(STALE_MS, 10), []);
  t.mock.timers.tick(1);
  assert.equal(store.deliveries.due(STALE_MS, 10).length, 1);
  const heir = store.deliveries.claim(delivery.id, STALE_MS);
  assert.equal(heir?.ambiguous, true);
  assert.equal(store.deliveries.remember(dead, 'zombie'), false);
  assert.equal(store.deliveries.deliver(dead), false);
  assert.equal(store.deliveries.fail(dead, { code: 'disk_full', message: '' }), false);
  assert.equal(store.deliveries.of(id)[0]?.state, 'sending');
});

test('a failed try waits for its time, a failure for good waits for a person', t => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  const delivery = store.deliveries.intend({ meetingId: id, platform: 'slack', target: 'C1', kind: 'thread' });
  const failure = { code: 'queue_unavailable', message: '503' } as const;
  const first = store.deliveries.claim(delivery.id, STALE_MS)!;
  assert.equal(store.deliveries.fail(first, failure, new Date(Date.now() + 5_000).toISOString()), true);
  assert.equal(store.deliveries.claim(delivery.id, STALE_MS), undefined);
  t.mock.timers.tick(5_000);
  const second = store.deliveries.claim(delivery.id, STALE_MS)!;
  assert.equal(second.ambiguous, false);
  assert.equal(store.deliveries.fail(second, failure), true);
  assert.deepEqual(store.deliveries.due(STALE_MS, 10), []);
  store.deliveries.retry(delivery.id, 'slack:U1');
  assert.equal(store.deliveries.due(STALE_MS, 10).length, 1);
  assert.throws(() => store.deliveries.retry(delivery.id, 'slack:U1'), { code: 'illegal_move' });
});
