import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyRetention, cleanUp } from '../../../src/bot/maintenance/retention.ts';
import { blobKeys } from '../../../src/pipeline/blobs/blob-store.ts';
import { RETENTION_SETTING } from '../../../src/pipeline/known-settings.ts';
import { startPipeline } from '../../builders/pipeline.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const defaults = { audioDays: 7, meetingDays: 90 };
const retract = async () => {};
const inDays = (days: number) => Date.now() + days * DAY_MS;

test('the recording goes first, then the meeting, each in its time', async t => {
  const { submit, reaches, work, store, queue, blobs } = await startPipeline(t);
  const parts = { store, queue, blobs, retract };
  await work();
  const { id, fileHash } = await submit();
  await reaches(id, 'done');
  const source = blobKeys.source(fileHash ?? '');
  const nothing = { recordings: 0, bytes: 0, meetings: [] };
  assert.deepEqual(await applyRetention(parts, defaults, { dryRun: false, now: inDays(6) }), nothing);
  const audio = { recordings: 1, bytes: 11, meetings: [] };
  assert.deepEqual(await applyRetention(parts, defaults, { dryRun: true, now: inDays(8) }), audio);
  assert.ok(await blobs.stat(source), 'a dry run erases nothing');
  assert.deepEqual(await applyRetention(parts, defaults, { dryRun: false, now: inDays(8) }), audio);
  assert.equal(await blobs.stat(source), undefined);
  assert.ok(store.meetings.find(id));
  const all = await applyRetention(parts, defaults, { dryRun: false, now: inDays(91) });
  assert.deepEqual(all.meetings, [id]);
  assert.equal(store.meetings.find(id), undefined);
});

test('a channel may have its own times, and "gone when done"', async t => {
  const { submit, reaches, work, store, queue, blobs } = await startPipeline(t);
  store.settings.set('folder:C1', RETENTION_SETTING, { audioDays: 0, meetingDays: 1 }, 'terminal:0');
  await work();
  const { id } = await submit();
  await reaches(id, 'done');
  const parts = { store, queue, blobs, retract };
  assert.equal((await applyRetention(parts, defaults, { dryRun: false })).recordings, 1);
  assert.deepEqual((await applyRetention(parts, defaults, { dryRun: false, now: inDays(1.1) })).meetings, [id]);
});

test('a recording that another meeting still needs stays', async t => {
  const { submit, reaches, work, store, queue, blobs } = await startPipeline(t);
  await work();
  const first = await submit();
  await reaches(first.id, 'done');
  const [worker] = await work(['intake']);
  await worker?.stop();
  await queue.pause('deliver');
  const second = await submit();
  await reaches(second.id, 'delivering');
  const report = await applyRetention(
    { store, queue, blobs, retract },
    { audioDays: 0, meetingDays: 9 },
    { dryRun: false },
  );
  assert.equal(report.recordings, 0);
});

test('the tracks of a meeting are kept while it is worked on', async t => {
  const { submit, store, blobs } = await startPipeline(t);
  const { id } = await submit();
  store.meetings.learn(id, { audioHash: 'a'.repeat(64) });
  await blobs.put(blobKeys.tracks('a'.repeat(64)), 'needed');
  await blobs.put(blobKeys.tracks('b'.repeat(64)), 'of nobody');
  assert.equal((await cleanUp({ store, blobs }, 90, { dryRun: false, now: inDays(1) })).audio, 1);
  assert.ok(await blobs.stat(blobKeys.tracks('a'.repeat(64))));
});

test('cleaning up removes what nothing needs, and nothing else', async t => {
  const { submit, reaches, work, store, blobs } = await startPipeline(t);
  await work();
  const { id, fileHash } = await submit();
  const { audioHash } = await reaches(id, 'done');
  await blobs.put(blobKeys.source('f'.repeat(64)), 'cut off');
  await blobs.put(blobKeys.result('e'.repeat(64)), '{}');
  const soon = await cleanUp({ store, blobs }, 90, { dryRun: false, now: Date.now() + 60_000 });
  assert.deepEqual(soon, { audio: 0, results: 0, recordings: 0, bytes: 0 });
  const dry = await cleanUp({ store, blobs }, 90, { dryRun: true, now: inDays(91) });
  const report = await cleanUp({ store, blobs }, 90, { dryRun: false, now: inDays(91) });
  assert.deepEqual(dry, report);
  assert.deepEqual([report.audio, report.results, report.recordings], [1, 1, 1]);
  assert.equal(await blobs.stat(blobKeys.audio(audioHash ?? '')), undefined);
  assert.ok(await blobs.stat(blobKeys.source(fileHash ?? '')), 'retention decides about it');
  for (const { resultKey } of store.stages.of(id).slice(1, 7))
    assert.ok(await blobs.stat(blobKeys.result(resultKey ?? '')));
});
