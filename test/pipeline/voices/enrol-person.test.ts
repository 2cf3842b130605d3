import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Enrolment, enrolPerson, learnFromMeeting } from '../../../src/pipeline/voices/enrol-person.ts';
import { temporaryStore } from '../../builders/meeting-store.ts';
import { voiceVector } from '../../builders/voice-vector.ts';

const enrolment = (seed: number, changes: Partial<Enrolment> = {}): Enrolment => ({
  ...{ name: 'Maya', workspace: 'slack', accounts: [], again: false, model: 'm1' },
  ...{ expiresAt: '2999-01-01T00:00:00.000Z', consent: { kind: 'file', proof: 'd'.repeat(64) } },
  learned: [{ vector: voiceVector(seed), clip: { from: 'c'.repeat(64), seconds: 20 } }],
  ...changes,
});
const press = { kind: 'press', proof: 'p' } as const;

test('a press is of its account alone, a document may mean somebody who is known by name', t => {
  const { store } = temporaryStore(t);
  store.settings.set('global', 'voices', true, 'terminal:0');
  const maya = enrolPerson(store, enrolment(1), 'terminal:0');
  const other = enrolPerson(store, enrolment(2, { accounts: ['slack:U2'], consent: press }), 'slack:U2');
  assert.notEqual(other.id, maya.id, 'of the same name');
  const known = enrolPerson(store, enrolment(1, { accounts: ['slack:U1'] }), 'terminal:0');
  assert.deepEqual([known.id, known.accounts], [maya.id, ['slack:U1']]);
  const again = enrolPerson(store, enrolment(1, { accounts: ['slack:U1'], name: 'M', consent: press }), 'slack:U1');
  assert.deepEqual([again.id, store.voiceprints.of(maya.id).length], [maya.id, 3]);
  store.people.change(other.id, { name: 'slack:U3' }, 'slack:U2');
  const third = enrolPerson(store, enrolment(3, { accounts: ['slack:U3'], consent: press }), 'slack:U3');
  assert.notEqual(third.id, other.id, 'who calls themselves like the account');
});

test('a meeting teaches nobody a voice that is not theirs, and nothing while the switch is off', t => {
  const { store } = temporaryStore(t);
  store.settings.set('global', 'voices', true, 'terminal:0');
  const { id: personId } = enrolPerson(store, enrolment(1), 'terminal:0');
  const learn = (seed: number) => {
    const voice = { vector: voiceVector(seed), narrow: voiceVector(seed + 10) };
    learnFromMeeting(store, { personId, meetingId: 'm', model: 'm1', seconds: 9, ...voice }, 'system');
  };
  assert.throws(() => learn(2), { code: 'voice_differs' });
  store.settings.set('global', 'voices', false, 'terminal:0');
  assert.throws(() => learn(1), { code: 'voices_off' });
  assert.equal(store.voiceprints.of(personId).length, 1);
});
