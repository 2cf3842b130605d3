import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Store } from '../../../src/pipeline/store/open-store.ts';
import type { NewVoiceprint } from '../../../src/pipeline/store/voiceprints.ts';
import { acceptMeeting, temporaryStore } from '../../builders/meeting-store.ts';
import { voiceVector } from '../../builders/voice-vector.ts';

const NOW = new Date('2026-11-01T00:00:00.000Z');
const NEXT_YEAR = '2027-11-01T00:00:00.000Z';

function addPerson(store: Store, name = 'Maya', accounts: string[] = []) {
  return store.people.add({ workspace: 'local', name, state: 'confirmed', accounts }, 'terminal:0');
}

function print(personId: string, changes: Partial<NewVoiceprint> = {}): NewVoiceprint {
  const consent = { kind: 'file', proof: 'a'.repeat(64) } as const;
  const clips = [{ from: 'b'.repeat(64), seconds: 20 }];
  return { personId, model: 'm1', vector: voiceVector(1), clips, expiresAt: NEXT_YEAR, consent, ...changes };
}

test('a voice is stored encrypted, with a consent in the audit that holds nothing of it', t => {
  const { store, file } = temporaryStore(t);
  const { id } = addPerson(store);
  const vector = voiceVector(1);
  const stored = store.voiceprints.add(print(id, { vector }), 'terminal:0');
  const [found] = store.voiceprints.references('local', 'm1', NOW).references;
  assert.deepEqual(found?.vector, vector);
  const [consent] = store.audit.list({ limit: 1 });
  assert.equal(consent?.what, 'voice.consented');
  assert.equal(stored.consentSeq, consent?.seq);
  assert.equal(store.audit.verify().intact, true);
  const clear = Buffer.from(vector.buffer).subarray(64, 96);
  for (const name of [file, `${file}-wal`]) assert.equal(fs.readFileSync(name).includes(clear), false, name);
  const key = path.join(path.dirname(file), 'voice.key');
  assert.equal(fs.statSync(key).mode & 0o777, 0o600);
});

test('what a telephone lets through of a voice is stored with it, encrypted too, and may be missing', t => {
  const { store, file } = temporaryStore(t);
  const { id } = addPerson(store);
  const narrow = voiceVector(5);
  const stored = store.voiceprints.add(print(id, { narrow }), 'terminal:0');
  store.voiceprints.add(print(id), 'terminal:0');
  const [found] = store.voiceprints.references('local', 'm1', NOW).references;
  assert.deepEqual([found?.vector, found?.narrow], [voiceVector(1), narrow]);
  assert.deepEqual(store.voiceprints.vectors(stored.id), { vector: voiceVector(1), narrow });
  const clear = Buffer.from(narrow.buffer).subarray(64, 96);
  for (const name of [file, `${file}-wal`]) assert.equal(fs.readFileSync(name).includes(clear), false, name);
});

test('without a voiceprint there is no key', t => {
  const { store, file } = temporaryStore(t);
  addPerson(store);
  assert.deepEqual(store.voiceprints.references('local', 'm1', NOW).references, []);
  assert.equal(fs.existsSync(path.join(path.dirname(file), 'voice.key')), false);
});

test('several voiceprints of a person are one reference in their middle', t => {
  const { store } = temporaryStore(t);
  const { id } = addPerson(store);
  for (const seed of [1, 2]) store.voiceprints.add(print(id, { vector: voiceVector(seed) }), 'terminal:0');
  const { references } = store.voiceprints.references('local', 'm1', NOW);
  assert.equal(references.length, 1);
  const [one, other] = [1, 2].map(seed =>
    voiceVector(seed).reduce((sum, v, i) => sum + v * references[0]!.vector[i]!, 0),
  );
  assert.ok(Math.abs(one! - other!) < 1e-6 && one! > 0.5, `${one} ${other}`);
});

test('voices that are too old, of another model or of another workspace are left out and counted', t => {
  const { store } = temporaryStore(t);
  const { id } = addPerson(store);
  store.voiceprints.add(print(id, { expiresAt: '2026-10-31T00:00:00.000Z' }), 'terminal:0');
  store.voiceprints.add(print(id, { model: 'm0' }), 'terminal:0');
  assert.deepEqual(store.voiceprints.references('local', 'm1', NOW), { references: [], expired: 1, otherModel: 1 });
  assert.deepEqual(store.voiceprints.references('slack', 'm1', NOW), { references: [], expired: 0, otherModel: 0 });
  assert.equal(store.voiceprints.dropExpired(NOW), 1);
  assert.equal(store.voiceprints.of(id).length, 1);
});

