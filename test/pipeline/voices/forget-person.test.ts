import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createMinutesReader } from '../../../src/bot/read-minutes.ts';
import { PARTICIPANT } from '../../../src/pipeline/stages/name-speakers.ts';
import { enrolPerson } from '../../../src/pipeline/voices/enrol-person.ts';
import { exportPerson, type PersonExport } from '../../../src/pipeline/voices/export-person.ts';
import { forgetPerson } from '../../../src/pipeline/voices/forget-person.ts';
import { type Pipeline, startPipeline } from '../../builders/pipeline.ts';
import { until } from '../../builders/until.ts';
import { voiceVector } from '../../builders/voice-vector.ts';

const NAME = 'Maya Lindqvist-Ortega';
const sample = { vector: voiceVector(1), narrow: voiceVector(6), clip: { from: 'c'.repeat(64), seconds: 20 } };
const enrolment = {
  ...{ name: NAME, workspace: 'local', accounts: ['slack:U77777'], again: false },
  ...{ model: 'hash of the voice model', expiresAt: '2999-01-01T00:00:00.000Z' },
  learned: [sample],
  consent: { kind: 'file', proof: 'd'.repeat(64) } as const,
};

async function meetingWithMaya(pipeline: Pipeline): Promise<{ personId: string; meetingId: string }> {
  pipeline.store.settings.set('global', 'voices', true, 'terminal:0');
  const person = enrolPerson(pipeline.store, enrolment, 'terminal:0');
  pipeline.voices.push({ voice: 0, vector: voiceVector(1), seconds: 20, isNarrow: false });
  await pipeline.work();
  const { id } = await pipeline.submit();
  await pipeline.reaches(id, 'done');
  return { personId: person.id, meetingId: id };
}

/** The encrypted voice, as the database holds it. */
function sealedVoice(folder: string): Buffer {
  const db = new DatabaseSync(path.join(folder, 'hansard.db'), { readOnly: true });
  const row = db.prepare('SELECT sealed FROM voiceprints').get();
  db.close();
  assert.ok(row?.sealed instanceof Uint8Array);
  return Buffer.from(row.sealed.subarray(40, 80)); // a stretch of it that lies in one page
}

function filesWith(folder: string, text: string | Buffer): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => path.join(folder, name));
  return names.filter(name => fs.statSync(name).isFile() && fs.readFileSync(name).includes(text));
}

test('who asks to be forgotten is a participant from then on, and their name and voice are nowhere', async t => {
  const pipeline = await startPipeline(t);
  const { store, folder, orchestrator, announced } = pipeline;
  const { personId, meetingId } = await meetingWithMaya(pipeline);
  const voice = sealedVoice(folder);
  for (const trace of [NAME, voice]) assert.ok(filesWith(folder, trace).length > 0, 'it can be found before');
  const before = announced.length;
  const receipt = await forgetPerson({ ...pipeline, correct: orchestrator.correct }, personId, 'terminal:0');
  assert.equal(receipt.voiceprints, 1);
  assert.deepEqual(receipt.meetings, [meetingId]);
  assert.equal(JSON.stringify(receipt).includes('Maya'), false);
  await until('the files are issued again', () => announced.length > before);
  await pipeline.reaches(meetingId, 'done');
  assert.equal(announced.length, before + 1);
  await orchestrator.stop();
  store.emptyLog();
  assert.equal(store.search.find({ words: 'waters', limit: 1 })[0]?.speaker, PARTICIPANT);
  for (const trace of [NAME, voice]) assert.deepEqual(filesWith(folder, trace), []);
  assert.equal(store.audit.verify().intact, true);
  assert.throws(() => enrolPerson(store, enrolment, 'terminal:0'), { code: 'person_forgotten' });
  assert.ok(enrolPerson(store, { ...enrolment, again: true }, 'slack:U77777').id);
});

test('a person gets everything that is held about them, and of others nothing', async t => {
  const pipeline = await startPipeline(t);
  const { store, blobs, voices } = pipeline;
  const { personId, meetingId } = await meetingWithMaya(pipeline);
  voices.length = 0;
  const names = { speakerNames: { SPEAKER_00: NAME, SPEAKER_01: 'Ben' } };
  const { id: typed } = await pipeline.submit({ content: 'another recording', options: names });
  await pipeline.reaches(typed, 'done');
  const parts = { store, minutes: createMinutesReader(store, blobs) };
  const saidIn = ({ meetings }: PersonExport) => new Map(meetings.map(({ id, turns }) => [id, turns[0]?.text]));
  store.lessons.add({
    ...{ state: 'waiting', workspace: 'local', account: 'slack:U77777', name: 'Maya', proof: 'press' },
    expiresAt: '2999-01-01T00:00:00.000Z',
  });

  const held = await exportPerson(parts, personId, { withVoice: true, byName: true });
  assert.deepEqual([held.person.name, held.person.accounts], [NAME, ['slack:U77777']]);
  const [print] = held.voiceprints;
  assert.deepEqual([print?.vector?.length, print?.narrow?.length, print?.clips], [192, 192, [sample.clip]]);
  assert.deepEqual(held.lessons[0]?.state, 'waiting');
  const plants = 'Who waters the plants?';
  assert.deepEqual([...saidIn(held)].toSorted(), [[meetingId, plants] as const, [typed, plants] as const].toSorted());
  const [{ voice, decision } = {}] = held.meetings.find(({ id }) => id === meetingId)?.voices ?? [];
  assert.deepEqual([voice, decision], [0, 'automatic']);
  assert.deepEqual(
    new Set(held.audit.map(({ what }) => what)),
    new Set(['person.added', 'person.changed', 'voice.consented']),
  );

  const asked = { withVoice: true, byName: false };
  assert.deepEqual([...saidIn(await exportPerson(parts, personId, asked))], [[meetingId, plants]]);
  // who calls themselves like somebody else gets nothing that is the other one's
  store.people.change(personId, { name: 'Ben' }, 'slack:U77777');
  assert.deepEqual([...saidIn(await exportPerson(parts, personId, asked))], [[meetingId, undefined]]);
  store.speakers.unlink(meetingId, 0);
  store.speakers.replaceMatches(typed, [{ voice: 0, personId, decision: 'suggested', confidence: 0.6 }]);
  const [suggested] = (await exportPerson(parts, personId, asked)).meetings;
  assert.deepEqual([suggested?.id, suggested?.title, suggested?.turns], [typed, null, []]);
});

test('enrolment wants the switch, a voice of its own, and samples of one person', async t => {
  const { store } = await startPipeline(t);
  const enrol = (changes: Partial<typeof enrolment> = {}) =>
    enrolPerson(store, { ...enrolment, ...changes }, 'terminal:0');
  const sampleOf = (seed: number) => ({ ...sample, vector: voiceVector(seed) });
  assert.throws(() => enrol(), { code: 'voices_off' });
  store.settings.set('global', 'voices', true, 'terminal:0');
  assert.throws(() => enrol({ learned: [sampleOf(1), sampleOf(2)] }), { code: 'voice_differs' });
  assert.deepEqual(store.people.list(), [], 'nothing is left of an enrolment that was refused');
  const { id } = enrol();
  assert.equal(enrol({ name: 'Maya L.' }).id, id, 'the account says who it is');
  assert.throws(() => enrol({ learned: [sampleOf(2)] }), { code: 'voice_differs' });
  assert.throws(() => enrol({ name: 'Kenji', accounts: [] }), { code: 'voice_known' });
  assert.equal(store.voiceprints.of(id).length, 2);
});
