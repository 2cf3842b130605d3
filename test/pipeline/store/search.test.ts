import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptMeeting, temporaryStore, turn } from '../../builders/meeting-store.ts';

const asIs = (speaker: string) => speaker;

test('a phrase is found across meetings, with the words around it', t => {
  const { store } = temporaryStore(t);
  const [a, b] = [acceptMeeting(store, { title: 'Monday' }), acceptMeeting(store, { title: 'Tuesday' })];
  store.search.replaceTurns(
    a.id,
    [turn(1, 'Good morning.'), turn(2, 'The launch date is the first of May.')],
    () => 'Anna',
  );
  store.search.replaceTurns(b.id, [turn(1, 'We moved the date of the launch.')], asIs);
  const [hit, ...others] = store.search.find({ words: '"launch date"', limit: 10 });
  assert.deepEqual(others, []);
  assert.deepEqual(
    { ...hit, createdAt: undefined },
    {
      meetingId: a.id,
      title: 'Monday',
      createdAt: undefined,
      turnId: 'T0002',
      speaker: 'Anna',
      startMs: 2000,
      snippet: 'The [launch date] is the first of May.',
    },
  );
  assert.equal(store.search.find({ words: 'launch date', limit: 10 }).length, 2);
  assert.equal(store.search.find({ words: 'launch date', limit: 1 }).length, 1);
});

test('case and accents do not matter', t => {
  const { store } = temporaryStore(t);
  store.search.replaceTurns(acceptMeeting(store).id, [turn(1, 'Das Café in Zürich')], asIs);
  assert.equal(store.search.find({ words: 'ZURICH cafe', limit: 10 }).length, 1);
});

test('a search can keep to one channel', t => {
  const { store } = temporaryStore(t);
  const meetings = [acceptMeeting(store, { channel: 'C1' }), acceptMeeting(store, { channel: 'C2' })];
  for (const { id } of meetings) store.search.replaceTurns(id, [turn(1, 'budget')], asIs);
  const hits = store.search.find({ words: 'budget', channel: { platform: 'terminal', channel: 'C2' }, limit: 10 });
  assert.deepEqual(
    hits.map(hit => hit.meetingId),
    [meetings[1]?.id],
  );
});

test('query syntax, quotes and signs are only words', t => {
  const { store } = temporaryStore(t);
  store.search.replaceTurns(acceptMeeting(store).id, [turn(1, 'costs NEAR 5 * x OR y')], asIs);
  for (const words of ['NEAR', 'x OR y', 'text:*', 'a"b', '"', 'costs )(', "'; DROP TABLE turns --"])
    try {
      store.search.find({ words, limit: 10 });
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'invalid_usage', words);
    }
  assert.equal(store.search.find({ words: 'x OR y', limit: 10 }).length, 1);
  assert.throws(() => store.search.find({ words: ' "" -- ', limit: 10 }), { code: 'invalid_usage' });
});

test('new turns replace the old ones', t => {
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  store.search.replaceTurns(id, [turn(1, 'first version')], asIs);
  store.search.replaceTurns(id, [turn(1, 'second version')], asIs);
  assert.deepEqual(store.search.find({ words: 'first', limit: 10 }), []);
  assert.equal(store.search.find({ words: 'version', limit: 10 }).length, 1);
});