test('a key that is missing, wrong, open to others or no key is told of, each in its way', t => {
  const { store, file } = temporaryStore(t);
  const { id } = addPerson(store);
  store.voiceprints.add(print(id), 'terminal:0');
  const key = path.join(path.dirname(file), 'voice.key');
  const right = fs.readFileSync(key);
  const read = () => store.voiceprints.references('local', 'm1', NOW);
  fs.writeFileSync(key, Buffer.alloc(32, 7).toString('base64'));
  assert.throws(read, { code: 'voice_key_wrong' });
  fs.writeFileSync(key, 'not a key');
  assert.throws(read, { code: 'voice_key_unusable' });
  fs.writeFileSync(key, right);
  fs.chmodSync(key, 0o644);
  assert.throws(read, { code: 'voice_key_unusable', detail: /chmod 600/ });
  fs.rmSync(key);
  assert.throws(read, { code: 'voice_key_missing' });
});

test('the voice of one person does not open in the place of another', t => {
  const { store, file } = temporaryStore(t);
  const [maya, kenji] = [addPerson(store, 'Maya'), addPerson(store, 'Kenji')];
  store.voiceprints.add(print(maya.id), 'terminal:0');
  moveVoiceprint(file, maya.id, kenji.id);
  assert.throws(() => store.voiceprints.references('local', 'm1', NOW), { code: 'voiceprint_damaged' });
});

test('who was forgotten leaves no name, no voice and no link, and does not come back by accident', t => {
  const { store } = temporaryStore(t);
  const person = addPerson(store, 'Maya Lindqvist-Ortega', ['slack:U77777']);
  const meeting = acceptMeeting(store);
  store.voiceprints.add(print(person.id), 'terminal:0');
  store.speakers.confirm(meeting.id, 0, person.id);
  store.people.forget(person.id, 'terminal:0', { voiceprints: 1 });
  assert.deepEqual([store.speakers.of(meeting.id), store.people.list(), store.voiceprints.of(person.id)], [[], [], []]);
  assert.throws(() => addPerson(store, 'maya lindqvist ortega'), { code: 'person_forgotten' });
  assert.throws(() => addPerson(store, 'Somebody', ['slack:U77777']), { code: 'person_forgotten' });
  store.people.welcome(
    { workspace: 'local', name: 'Maya Lindqvist-Ortega', accounts: ['slack:U77777'] },
    'slack:U77777',
  );
  assert.ok(addPerson(store, 'Maya Lindqvist-Ortega', ['slack:U77777']));
});

test('people are found by name, account and part of their id', t => {
  const { store } = temporaryStore(t);
  const { id } = addPerson(store, 'Maya', ['slack:U1']);
  for (const text of ['maya', 'slack:U1', id, id.slice(-6)]) assert.equal(store.people.findAll(text)[0]?.id, id, text);
  assert.deepEqual(store.people.findAll('maya', 'slack'), []);
  assert.throws(() => addPerson(store, 'Kenji', ['slack:U1']), { code: 'invalid_usage' });
  assert.throws(() => store.people.get(acceptMeeting(store).id), { code: 'unknown_person' });
});

test('what people said of a speaker outlasts what voices say', t => {
  const { store } = temporaryStore(t);
  const [maya, kenji] = [addPerson(store, 'Maya'), addPerson(store, 'Kenji')];
  const { id } = acceptMeeting(store);
  const by = (voice: number, personId: string) =>
    ({ voice, personId, decision: 'automatic', confidence: 0.9 }) as const;
  store.speakers.replaceMatches(id, [by(0, maya.id), by(1, kenji.id)]);
  store.speakers.confirm(id, 0, kenji.id);
  store.speakers.replaceMatches(id, [by(0, maya.id)]);
  const known = store.speakers.of(id).map(({ voice, name, decision }) => [voice, name, decision]);
  assert.deepEqual(known, [[0, 'Kenji', 'confirmed']]);
  assert.equal(store.speakers.ofPerson(kenji.id).length, 1);
});

function moveVoiceprint(file: string, from: string, to: string): void {
  const db = new DatabaseSync(file);
  db.prepare('UPDATE voiceprints SET person_id = ? WHERE person_id = ?').run(to, from);
  db.close();
}

test('meetings teach under the consent that was given, once each, and the latest five count beside the samples', t => {
  const { store } = temporaryStore(t);
  const { id } = addPerson(store);
  const sample = store.voiceprints.add(print(id), 'terminal:0');
  const learn = (meetingId: string, now = NOW) =>
    store.voiceprints.learn({ personId: id, meetingId, model: 'm1', vector: voiceVector(1), seconds: 9 }, 'x', now);
  for (const meetingId of ['1', '2', '3', '4', '5', '5', '6']) learn(meetingId);
  const all = store.voiceprints.of(id);
  assert.deepEqual(
    all.map(({ clips }) => clips[0]?.from),
    ['b'.repeat(64), ...['2', '3', '4', '5', '6'].map(meetingId => `meeting:${meetingId}`)],
  );
  for (const { consentSeq, expiresAt } of all)
    assert.deepEqual([consentSeq, expiresAt], [sample.consentSeq, sample.expiresAt]);
  assert.throws(() => learn('7', new Date('2028-01-01')), { code: 'voice_consent_expired' });
  assert.equal(store.voiceprints.of(id).length, 6);
});
