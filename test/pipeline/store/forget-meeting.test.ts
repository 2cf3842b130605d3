import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { acceptMeeting, temporaryStore, turn } from '../../builders/meeting-store.ts';

const asIs = (speaker: string) => speaker;

/** Which of the words are still in the file or its log, as plain bytes. */
function leftIn(file: string, words: string[]): string[] {
  const bytes = [file, `${file}-wal`].filter(name => existsSync(name)).map(name => readFileSync(name));
  return words.filter(word => bytes.some(content => content.includes(word)));
}

const secrets = [
  'Zugspitzbahn',
  'zugspitzbahn',
  'Quarkstrudel',
  'quarkstrudel',
  'geheim.wav',
  'Fusionsplan',
  'C-secret',
];

test('after forgetting nothing of the meeting is in the file, its index or its log', t => {
  const { store, file } = temporaryStore(t);
  const kept = acceptMeeting(store);
  store.search.replaceTurns(kept.id, [turn(1, 'This meeting stays where it is, word for word.')], asIs);
  const { id } = acceptMeeting(store, { title: 'Fusionsplan', source: { file: 'geheim.wav' }, channel: 'C-secret' });
  const turns = Array.from({ length: 300 }, (_, i) =>
    turn(i, `The Zugspitzbahn number ${i} carries Quarkstrudel today.`),
  );
  store.search.replaceTurns(id, turns, asIs);
  store.deliveries.intend({ meetingId: id, platform: 'slack', target: 'C-secret', kind: 'placeholder' });
  store.outbox.put({ topic: 'stage', meetingId: id, payload: { note: 'Zugspitzbahn' } });
  assert.deepEqual(
    leftIn(file, secrets),
    secrets.filter(word => word !== 'zugspitzbahn' || leftIn(file, [word]).length),
  );
  assert.ok(leftIn(file, secrets).length >= 6, 'the words were there before');

  const erasure = store.forgetMeeting(id, 'slack:U1');

  assert.deepEqual(leftIn(file, secrets), []);
  assert.deepEqual(erasure, { turns: 300, deliveries: 1, samples: 20 });
  assert.equal(store.meetings.find(id), undefined);
  assert.deepEqual([store.stages.of(id), store.deliveries.of(id), store.outbox.count()], [[], [], 0]);
  assert.deepEqual(store.search.find({ words: 'zugspitzbahn', limit: 10 }), []);
  assert.equal(store.search.find({ words: 'word for word', limit: 10 }).length, 1);
  assert.equal(store.audit.list({ meetingId: id, limit: 1 })[0]?.what, 'meeting.forgotten');
  assert.equal(store.audit.verify().intact, true);
  assert.deepEqual(store.problems(), []);
});

test('words that another meeting also holds are not counted as left behind', t => {
  const { store } = temporaryStore(t);
  const [a, b] = [acceptMeeting(store), acceptMeeting(store)];
  for (const { id } of [a, b]) store.search.replaceTurns(id, [turn(1, 'Exactly the same long sentence twice.')], asIs);
  assert.equal(store.forgetMeeting(a.id, 'slack:U1').samples, 1);
  assert.equal(store.search.find({ words: 'sentence', limit: 10 }).length, 1);
});

test('while another process reads the old log, forgetting says so and works when it is called again', t => {
  const { store, file } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  store.search.replaceTurns(id, [turn(1, 'The Zugspitzbahn is a secret of ours.')], asIs);
  const reader = new DatabaseSync(file);
  t.after(() => reader.close());
  reader.exec('BEGIN; SELECT COUNT(*) FROM turns;');
  reader.prepare('SELECT COUNT(*) FROM turns').get();
  assert.throws(() => store.forgetMeeting(id, 'slack:U1'), { code: 'database_busy' });
  reader.exec('COMMIT');
  store.forgetMeeting(id, 'slack:U1');
  assert.deepEqual(leftIn(file, ['Zugspitzbahn']), []);
});

test('a meeting that does not exist cannot be forgotten', t => {
  const { store } = temporaryStore(t);
  assert.throws(() => store.forgetMeeting('01890a5d-ac96-774b-bcce-b302099a8057', 'slack:U1'), {
    code: 'unknown_meeting',
  });
  assert.equal(store.audit.list({ limit: 10 }).length, 0);
});
