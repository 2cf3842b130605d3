import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { STAGES } from '../../../src/pipeline/moves.ts';
import { openStore } from '../../../src/pipeline/store/open-store.ts';
import { acceptMeeting, temporaryStore } from '../../builders/meeting-store.ts';

test('an accepted meeting has a UUIDv7, UTC times and all its stages waiting', t => {
  const { store } = temporaryStore(t);
  const meeting = acceptMeeting(store);
  assert.ok(z.uuidv7().safeParse(meeting.id).success);
  assert.ok(z.iso.datetime().safeParse(meeting.createdAt).success);
  assert.equal(meeting.state, 'accepted');
  assert.deepEqual(
    store.stages.of(meeting.id).map(({ name, state, progress }) => ({ name, state, progress })),
    STAGES.map(name => ({ name, state: 'waiting', progress: 0 })),
  );
});

test('the same origin again gives back its meeting and writes nothing', t => {
  const { store } = temporaryStore(t);
  const meeting = acceptMeeting(store, { origin: 'slack:T1:C1:F1' });
  const rows = store.audit.list({ limit: 100 }).length;
  const again = store.meetings.accept({ ...meeting, origin: 'slack:T1:C1:F1' }, 'slack:U2');
  assert.deepEqual(again, { meeting, created: false });
  assert.equal(store.audit.list({ limit: 100 }).length, rows);
});

test('every move is an audit row with who, from and to', t => {
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  store.meetings.move(id, 'queued', 'system');
  store.meetings.fail(id, { code: 'no_audio', message: 'no stream' }, 'slack:U9');
  const rows = store.audit.list({ meetingId: id, limit: 10 }).map(({ who, what, detail }) => ({ who, what, detail }));
  assert.deepEqual(rows, [
    { who: 'slack:U9', what: 'meeting.moved', detail: { from: 'queued', to: 'failed', error: 'no_audio' } },
    { who: 'system', what: 'meeting.moved', detail: { from: 'accepted', to: 'queued' } },
    { who: 'terminal:U1', what: 'meeting.accepted', detail: {} },
  ]);
});

test('an illegal move throws and changes nothing', t => {
  const { store } = temporaryStore(t);
  const before = acceptMeeting(store);
  assert.throws(() => store.meetings.move(before.id, 'done', 'system'), { code: 'illegal_move' });
  assert.deepEqual(store.meetings.get(before.id), before);
  assert.equal(store.audit.list({ limit: 10 }).length, 1);
});

test('a failure is kept until the meeting starts again', t => {
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  const failed = store.meetings.fail(id, { code: 'no_audio', message: 'no stream' }, 'system');
  assert.deepEqual([failed.errorCode, failed.errorMessage], ['no_audio', 'no stream']);
  assert.ok(failed.finishedAt);
  const again = store.meetings.move(id, 'queued', 'slack:U1');
  assert.deepEqual([again.errorCode, again.errorMessage, again.finishedAt], [null, null, null]);
});

test('meetings are found by fingerprint, channel and state', t => {
  const { store } = temporaryStore(t);
  const first = acceptMeeting(store, { channel: 'C1' });
  const second = acceptMeeting(store, { channel: 'C2' });
  store.meetings.learn(first.id, { fileHash: 'f', durationMs: 1234.4 });
  store.meetings.learn(first.id, { audioHash: 'a' });
  store.meetings.learn(second.id, { audioHash: 'a' });
  store.meetings.move(second.id, 'queued', 'system');
  assert.deepEqual(
    store.meetings.findByFileHash('f').map(m => [m.id, m.audioHash, m.durationMs]),
    [[first.id, 'a', 1234]],
  );
  assert.deepEqual(
    store.meetings.findByAudioHash('a').map(m => m.id),
    [second.id, first.id],
  );
  const inChannel = store.meetings.list({ channel: { platform: 'terminal', channel: 'C1' }, limit: 10 });
  assert.deepEqual(
    inChannel.map(m => m.id),
    [first.id],
  );
  assert.deepEqual(
    store.meetings.list({ states: ['queued'], limit: 10 }).map(m => m.id),
    [second.id],
  );
  assert.deepEqual(
    store.meetings.unfinished().map(m => m.id),
    [first.id, second.id],
  );
  const { accepted, queued, done } = store.meetings.countByState();
  assert.deepEqual({ accepted, queued, done }, { accepted: 1, queued: 1, done: 0 });
});

test('a meeting that does not exist is named as such', t => {
  const { store } = temporaryStore(t);
  const id = '01890a5d-ac96-774b-bcce-b302099a8057';
  assert.equal(store.meetings.find(id), undefined);
  assert.throws(() => store.meetings.get(id), { code: 'unknown_meeting' });
  assert.throws(() => store.meetings.move(id, 'queued', 'system'), { code: 'unknown_meeting' });
  assert.throws(() => store.meetings.learn(id, { fileHash: 'f' }), { code: 'unknown_meeting' });
});

test('a backup is a whole database of its own', async t => {
  const { store, file } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  await store.backupTo(`${file}.backup`);
  acceptMeeting(store);
  const copy = openStore(`${file}.backup`);
  t.after(() => copy.close());
  assert.deepEqual(
    copy.meetings.list({ limit: 10 }).map(m => m.id),
    [id],
  );
  assert.deepEqual(copy.problems(), []);
});
