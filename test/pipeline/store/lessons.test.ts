import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewLesson } from '../../../src/pipeline/store/lessons.ts';
import { acceptMeeting, temporaryStore } from '../../builders/meeting-store.ts';

const LATER = '2999-01-01T00:00:00.000Z';
const BEFORE = '2020-01-01T00:00:00.000Z';
const waiting = (changes: object = {}): NewLesson => ({
  ...{ workspace: 'slack', state: 'waiting', account: 'slack:U1', name: 'Maya', proof: 'press', expiresAt: LATER },
  ...changes,
});

test('somebody who agreed waits for one sample at a time, until the time is over', t => {
  const { store } = temporaryStore(t);
  const { lessons } = store;
  const first = lessons.add(waiting());
  const second = lessons.add(waiting());
  assert.equal(lessons.find(first), undefined);
  assert.deepEqual(lessons.waiting('slack:U1'), { ...waiting(), id: second });
  assert.equal(lessons.waiting('slack:U2'), undefined);
  const late = lessons.add(waiting({ account: 'slack:U2', expiresAt: BEFORE }));
  assert.equal(lessons.waiting('slack:U2'), undefined);
  assert.equal(lessons.find(late), undefined);
  lessons.dropExpired(new Date());
  assert.equal(lessons.removeOf('slack:U2'), 0);
  assert.equal(lessons.removeOf('slack:U1'), 1);
});

test('what is learned from a meeting goes with the meeting, and with the person', t => {
  const { store } = temporaryStore(t);
  const sound = { fileHash: 'a'.repeat(64), spans: [{ startMs: 0, endMs: 9_000 }], expiresAt: null };
  const person = store.people.add({ workspace: 'local', name: 'Maya', state: 'confirmed' }, 'terminal:0');
  const learn = (meetingId: string) =>
    store.lessons.add({ workspace: 'local', state: 'learning', personId: person.id, meetingId, ...sound });
  const [one, other] = [acceptMeeting(store), acceptMeeting(store)];
  learn(one.id);
  learn(one.id);
  assert.equal(store.lessons.learning().length, 1, 'once per meeting');
  learn(other.id);
  store.forgetMeeting(one.id, 'terminal:0');
  assert.deepEqual(
    store.lessons.learning().map(({ meetingId }) => meetingId),
    [other.id],
  );
  store.people.forget(person.id, 'terminal:0', {});
  assert.deepEqual(store.lessons.learning(), []);
});
