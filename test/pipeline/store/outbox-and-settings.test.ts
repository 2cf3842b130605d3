import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { acceptMeeting, temporaryStore } from '../../builders/meeting-store.ts';

test('an outbox item is taken in order, by one taker, until it is done', t => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  store.outbox.put({ topic: 'stage', meetingId: id, payload: { n: 1 } });
  store.outbox.put({ topic: 'stage', payload: { n: 2 } });
  const taken = store.outbox.take(['stage'], 10, 1_000);
  assert.deepEqual(
    taken.map(item => [item.payload.n, item.meetingId, item.attempts]),
    [
      [1, id, 1],
      [2, null, 1],
    ],
  );
  assert.deepEqual(store.outbox.take(['stage'], 10, 1_000), []);
  assert.deepEqual(store.outbox.take(['other'], 10, 1_000), []);
  store.outbox.done(taken[0]!.id);
  t.mock.timers.tick(1_000);
  assert.deepEqual(
    store.outbox.take(['stage'], 10, 1_000).map(item => [item.payload.n, item.attempts]),
    [[2, 2]],
  );
  store.outbox.postpone(taken[1]!.id, new Date(Date.now() + 50).toISOString());
  t.mock.timers.tick(50);
  assert.equal(store.outbox.take(['stage'], 10, 1_000).length, 1);
  assert.equal(store.outbox.count(), 1);
});

test('an outbox item goes back with the change that failed', t => {
  const { store } = temporaryStore(t);
  const change = () => {
    store.outbox.put({ topic: 'stage', payload: {} });
    throw new Error('no');
  };
  assert.throws(() => store.transaction(change), /no/);
  assert.equal(store.outbox.count(), 0);
});

test('a setting is kept per scope, and the audit names it without its value', t => {
  const { store } = temporaryStore(t);
  store.settings.set('slack:C1', 'autoProcess', 'all', 'slack:U1');
  store.settings.set('slack:C1', 'autoProcess', 'off', 'slack:U1');
  assert.equal(store.settings.find('slack:C1', 'autoProcess', z.string()), 'off');
  assert.equal(store.settings.find('slack:C2', 'autoProcess', z.string()), undefined);
  assert.deepEqual(store.settings.scopesWith('autoProcess', 'off'), ['slack:C1']);
  assert.deepEqual(store.settings.scopesWith('autoProcess', 'all'), []);
  assert.equal(store.settings.unset('slack:C1', 'autoProcess', 'slack:U1'), true);
  assert.equal(store.settings.unset('slack:C1', 'autoProcess', 'slack:U1'), false);
  const rows = store.audit.list({ limit: 10 });
  assert.equal(rows.length, 3);
  assert.deepEqual(rows[0]?.detail, { scope: 'slack:C1', name: 'autoProcess' });
});

test('a stored value that the schema no longer accepts is not handed out', t => {
  const { store } = temporaryStore(t);
  store.settings.set('global', 'limit', 'many', 'slack:U1');
  assert.throws(() => store.settings.find('global', 'limit', z.number()), z.ZodError);
});
