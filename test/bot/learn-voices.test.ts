import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { startVoiceLearning } from '../../src/bot/learn-voices.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { jobRegistry, learnVoiceJob } from '../../src/pipeline/jobs.ts';
import type { JobQueue } from '../../src/pipeline/queue/job-queue.ts';
import { jobId } from '../../src/pipeline/queue/prepare-job.ts';
import { openSqliteQueue } from '../../src/pipeline/queue/sqlite-queue.ts';
import type { Store } from '../../src/pipeline/store/open-store.ts';
import { temporaryStore } from '../builders/meeting-store.ts';
import { recordingLogger } from '../builders/recording-logger.ts';
import { QUICK } from '../builders/test-jobs.ts';
import { until } from '../builders/until.ts';

/** No worker is there: jobs stay in the queue. */
function prepare(t: TestContext) {
  const { store, file } = temporaryStore(t);
  const folder = path.dirname(file);
  const { logger } = recordingLogger();
  const queue = openSqliteQueue({ file: path.join(folder, 'queue.db'), registry: jobRegistry, logger, timing: QUICK });
  t.after(() => queue.close());
  const told: string[] = [];
  return {
    ...{ store, queue, told },
    add: (account: string) =>
      store.lessons.add({
        ...{ state: 'learning', workspace: 'slack', account, name: 'Maya', proof: 'a press' },
        ...{ meetingId: null, fileHash: 'a'.repeat(64), spans: null, expiresAt: null },
      }),
    start(changes: Partial<JobQueue>) {
      const stop = startVoiceLearning({
        ...{ store, logger, queue: { ...queue, ...changes }, blobs: createDiskBlobs(path.join(folder, 'blobs')) },
        voiceKeyFile: path.join(folder, 'voice.key'),
        tell: async (account, sentence) => void told.push(`${account}: ${sentence}`),
      });
      t.after(stop);
      return stop;
    },
  };
}

const withdraw = (store: Store) => store.lessons.removeOf('slack:U1');

test('a lesson that does not work keeps no other waiting', async t => {
  const { queue, add, start } = prepare(t);
  const [broken, sound] = [add('slack:U1'), add('slack:U2')].map(lesson => jobId(learnVoiceJob, lesson));
  assert.ok(broken && sound);
  start({
    status(id) {
      if (id === broken) throw new TypeError('a bug');
      return queue.status(id);
    },
  });
  await until('the other one is listened to', () => queue.status(sound));
});

test('of whoever withdraws while their job is queued nothing is listened to', async t => {
  const { store, queue, add, start } = prepare(t);
  const job = jobId(learnVoiceJob, add('slack:U1'));
  const cleared = new Promise<void>(resolve => {
    start({
      async add(type, request) {
        const added = await queue.add(type, request);
        withdraw(store);
        return added;
      },
      async forget(id) {
        const isForgotten = await queue.forget(id);
        resolve();
        return isForgotten;
      },
    });
  });
  await cleared;
  assert.equal(await queue.status(job), undefined);
});

test('no other sample is awaited of whoever withdraws while theirs is refused', async t => {
  const { store, queue, told, add, start } = prepare(t);
  const lesson = add('slack:U1');
  await queue.add(learnVoiceJob, { key: lesson, payload: { lessonId: lesson, fileHash: 'a'.repeat(64), spans: null } });
  const stop = start({
    async status(id) {
      const status = await queue.status(id);
      return status && { ...status, state: 'failed', failure: { code: 'voice_mixed', message: 'two voices' } };
    },
    async cancel() {
      withdraw(store);
      return 'finished';
    },
  });
  await until('they are told what was wrong', () => told.length > 0);
  await stop();
  assert.equal(store.lessons.waiting('slack:U1'), undefined);
});
