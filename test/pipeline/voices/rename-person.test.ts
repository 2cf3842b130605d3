import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HansardError } from '../../../src/errors.ts';
import { enrolPerson } from '../../../src/pipeline/voices/enrol-person.ts';
import { renamePerson } from '../../../src/pipeline/voices/rename-person.ts';
import { startPipeline } from '../../builders/pipeline.ts';
import { until } from '../../builders/until.ts';
import { voiceVector } from '../../builders/voice-vector.ts';

const enrolment = {
  ...{ name: 'Maya', workspace: 'local', accounts: [], again: false, model: 'hash of the voice model' },
  ...{ expiresAt: '2999-01-01T00:00:00.000Z', consent: { kind: 'file', proof: 'd'.repeat(64) } as const },
  learned: [{ vector: voiceVector(1), clip: { from: 'c'.repeat(64), seconds: 20 } }],
};

test('another name stands in every meeting, known by voice or typed, and those that failed stay as they are', async t => {
  const pipeline = await startPipeline(t);
  const { store, voices, during, orchestrator, announced } = pipeline;
  store.settings.set('global', 'voices', true, 'terminal:0');
  const { id: personId } = enrolPerson(store, enrolment, 'terminal:0');
  voices.push({ voice: 0, vector: voiceVector(1), seconds: 20, isNarrow: false });
  await pipeline.work();
  const byVoice = await pipeline.submit();
  const typed = await pipeline.submit({ options: { speakerNames: { SPEAKER_01: 'Maya' }, identified: true } });
  await Promise.all([byVoice, typed].map(({ id }) => pipeline.reaches(id, 'done')));
  during.decode = () => Promise.reject(new HansardError('not_media', ''));
  const failed = await pipeline.submit({ content: 'other', options: { speakerNames: { SPEAKER_00: 'Maya' } } });
  await pipeline.reaches(failed.id, 'failed');
  const before = announced.length;
  const again = renamePerson({ store, correct: orchestrator.correct }, personId, 'Maya Lindqvist', 'terminal:0');
  assert.deepEqual(again.map(({ id }) => id).sort(), [byVoice.id, typed.id].sort());
  await until('both are issued again', () => announced.length === before + 2);
  const speakers = (words: string) => store.search.find({ words, limit: 9 }).map(({ speaker }) => speaker);
  assert.deepEqual(speakers('plants').sort(), ['Maya Lindqvist', 'SPEAKER_00']);
  assert.deepEqual(speakers('every').sort(), ['Maya Lindqvist', 'SPEAKER_01']);
  assert.equal(store.meetings.get(failed.id).state, 'failed');
  assert.deepEqual(store.meetings.get(failed.id).options.speakerNames, { SPEAKER_00: 'Maya Lindqvist' });
});

test('where two people have one name, only the meetings of the one who is meant change', async t => {
  const { store, submit } = await startPipeline(t);
  const [one] = ['a', 'b'].map(() => store.people.add({ workspace: 'local', name: 'Maya', state: 'confirmed' }, 'x'));
  const [linked] = [await submit({ options: { speakerNames: { SPEAKER_00: 'Maya' } } }), await submit()];
  await submit({ options: { speakerNames: { SPEAKER_00: 'Maya' } } });
  store.speakers.confirm(linked.id, 0, one?.id ?? '');
  const told: unknown[] = [];
  renamePerson({ store, correct: (id, change) => told.push([id, change]) }, one?.id ?? '', 'Mia', 'terminal:0');
  assert.deepEqual(told, [[linked.id, { speakerNames: { SPEAKER_00: 'Mia' } }]]);
});
