import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { blobKeys } from '../../../src/pipeline/blobs/blob-store.ts';
import { createDiskBlobs } from '../../../src/pipeline/blobs/disk-blobs.ts';
import { learnedVoice } from '../../../src/pipeline/jobs.ts';
import { unsealLearned } from '../../../src/pipeline/voices/carry-references.ts';
import { createLearnHandler } from '../../../src/pipeline/voices/learn-handler.ts';
import { makeVoiceKey } from '../../../src/pipeline/voices/voice-key.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { createFakeTeacher } from '../../fakes/voice-teacher.ts';

const HASH = 'a'.repeat(64);
const LESSON = '0193a2b0-0000-7000-8000-000000000001';

async function prepare(t: TestContext) {
  const folder = await makeTemporaryFolder(t);
  const blobs = createDiskBlobs(path.join(folder, 'blobs'));
  await blobs.put(blobKeys.source(HASH), 'a sample');
  const [voiceKeyFile, workDir] = [path.join(folder, 'voice.key'), path.join(folder, 'work')];
  const teacher = createFakeTeacher();
  const handler = createLearnHandler({ teacher, blobs, workDir, voiceKeyFile });
  const signal = AbortSignal.any([]);
  const context = { jobId: 'j', attempt: 1, signal, onProgress: () => {}, confirm: async () => {} };
  const learn = (fileHash = HASH) => handler.run({ lessonId: LESSON, fileHash, spans: null }, context);
  return { voiceKeyFile, workDir, teacher, learn };
}

test('a learned voice comes back encrypted, opens for its own lesson alone, and the sample does not stay', async t => {
  const { voiceKeyFile, workDir, teacher, learn } = await prepare(t);
  const key = makeVoiceKey(voiceKeyFile);
  const { sealed, ...rest } = learnedVoice.parse(await learn());
  assert.deepEqual(rest, { model: teacher.model, seconds: 18 });
  assert.deepEqual(unsealLearned(key, LESSON, sealed), { vector: teacher.voice, narrow: teacher.narrow });
  assert.throws(() => unsealLearned(key, LESSON.replace('1', '2'), sealed), { code: 'voiceprint_damaged' });
  assert.deepEqual(fs.readdirSync(workDir), []);
});

test('without the key, or without the recording, nobody listens', async t => {
  const { voiceKeyFile, teacher, learn } = await prepare(t);
  await assert.rejects(learn(), { code: 'voice_key_missing' });
  makeVoiceKey(voiceKeyFile);
  await assert.rejects(learn('b'.repeat(64)), { code: 'blob_missing' });
  assert.deepEqual(teacher.heard, []);
});
