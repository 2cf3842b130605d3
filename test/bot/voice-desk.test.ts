import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createMinutesReader } from '../../src/bot/read-minutes.ts';
import { createVoiceDesk } from '../../src/bot/voice-desk.ts';
import { HansardError } from '../../src/errors.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { jobRegistry } from '../../src/pipeline/jobs.ts';
import { openSqliteQueue } from '../../src/pipeline/queue/sqlite-queue.ts';
import { acceptMeeting, temporaryStore } from '../builders/meeting-store.ts';
import { recordingLogger } from '../builders/recording-logger.ts';
import { QUICK } from '../builders/test-jobs.ts';
import { voiceVector } from '../builders/voice-vector.ts';

function prepare(t: TestContext) {
  const { store, file } = temporaryStore(t);
  const folder = path.dirname(file);
  const { logger } = recordingLogger();
  const queue = openSqliteQueue({ file: path.join(folder, 'queue.db'), registry: jobRegistry, logger, timing: QUICK });
  t.after(() => queue.close());
  store.settings.set('global', 'voices', true, 'terminal:0');
  const blobs = createDiskBlobs(path.join(folder, 'blobs'));
  const desk = createVoiceDesk({
    ...{ platform: 'slack', store, queue, blobs, minutes: createMinutesReader(store, blobs) },
    correct: () => assert.fail('no meeting is changed'),
    ...{ renewBackups: async () => {}, write: async () => {} },
  });
  return { store, desk };
}

test('a sample that does not come in time is fetched again, while it is awaited', async t => {
  const { desk } = prepare(t);
  await desk.remember({ user: 'U1', name: 'Maya' }, 'a press');
  t.mock.method(AbortSignal, 'timeout', () => AbortSignal.abort());
  const stopped = () => Promise.reject(new HansardError('cancelled', 'download'));
  const late = { code: 'platform_unavailable', retryable: true };
  await assert.rejects(desk.takeSample('U1', { kind: 'slack' }, stopped), late);
  assert.equal(desk.awaitsSample('U1'), true);
});

test('whoever withdraws is forgotten in every workspace that knows their account, and nobody else is', async t => {
  const { store, desk } = prepare(t);
  const consent = { kind: 'press', proof: 'p' } as const;
  for (const [workspace, name, account] of [
    ['local', 'Maya', 'slack:U1'],
    ['slack', 'Maya L.', 'slack:U1'],
    ['slack', 'slack:U1', 'slack:U2'],
  ] as const) {
    const { id: personId } = store.people.add({ workspace, name, state: 'confirmed', accounts: [account] }, 'me');
    const voice = { personId, model: 'm1', vector: voiceVector(1), clips: [], expiresAt: '2999-01-01T00:00:00.000Z' };
    store.voiceprints.add({ ...voice, consent }, 'me');
  }
  assert.match(JSON.stringify(desk.show('U1')), /2 samples/);
  assert.match(JSON.stringify(await desk.forget('U1')), /Samples deleted: 2.*Receipt.*Receipt/);
  assert.deepEqual(
    store.people.list().map(({ accounts }) => accounts),
    [['slack:U2']],
  );
});

test('nobody takes the name of somebody else, and their meetings with it', t => {
  const { store, desk } = prepare(t);
  for (const [name, account] of [
    ['Maya', 'slack:U1'],
    ['Kenji', 'slack:U2'],
  ] as const)
    store.people.add({ workspace: 'slack', name, state: 'confirmed', accounts: [account] }, 'me');
  acceptMeeting(store, { platform: 'slack', options: { speakerNames: { SPEAKER_00: 'Oliver' } } });
  for (const name of ['Kenji', 'Oliver']) assert.throws(() => desk.rename('U1', name), { code: 'name_taken' });
  assert.match(desk.rename('U1', 'Maya Lindqvist'), /You are “Maya Lindqvist” from now on/);
});
