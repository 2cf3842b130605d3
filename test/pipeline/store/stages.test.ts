import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptMeeting, temporaryStore } from '../../builders/meeting-store.ts';

test('a stage keeps attempts, cost, speed and the key of its result', t => {
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  store.stages.move(id, 'decode', 'queued', 'system');
  store.stages.move(id, 'decode', 'running', 'worker');
  store.stages.move(id, 'decode', 'queued', 'system');
  store.stages.move(id, 'decode', 'running', 'worker');
  const done = store.stages.finish(id, 'decode', { resultKey: 'k', seconds: 2, rtf: 0.02 }, 'worker');
  const { state, progress, attempts, resultKey, seconds, rtf } = done;
  assert.deepEqual(
    { state, progress, attempts, resultKey, seconds, rtf },
    { state: 'done', progress: 1, attempts: 2, resultKey: 'k', seconds: 2, rtf: 0.02 },
  );
  assert.ok(done.queuedAt && done.startedAt && done.finishedAt);
});

test('a stage that is made again forgets its result', t => {
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  store.stages.finish(id, 'decode', { resultKey: 'k', seconds: 2, rtf: 0.1 }, 'system');
  const again = store.stages.move(id, 'decode', 'waiting', 'slack:U1');
  assert.deepEqual(
    [again.resultKey, again.seconds, again.rtf, again.progress, again.finishedAt],
    [null, null, null, 0, null],
  );
});

test('a failed stage tells why and keeps how far it was', t => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  store.stages.move(id, 'transcribe', 'queued', 'system');
  store.stages.move(id, 'transcribe', 'running', 'worker');
  store.stages.progress(id, 'transcribe', 0.4);
  const failed = store.stages.fail(id, 'transcribe', { code: 'out_of_memory', message: '3 GB' }, 'worker');
  assert.deepEqual(
    [failed.state, failed.errorCode, failed.errorMessage, failed.progress],
    ['failed', 'out_of_memory', '3 GB', 0.4],
  );
  const again = store.stages.move(id, 'transcribe', 'queued', 'slack:U1');
  assert.deepEqual([again.errorCode, again.errorMessage, again.progress], [null, null, 0]);
});

test('an illegal move of a stage throws', t => {
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  assert.throws(() => store.stages.move(id, 'decode', 'running', 'worker'), { code: 'illegal_move' });
});

test('progress is written at most once a second, never falls and stays within 0 and 1', t => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { store } = temporaryStore(t);
  const { id } = acceptMeeting(store);
  const progress = (fraction: number) => {
    const written = store.stages.progress(id, 'fetch', fraction);
    return [written, store.stages.get(id, 'fetch').progress];
  };
  assert.deepEqual(progress(0.1), [false, 0], 'not running yet');
  store.stages.move(id, 'fetch', 'queued', 'system');
  store.stages.move(id, 'fetch', 'running', 'worker');
  assert.deepEqual(progress(0.2), [true, 0.2]);
  assert.deepEqual(progress(0.3), [false, 0.2]);
  t.mock.timers.tick(999);
  assert.deepEqual(progress(0.4), [false, 0.2]);
  t.mock.timers.tick(1);
  assert.deepEqual(progress(0.1), [false, 0.2], 'falling');
  assert.deepEqual(progress(7), [true, 1]);
});

test('the measured speed is the median of the last 50 runs', t => {
  const { store } = temporaryStore(t);
  assert.equal(store.stages.measuredRtf('transcribe'), undefined);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  for (let i = 0; i < 60; i++) {
    t.mock.timers.tick(1_000);
    const { id } = acceptMeeting(store);
    store.stages.finish(id, 'transcribe', { resultKey: 'k', seconds: 1, rtf: i < 10 ? 100 : i }, 'worker');
  }
  assert.equal(store.stages.measuredRtf('transcribe'), 35);
});

test('stages in one state come longest waiting first', t => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { store } = temporaryStore(t);
  const [first, second] = [acceptMeeting(store), acceptMeeting(store)];
  store.stages.move(second.id, 'fetch', 'queued', 'system');
  t.mock.timers.tick(10);
  store.stages.move(first.id, 'fetch', 'queued', 'system');
  assert.deepEqual(
    store.stages.inState('queued', 10).map(s => s.meetingId),
    [second.id, first.id],
  );
});
