import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { startVoiceLearning } from '../../../src/bot/learn-voices.ts';
import { blobKeys } from '../../../src/pipeline/blobs/blob-store.ts';
import { jobRegistry, learnedVoice, learnVoiceJob } from '../../../src/pipeline/jobs.ts';
import { openBullmqQueue } from '../../../src/pipeline/queue/bullmq-queue.ts';
import { jobId } from '../../../src/pipeline/queue/prepare-job.ts';
import type { Handler } from '../../../src/pipeline/queue/run-stored.ts';
import { createResultStore } from '../../../src/pipeline/results/result-store.ts';
import { findOutcome } from '../../../src/pipeline/run-stage.ts';
import { renderedSchema, transcriptSchema } from '../../../src/pipeline/stage-results.ts';
import { createLearnHandler } from '../../../src/pipeline/voices/learn-handler.ts';
import { filesWithVoice } from '../../builders/files-with-voice.ts';
import { type Pipeline, startPipeline } from '../../builders/pipeline.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { QUICK } from '../../builders/test-jobs.ts';
import { until } from '../../builders/until.ts';
import { voiceVector } from '../../builders/voice-vector.ts';
import { noRedis, startRedis } from '../../fakes/redis-server.ts';
import { createFakeTeacher } from '../../fakes/voice-teacher.ts';

const MODEL = 'hash of the voice model';
/** Maya over a telephone. */
const NARROW = voiceVector(6);
/** What the two people of the fake recording sound like there: Maya as she was enrolled, and a stranger. */
const HEARD = [voiceVector(1, { spread: 0.2 }), voiceVector(7)];

function enrol({ store }: Pipeline, { model = MODEL, expiresAt = '2999-01-01T00:00:00.000Z', on = true } = {}): string {
  if (on) store.settings.set('global', 'voices', true, 'terminal:0');
  const { id } = store.people.add({ workspace: 'local', name: 'Maya', state: 'confirmed' }, 'terminal:0');
  const consent = { kind: 'file', proof: 'f'.repeat(64) } as const;
  const voice = { personId: id, model, vector: voiceVector(1), narrow: NARROW, clips: [], expiresAt, consent };
  store.voiceprints.add(voice, 'terminal:0');
  return id;
}

function speak({ voices }: Pipeline): void {
  voices.push(...HEARD.map((vector, voice) => ({ voice, vector, seconds: 20, isNarrow: false })));
}

async function finish(pipeline: Pipeline, id: string) {
  await pipeline.reaches(id, 'done');
  const results = createResultStore(pipeline.blobs);
  const keyOf = (stage: 'assign' | 'render') => pipeline.store.stages.get(id, stage).resultKey ?? '';
  const transcript = await findOutcome(results, keyOf('assign'), transcriptSchema);
  const rendered = await findOutcome(results, keyOf('render'), renderedSchema);
  return {
    speakers: transcript?.result.speakers.map(({ label, by, maybe }) => [label, by ?? maybe?.name]),
    files: rendered?.result.files ?? {},
  };
}

async function overRedis(t: TestContext) {
  const redisFolder = await makeTemporaryFolder(t);
  const { url, command } = await startRedis(t, redisFolder, { rdbcompression: 'no' });
  const openQueue = () =>
    openBullmqQueue({ url, registry: jobRegistry, logger: pino({ level: 'silent' }), timing: QUICK });
  return { pipeline: await startPipeline(t, { openQueue }), redisFolder, command };
}

/** All commands that Redis has had. */
const LOG = 'appendonlydir/appendonly.aof.1.incr.aof';
const SAMPLE = 'a'.repeat(64);
/** Database and queue, each with its write-ahead log. */
const ON_DISK = ['hansard.db', 'hansard.db-wal', 'queue.db', 'queue.db-wal'];

