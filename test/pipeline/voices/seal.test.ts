import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { sealReferences, unsealReferences } from '../../../src/pipeline/voices/carry-references.ts';
import { seal, unseal } from '../../../src/pipeline/voices/seal.ts';
import { makeVoiceKey } from '../../../src/pipeline/voices/voice-key.ts';
import { temporaryFolder } from '../../builders/meeting-store.ts';
import { voiceVector } from '../../builders/voice-vector.ts';

test('what is sealed opens with its key, in its place, unchanged, and in no other way', t => {
  const folder = temporaryFolder(t);
  const [key, other] = ['one.key', 'other.key'].map(name => makeVoiceKey(path.join(folder, 'keys', name)));
  assert.ok(key && other);
  const sealed = seal(key, 'here', Buffer.from('a voice'));
  assert.equal(unseal(key, 'here', sealed).toString(), 'a voice');
  assert.deepEqual(seal(key, 'here', Buffer.from('a voice')), sealed, 'a job that is planned twice is the same job');
  assert.notDeepEqual(seal(key, 'there', Buffer.from('a voice')).subarray(8, 20), sealed.subarray(8, 20));
  assert.throws(() => unseal(other, 'here', sealed), { code: 'voice_key_wrong' });
  assert.throws(() => unseal(key, 'there', sealed), { code: 'voiceprint_damaged' });
  for (const index of [9, 25, sealed.length - 1]) {
    const spoilt = Buffer.from(sealed);
    spoilt[index] = (spoilt[index] ?? 0) ^ 1;
    assert.throws(() => unseal(key, 'here', spoilt), { code: 'voiceprint_damaged' }, `byte ${index}`);
  }
  assert.throws(() => unseal(key, 'here', sealed.subarray(0, 20)), { code: 'voiceprint_damaged' });
});

test('references travel to one meeting only', t => {
  const key = makeVoiceKey(path.join(temporaryFolder(t), 'voice.key'));
  const [meeting, other] = [1, 2].map(n => `01990000-0000-7000-8000-00000000000${n}`);
  const references = [{ personId: '01990000-0000-7000-8000-000000000009', vector: voiceVector(4) }];
  const sealed = sealReferences(key, meeting ?? '', references);
  assert.deepEqual(unsealReferences(key, meeting ?? '', sealed), references);
  assert.throws(() => unsealReferences(key, other ?? '', sealed), { code: 'voiceprint_damaged' });
});
