import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { eraseMeeting } from '../../src/pipeline/erase-meeting.ts';
import { learnVoiceJob } from '../../src/pipeline/jobs.ts';
import { startPipeline } from '../builders/pipeline.ts';
import { askedOnTracks } from '../fakes/stages.ts';

/** All files below a folder that hold the text. */
function filesWith(folder: string, text: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => path.join(folder, name));
  return names.filter(name => fs.statSync(name).isFile() && fs.readFileSync(name).includes(text));
}

test('an erased meeting is nowhere on the disk any more', async t => {
  const { submit, reaches, work, folder, store, queue, blobs, orchestrator } = await startPipeline(t);
  const workers = await work();
  const { id } = await submit();
  await reaches(id, 'done');
  await orchestrator.stop();
  await Promise.all(workers.map(worker => worker.stop()));
  assert.ok(filesWith(folder, 'waters the plants').length > 0, 'it can be found before');
  const retracted: string[] = [];
  const parts = { store, queue, blobs, retract: async (meeting: { id: string }) => void retracted.push(meeting.id) };
  const planned = await eraseMeeting(parts, id, 'terminal:0', { dryRun: true });
  assert.ok(store.meetings.find(id), 'a dry run erases nothing');
  assert.deepEqual(retracted, []);
  const erased = await eraseMeeting(parts, id, 'terminal:0');
  assert.deepEqual([erased.blobs, erased.jobs], [planned.blobs, planned.jobs]);
  assert.ok(erased.blobs >= 7 && erased.jobs >= 6 && (erased.turns ?? 0) > 0, JSON.stringify(erased));
  assert.deepEqual(filesWith(folder, 'waters the plants'), []);
  assert.deepEqual(retracted, [id]);
  assert.equal(store.meetings.find(id), undefined);
  await assert.rejects(eraseMeeting(parts, id, 'terminal:0'), { code: 'unknown_meeting' });
});

test('the tracks of its speakers go with it', async t => {
  const { fake, submit, reaches, work, store, queue, blobs, folder, orchestrator } = await startPipeline(t);
  fake.decoded = { ...fake.decoded, tracks: askedOnTracks };
  await work();
  const { id } = await submit();
  await reaches(id, 'done');
  await orchestrator.stop();
  assert.equal(filesWith(path.join(folder, 'blobs'), 'the same in tracks').length, 1);
  await eraseMeeting({ store, queue, blobs, retract: async () => {} }, id, 'terminal:0');
  assert.deepEqual(filesWith(path.join(folder, 'blobs'), 'the same in tracks'), []);
});

test('a voice that was to be learned from it is not', async t => {
  const { submit, reaches, work, store, queue, blobs } = await startPipeline(t);
  await work(['intake', 'media', 'cpu', 'llm', 'deliver', 'gpu']);
  const { id, fileHash } = await submit();
  await reaches(id, 'done');
  const asker = { workspace: 'local', account: 'slack:U1', name: 'Maya', proof: 'press', expiresAt: null };
  const sound = { fileHash: fileHash ?? '', spans: [{ startMs: 0, endMs: 9_000 }] };
  const key = store.lessons.add({ state: 'learning', ...asker, meetingId: id, ...sound });
  // nobody listens yet
  await queue.pause('gpu');
  await queue.add(learnVoiceJob, { key, payload: { lessonId: key, ...sound } });
  await eraseMeeting({ store, queue, blobs, retract: async () => {} }, id, 'terminal:0');
  assert.deepEqual(store.lessons.learning(), []);
  assert.equal(await queue.status(`learn-voice.${key}`), undefined);
});

test('what another meeting shares with it stays', async t => {
  const { submit, reaches, work, store, queue, blobs } = await startPipeline(t);
  await work();
  const first = await submit();
  await reaches(first.id, 'done');
  const second = await submit();
  await reaches(second.id, 'done');
  await eraseMeeting({ store, queue, blobs, retract: async () => {} }, first.id, 'terminal:0');
  for (const { name, resultKey } of store.stages.of(second.id)) {
    const key = resultKey?.includes('/') ? resultKey : `results/${resultKey?.slice(0, 2)}/${resultKey}.json`;
    assert.ok(await blobs.stat(key), name);
  }
  assert.equal(store.search.find({ words: 'plants', limit: 5 }).length, 1);
});

test('a meeting that is worked on is not erased', async t => {
  const { submit, reaches, store, queue, blobs } = await startPipeline(t);
  const { id } = await submit();
  await reaches(id, 'queued');
  await assert.rejects(eraseMeeting({ store, queue, blobs, retract: async () => {} }, id, 'terminal:0'), {
    code: 'illegal_move',
  });
});