describe('voices in the pipeline', { concurrency: 2 }, () => {
  test('somebody who agreed is named by voice, the stranger is not, and nothing of the voices stays', async t => {
    const pipeline = await startPipeline(t);
    const personId = enrol(pipeline);
    speak(pipeline);
    await pipeline.work();
    const { id } = await pipeline.submit();
    const { speakers, files } = await finish(pipeline, id);
    assert.deepEqual(speakers, [
      ['Maya', 'voice'],
      ['SPEAKER_01', undefined],
    ]);
    assert.match(files['transcript.json'] ?? '', /"label":"Maya".*"by":"voice"/);
    assert.equal(pipeline.store.speakers.of(id)[0]?.personId, personId);
    assert.equal(await pipeline.queue.status(`diarize.${id}`), undefined, 'the job took the voices along');
    assert.deepEqual(filesWithVoice(pipeline.folder, [...HEARD, voiceVector(1), NARROW], ON_DISK), []);
  });

  test('the search of the test above would find a vector in any of its forms', async t => {
    const folder = await makeTemporaryFolder(t);
    const vector = voiceVector(3);
    const bytes = Buffer.from(vector.buffer);
    for (const skip of [0, 1, 2]) {
      fs.writeFileSync(path.join(folder, `bytes${skip}`), Buffer.concat([Buffer.alloc(skip), bytes]));
      fs.writeFileSync(
        path.join(folder, `base64${skip}`),
        Buffer.concat([Buffer.alloc(skip), bytes]).toString('base64'),
      );
    }
    fs.writeFileSync(path.join(folder, 'json'), JSON.stringify([...vector]));
    assert.equal(filesWithVoice(folder, [vector]).length, 7);
  });

  test('without the switch nobody is recognised, and no voice leaves a trace on the disk', async t => {
    const pipeline = await startPipeline(t);
    enrol(pipeline, { on: false });
    speak(pipeline);
    await pipeline.work();
    const { id } = await pipeline.submit();
    const { speakers } = await finish(pipeline, id);
    assert.deepEqual(
      speakers?.map(([label]) => label),
      ['SPEAKER_00', 'SPEAKER_01'],
    );
    assert.deepEqual(pipeline.store.speakers.of(id), []);
    const job = await pipeline.queue.status(`diarize.${id}`);
    assert.equal(JSON.stringify(job?.payload).includes('voices'), false);
    assert.deepEqual(filesWithVoice(pipeline.folder, HEARD, ON_DISK), []);
  });

  test('Redis holds no voice either, with people enrolled or without', { skip: noRedis }, async t => {
    const { pipeline, redisFolder, command } = await overRedis(t);
    speak(pipeline);
    await pipeline.work();
    const first = await pipeline.submit();
    await finish(pipeline, first.id);
    enrol(pipeline);
    const second = await pipeline.submit({ content: 'another recording' });
    const { speakers } = await finish(pipeline, second.id);
    assert.deepEqual(speakers?.[0], ['Maya', 'voice']);
    await command('SAVE'); // what is in its memory, beside the log of all commands
    const voices = [...HEARD, voiceVector(1), NARROW];
    assert.deepEqual(filesWithVoice(redisFolder, voices, ['dump.rdb', LOG]), []);
    assert.deepEqual(filesWithVoice(pipeline.folder, voices, ['hansard.db']), []);
  });

  test('a voice that is learned goes through Redis encrypted, and does not stay there', { skip: noRedis }, async t => {
    const { pipeline, redisFolder, command } = await overRedis(t);
    const { store, queue, blobs, folder } = pipeline;
    store.settings.set('global', 'voices', true, 'terminal:0');
    await blobs.put(blobKeys.source(SAMPLE), 'a sample');
    const teacher = createFakeTeacher(MODEL);
    const voiceKeyFile = path.join(folder, 'voice.key');
    const { run, ...learning } = createLearnHandler({
      teacher,
      blobs,
      workDir: path.join(folder, 'work'),
      voiceKeyFile,
    });
    const answers: unknown[] = [];
    const noting: Handler['run'] = async (...job) => {
      const answer = await run(...job);
      answers.push(answer);
      return answer;
    };
    await queue.work(learnVoiceJob.queue, [{ ...learning, run: noting }], { concurrency: 1 });
    const lessonId = store.lessons.add({
      ...{ state: 'learning', workspace: 'local', account: 'slack:U1', name: 'Maya', proof: 'press' },
      ...{ meetingId: null, fileHash: SAMPLE, spans: null, expiresAt: null },
    });
    const tell = async () => {};
    t.after(startVoiceLearning({ store, queue, blobs, logger: pino({ level: 'silent' }), voiceKeyFile, tell }));
    const maya = await until('she is known', () => store.lessons.learning().length === 0 && store.people.list()[0]);
    const [voiceprint] = store.voiceprints.of(maya.id);
    assert.deepEqual(store.voiceprints.vectors(voiceprint?.id ?? ''), {
      vector: teacher.voice,
      narrow: teacher.narrow,
    });
    const isGone = async () => (await queue.status(jobId(learnVoiceJob, lessonId))) === undefined;
    await until('the job is gone', isGone);
    await command('SAVE');
    const { sealed } = learnedVoice.parse(answers[0]);
    const holds = (file: string) => fs.readFileSync(path.join(redisFolder, file)).includes(sealed);
    assert.deepEqual([holds(LOG), holds('dump.rdb')], [true, false], 'it came back through Redis, and is gone');
    assert.deepEqual(filesWithVoice(redisFolder, [teacher.voice, teacher.narrow], ['dump.rdb', LOG]), []);
  });

  test('a meeting that was there before is searched when somebody runs it again, and not when they correct it', async t => {
    const pipeline = await startPipeline(t);
    speak(pipeline);
    await pipeline.work();
    const { id } = await pipeline.submit();
    await finish(pipeline, id);
    enrol(pipeline);
    await pipeline.orchestrator.rerun(id, {}, 'terminal:0');
    assert.deepEqual((await finish(pipeline, id)).speakers?.[0], ['Maya', 'voice']);
    pipeline.voices.length = 0;
    pipeline.orchestrator.correct(id, { speakerNames: { SPEAKER_01: 'Kenji' } }, 'terminal:0');
    const isTaken = () => JSON.stringify(pipeline.store.meetings.get(id).options).includes('Kenji');
    await until('it runs again', isTaken);
    assert.deepEqual((await finish(pipeline, id)).speakers, [
      ['Maya', 'voice'],
      ['Kenji', 'people'],
    ]);
  });

  for (const { what, fault, spoil } of [
    {
      what: 'the wrong key',
      fault: /encrypted with another key/,
      spoil: (pipeline: Pipeline) => {
        enrol(pipeline);
        fs.writeFileSync(path.join(pipeline.folder, 'voice.key'), Buffer.alloc(32, 3).toString('base64'));
      },
    },
    {
      what: 'another model',
      fault: /another model/,
      spoil: (pipeline: Pipeline) => void enrol(pipeline, { model: 'old' }),
    },
    {
      what: 'a consent that is over',
      fault: /consent .* is over/,
      spoil: (pipeline: Pipeline) => void enrol(pipeline, { expiresAt: '2020-01-01T00:00:00.000Z' }),
    },
  ])
    test(`${what} leaves a transcript without names and one sentence`, async t => {
      const pipeline = await startPipeline(t);
      spoil(pipeline);
      speak(pipeline);
      await pipeline.work();
      const { id } = await pipeline.submit();
      const { speakers, files } = await finish(pipeline, id);
      assert.deepEqual(
        speakers?.map(([label]) => label),
        ['SPEAKER_00', 'SPEAKER_01'],
      );
      assert.match(files['meta.json'] ?? '', fault);
    });
});
