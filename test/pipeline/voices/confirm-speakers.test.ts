import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { blobKeys } from '../../../src/pipeline/blobs/blob-store.ts';
import { createDiskBlobs } from '../../../src/pipeline/blobs/disk-blobs.ts';
import type { Store } from '../../../src/pipeline/store/open-store.ts';
import { confirmSpeakers, type SaidSpeaker } from '../../../src/pipeline/voices/confirm-speakers.ts';
import { say, span, transcription } from '../../builders/meeting.ts';
import { acceptMeeting, temporaryStore } from '../../builders/meeting-store.ts';
import { voiceVector } from '../../builders/voice-vector.ts';

const HASH = 'a'.repeat(64);
/** One voice says something for half a minute. */
const heard = {
  transcription: transcription(say(1_000, 'Who waters the plants?')),
  diarization: { spans: [span(0, 0, 30_000)] },
};

async function prepare(t: TestContext, { isKept = true } = {}) {
  const { store, file } = temporaryStore(t);
  const blobs = createDiskBlobs(path.join(path.dirname(file), 'blobs'));
  if (isKept) await blobs.put(blobKeys.source(HASH), 'the recording');
  store.settings.set('global', 'voices', true, 'terminal:0');
  const meeting = acceptMeeting(store, { platform: 'slack', source: {}, fileHash: HASH });
  const add = (name: string, accounts: string[] = []) =>
    store.people.add({ workspace: 'slack', name, state: 'confirmed', accounts }, 'terminal:0');
  const suggest = (personId: string) =>
    store.speakers.replaceMatches(meeting.id, [{ voice: 0, personId, decision: 'suggested', confidence: 0.6 }]);
  const confirm = (said: SaidSpeaker) => confirmSpeakers({ store, blobs }, meeting, heard, { SPEAKER_00: said });
  const links = () => store.speakers.of(meeting.id).map(({ name, decision }) => [name, decision]);
  return { store, meeting, add, suggest, confirm, links };
}

function agree(store: Store, personId: string, expiresAt = '2999-01-01T00:00:00.000Z') {
  const consent = { kind: 'press', proof: 'p' } as const;
  store.voiceprints.add({ personId, model: 'm1', vector: voiceVector(1), clips: [], expiresAt, consent }, 'slack:U1');
}

test('who is known is linked by their account or their name, and called as they are known', async t => {
  const { add, confirm, links } = await prepare(t);
  add('Maya', ['slack:U1']);
  assert.deepEqual(await confirm({ name: 'maya p.', account: 'slack:U1' }), { SPEAKER_00: 'Maya' });
  assert.deepEqual(links(), [['Maya', 'confirmed']]);
  assert.deepEqual(await confirm({ name: 'Maya', account: 'slack:U2' }), { SPEAKER_00: 'Maya' });
  assert.deepEqual(links(), [], 'another of that name');
  await confirm({ name: 'Maya' });
  assert.deepEqual(await confirm({ name: 'Kenji' }), { SPEAKER_00: 'Kenji' });
  assert.deepEqual(links(), [], 'it was somebody else');
  add('Maya');
  await confirm({ name: 'Maya' });
  assert.deepEqual(links(), [], 'there are two of them');
});

test('a confirmed suggestion is learned from, of whoever agreed, where the recording is kept', async t => {
  const { store, meeting, add, suggest, confirm } = await prepare(t);
  const maya = add('Maya');
  suggest(maya.id);
  await confirm({ name: 'Maya' });
  assert.deepEqual(store.lessons.learning(), [], 'she did not agree');
  agree(store, maya.id);
  await confirm({ name: 'Maya' });
  assert.deepEqual(store.lessons.learning(), [], 'it was confirmed before');
  store.speakers.unlink(meeting.id, 0);
  suggest(maya.id);
  await confirm({ name: 'Maya' });
  const [lesson] = store.lessons.learning();
  assert.deepEqual([lesson?.fileHash, lesson?.spans], [HASH, [{ startMs: 100, endMs: 29_900 }]]);
});

test('nothing is learned when the consent is over, or the recording is gone', async t => {
  for (const { isKept, expiresAt } of [
    { isKept: true, expiresAt: '2020-01-01T00:00:00.000Z' },
    { isKept: false, expiresAt: '2999-01-01T00:00:00.000Z' },
  ]) {
    const { store, add, suggest, confirm, links } = await prepare(t, { isKept });
    const maya = add('Maya');
    agree(store, maya.id, expiresAt);
    suggest(maya.id);
    await confirm({ name: 'Maya' });
    assert.deepEqual(links(), [['Maya', 'confirmed']]);
    assert.deepEqual(store.lessons.learning(), []);
  }
});
