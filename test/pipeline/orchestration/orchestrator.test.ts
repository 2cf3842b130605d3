import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HansardError } from '../../../src/errors.ts';
import { blobKeys } from '../../../src/pipeline/blobs/blob-store.ts';
import { decodeJob, type StagePayload } from '../../../src/pipeline/jobs.ts';
import { startPipeline } from '../../builders/pipeline.ts';
import { until } from '../../builders/until.ts';
import { askedOnTracks } from '../../fakes/stages.ts';

const everything = ['decode', 'diarize', 'extractive', 'transcribe'];

describe('a meeting', () => {
  test('goes through all stages and is announced once', async t => {
    const { submit, reaches, work, announced, calls, states, store, filesOf } = await startPipeline(t);
    await work();
    const { id } = await submit();
    const meeting = await reaches(id, 'done');
    assert.deepEqual(states(id), [
      'fetch done',
      'decode done',
      'transcribe done',
      'diarize done',
      'assign done',
      'summarize done',
      'render done',
      'deliver done',
    ]);
    assert.deepEqual(calls.filter(call => call !== 'choose').sort(), everything);
    assert.equal(announced.length, 1);
    assert.ok(announced[0]?.files.includes('minutes.html'));
    assert.equal(meeting.durationMs, 10_000);
    const meta = JSON.parse((await filesOf(id))['meta.json'] ?? '');
    assert.deepEqual(Object.keys(meta.options).sort(), [
      'language',
      'maxSpeakers',
      'meetingDate',
      'minSpeakers',
      'model',
      'summarizer',
      'timeZone',
    ]);
    assert.deepEqual(
      store.search.find({ words: 'plants', limit: 5 }).map(hit => hit.meetingId),
      [id],
    );
    assert.ok((store.stages.measuredRtf('transcribe') ?? -1) >= 0);
  });

  test('with a recording that is known costs nothing, and is done within two seconds', async t => {
    const { submit, reaches, work, announced, calls } = await startPipeline(t);
    await work();
    const first = await submit();
    await reaches(first.id, 'done');
    const before = calls.length;
    const startedAt = performance.now();
    const second = await submit({ owner: 'U2' });
    await reaches(second.id, 'done');
    assert.ok(performance.now() - startedAt < 2_000);
    assert.equal(calls.length, before);
    assert.deepEqual(
      announced.map(({ meetingId }) => meetingId),
      [first.id, second.id],
    );
  });

  test('with the same sound in another file hears nothing twice', async t => {
    const { submit, reaches, work, calls, announced } = await startPipeline(t);
    await work();
    await reaches((await submit({ content: 'the sound in one container' })).id, 'done');
    calls.length = 0;
    await reaches((await submit({ content: 'the same sound in another' })).id, 'done');
    assert.deepEqual(
      calls.filter(call => call !== 'choose'),
      ['decode'],
    );
    assert.equal(announced.length, 2);
  });

  test('that is submitted twice under one origin is one', async t => {
    const { submit, reaches, work, announced } = await startPipeline(t);
    await work();
    const first = await submit({ origin: 'slack:F1' });
    const second = await submit({ origin: 'slack:F1' });
    assert.equal(second.id, first.id);
    await reaches(first.id, 'done');
    assert.equal(announced.length, 1);
  });

  test('run again with other options computes what depends on them', async t => {
    const { submit, reaches, work, orchestrator, calls, announced } = await startPipeline(t);
    await work();
    const { id } = await submit();
    await reaches(id, 'done');
    calls.length = 0;
    await orchestrator.rerun(id, { maxSpeakers: 2 }, 'slack:U1');
    await reaches(id, 'done');
    assert.deepEqual(calls.filter(call => call !== 'choose').sort(), ['diarize', 'extractive']);
    assert.equal(announced.length, 2);
  });

  test('run again after the installation changed its prompts and templates is summarized and rendered anew', async t => {
    const { submit, reaches, work, orchestrator, calls, fake, filesOf } = await startPipeline(t);
    await work();
    const { id } = await submit({ options: { summarizer: 'ollama' } });
    await reaches(id, 'done');
    const runAgain = async () => {
      calls.length = 0;
      await orchestrator.rerun(id, {}, 'slack:U1');
      await reaches(id, 'done');
      return calls.filter(call => call !== 'choose');
    };
    assert.deepEqual(await runAgain(), []);
    fake.stages.ollama.ownPrompts = 'hash of a prompt';
    Object.assign(fake.stages.templates, { summaryMd: () => 'house style', hash: 'hash of a template' });
    assert.deepEqual(await runAgain(), ['ollama']);
    assert.equal((await filesOf(id))['summary.md'], 'house style');
    assert.deepEqual(await runAgain(), []);
  });

  test('of a worker with templates that the bot does not know has them, under a key of its own', async t => {
    const { submit, reaches, work, orchestrator, fake, filesOf, store } = await startPipeline(t, {
      versions: { templates: { hash: undefined } },
    });
    const ours = { ...fake.stages.templates };
    Object.assign(fake.stages.templates, { summaryMd: () => 'house style', hash: 'hash of a template' });
    await work();
    const { id } = await submit();
    await reaches(id, 'done');
    assert.equal((await filesOf(id))['summary.md'], 'house style');
    const { resultKey } = store.stages.get(id, 'render');
    Object.assign(fake.stages.templates, ours);
    await orchestrator.rerun(id, {}, 'slack:U1');
    await reaches(id, 'done');
    assert.match((await filesOf(id))['summary.md'] ?? '', /^# /);
    assert.notEqual(store.stages.get(id, 'render').resultKey, resultKey);
  });

  test('whose sound was removed meanwhile is decoded again when a stage needs it', async t => {
    const { submit, reaches, work, orchestrator, calls, blobs } = await startPipeline(t);
    await work();
    const { id } = await submit();
    const { audioHash } = await reaches(id, 'done');
    await blobs.delete(blobKeys.audio(audioHash ?? ''));
    calls.length = 0;
    await orchestrator.rerun(id, { maxSpeakers: 2 }, 'slack:U1');
    await reaches(id, 'done');
    assert.deepEqual(calls.filter(call => call !== 'choose').sort(), ['decode', 'diarize', 'extractive']);
  });

  test('whose recording is gone as well says so, and keeps what it has', async t => {
    const { submit, reaches, work, orchestrator, blobs, store } = await startPipeline(t);
    await work();
    const { id, fileHash } = await submit();
    const { audioHash } = await reaches(id, 'done');
    await blobs.delete(blobKeys.audio(audioHash ?? ''));
    await blobs.delete(blobKeys.source(fileHash ?? ''));
    await orchestrator.rerun(id, { maxSpeakers: 2 }, 'slack:U1');
    const meeting = await reaches(id, 'failed');
    assert.equal(meeting.errorCode, 'blob_missing');
    assert.equal(store.search.find({ words: 'plants', limit: 5 }).length, 1);
  });
});

describe('a meeting with one track per speaker', () => {
  test('has their names, needs no diarization, and finds its tracks again', async t => {
    const { fake, submit, reaches, work, orchestrator, calls, blobs, filesOf } = await startPipeline(t);
    fake.decoded = { ...fake.decoded, tracks: askedOnTracks };
    await work();
    const { id } = await submit();
    const { audioHash } = await reaches(id, 'done');
    assert.deepEqual(calls.filter(call => call !== 'choose').sort(), ['decode', 'extractive', 'transcribe']);
    const files = await filesOf(id);
    const { speakers } = JSON.parse(files['transcript.json'] ?? '');
    const named = speakers.map((one: { label: string; user: { id: string } }) => [one.label, one.user.id]);
    assert.deepEqual(named, [
      ['sam', '1001'],
      ['ada', '1000'],
    ]);
    assert.match(files['transcript.rttm'] ?? '', /SPEAKER_00.*\n(.*\n)*.*SPEAKER_01/);
    assert.equal(JSON.parse(files['meta.json'] ?? '').recording.chosenTrack, null);

    await blobs.delete(blobKeys.tracks(audioHash ?? ''));
    calls.length = 0;
    await orchestrator.rerun(id, { language: 'de' }, 'slack:U1');
    await reaches(id, 'done');
    assert.deepEqual(calls.filter(call => call !== 'choose').sort(), ['decode', 'extractive', 'transcribe']);
  });
});

describe('a failure', () => {
  test('of a stage fails the meeting with its code, and a retry goes on there', async t => {
    const { submit, reaches, work, orchestrator, during, calls, states } = await startPipeline(t);
    await work();
    during.transcribe = () => Promise.reject(new HansardError('model_missing', 'moonshine-base'));
    const { id } = await submit();
    const meeting = await reaches(id, 'failed');
    assert.equal(meeting.errorCode, 'model_missing');
    assert.ok(states(id).includes('transcribe failed'));
    delete during.transcribe;
    await until('the other stage has ended', () => !states(id).some(state => /queued|running/.test(state)));
    calls.length = 0;
    await orchestrator.retry(id, 'slack:U1');
    await reaches(id, 'done');
    assert.ok(!calls.includes('decode'));
  });

  test('of the diarizer leaves a transcript with one speaker', async t => {
    const { submit, reaches, work, during, announced, states } = await startPipeline(t);
    await work();
    during.diarize = () => Promise.reject(new HansardError('model_missing', 'campplus'));
    const { id } = await submit();
    await reaches(id, 'done');
    assert.ok(states(id).includes('diarize failed'));
    assert.equal(announced.length, 1);
  });

  test('of the summarizer leaves the transcript, and can be made good', async t => {
    const { submit, reaches, work, during, announced, states, orchestrator } = await startPipeline(t);
    await work();
    during.extractive = () => Promise.reject(new HansardError('invalid_usage', 'never works'));
    const { id } = await submit();
    await reaches(id, 'done');
    assert.ok(states(id).includes('summarize failed'));
    assert.equal(announced.length, 1);
    delete during.extractive;
    await orchestrator.retry(id, 'slack:U1');
    await until('the summary is there', () => states(id).includes('summarize done') && announced.length === 2);
    await reaches(id, 'done');
    await assert.rejects(orchestrator.retry(id, 'slack:U1'), { code: 'illegal_move' });
  });
});

describe('a cancel', () => {
  test('before work began ends it, and a retry starts it', async t => {
    const { submit, reaches, work, orchestrator, calls } = await startPipeline(t);
    const { id } = await submit();
    await reaches(id, 'queued');
    assert.equal(await orchestrator.cancel(id, 'slack:U1'), 'cancelled');
    await assert.rejects(orchestrator.cancel(id, 'slack:U1'), { code: 'illegal_move' });
    await work();
    await orchestrator.retry(id, 'slack:U1');
    await reaches(id, 'done');
    assert.ok(calls.includes('transcribe'));
  });

  test('of one of its jobs cancels the meeting', async t => {
    const { submit, reaches, work, queue, orchestrator } = await startPipeline(t);
    const { id } = await submit();
    await until('decode is queued', () => queue.status(`decode.${id}`));
    await queue.cancel(`decode.${id}`, 'by hand');
    await reaches(id, 'cancelled');
    await work();
    await orchestrator.retry(id, 'slack:U1');
    await reaches(id, 'done');
  });

  test('of a stage that runs is obeyed', async t => {
    const { submit, reaches, work, orchestrator, during, announced } = await startPipeline(t);
    await work();
    const began = Promise.withResolvers<void>();
    during.transcribe = signal => {
      began.resolve();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const { id } = await submit();
    await began.promise;
    await orchestrator.cancel(id, 'slack:U1');
    await reaches(id, 'cancelled');
    assert.deepEqual(announced, []);
  });
});

describe('recovery', () => {
  test('plans again what an earlier version planned', async t => {
    const { submit, reaches, work, orchestrator, queue, announced } = await startPipeline(t);
    const { id } = await submit();
    const planned = await until('decode is queued', () => queue.status(`decode.${id}`));
    const older = { ...(planned.payload as StagePayload), resultKey: 'of the version before' };
    await orchestrator.stop();
    await queue.cancel(`decode.${id}`, 'to put an older one in its place');
    await queue.add(decodeJob, { key: id, payload: older, again: true });
    await orchestrator.reconcile();
    assert.notDeepEqual((await queue.status(`decode.${id}`))?.payload, older);
    orchestrator.start();
    await work();
    await reaches(id, 'done');
    assert.equal(announced.length, 1);
  });

  test('adds again what the queue lost', async t => {
    const { submit, reaches, work, orchestrator, queue, announced } = await startPipeline(t);
    const { id } = await submit();
    await until('decode is queued', () => queue.status(`decode.${id}`));
    await queue.forget(`decode.${id}`);
    const { restored } = await orchestrator.reconcile();
    assert.deepEqual(restored, [`decode.${id}`]);
    assert.deepEqual((await orchestrator.reconcile()).restored, []);
    await work();
    await reaches(id, 'done');
    assert.equal(announced.length, 1);
  });
});

describe('what people put right', () => {
  test('is worked in at once when the meeting is over: words, speakers and items, without hearing anything again', async t => {
    const { submit, reaches, work, orchestrator, calls, store, announced, filesOf } = await startPipeline(t);
    await work();
    const { id } = await submit();
    await reaches(id, 'done');
    calls.length = 0;
    const change = {
      corrections: [{ heard: 'plants', written: 'roses' }],
      speakerNames: { SPEAKER_00: 'Anna' },
      speakerMerges: { SPEAKER_01: 'SPEAKER_00' },
    };
    orchestrator.correct(id, change, 'U1');
    orchestrator.correct(id, { corrections: [{ heard: 'Plants', written: 'tulips' }] }, 'U1');
    await until('both are worked in', () => announced.length === 3);
    await reaches(id, 'done');
    assert.deepEqual(
      calls.filter(call => call !== 'choose'),
      ['extractive', 'extractive'],
    );
    const files = await filesOf(id);
    assert.match(files['transcript.txt'] ?? '', /Anna: Who waters the tulips\?\n\n\[00:05\] Anna: I do, every day\./);
    assert.deepEqual(JSON.parse(files['meta.json'] ?? '').options.corrections, [
      { heard: 'Plants', written: 'tulips' },
    ]);
    assert.doesNotMatch(files['transcript.rttm'] ?? '', /SPEAKER_01/);
    assert.equal(store.outbox.count(), 0);
  });

  test('is put right in the words that the glossary has written', async t => {
    const { submit, reaches, work, orchestrator, calls, filesOf, announced } = await startPipeline(t);
    await work();
    const { id } = await submit({ options: { glossary: [{ heard: 'the plants', written: 'Monstera' }] } });
    await reaches(id, 'done');
    const files = await filesOf(id);
    assert.match(files['transcript.txt'] ?? '', /Who waters Monstera\?/);
    assert.equal(JSON.parse(files['meta.json'] ?? '').glossaryCorrections, 1);
    calls.length = 0;
    orchestrator.correct(id, { corrections: [{ heard: 'monstera', written: 'the palm' }] }, 'U1');
    await until('it is worked in', () => announced.length === 2);
    assert.deepEqual(
      calls.filter(call => call !== 'choose'),
      ['extractive'],
    );
    assert.match((await filesOf(id))['transcript.txt'] ?? '', /Who waters the palm\?/);
  });

  test('waits while the meeting is worked on', async t => {
    const { submit, reaches, work, orchestrator, store, during } = await startPipeline(t);
    const { promise, resolve } = Promise.withResolvers<void>();
    during.transcribe = () => promise;
    await work();
    const { id } = await submit();
    await until('it is worked on', () => store.meetings.get(id).state === 'processing');
    orchestrator.correct(id, { speakerNames: { SPEAKER_00: 'Anna' } }, 'U1');
    await until('it was looked at', () => store.outbox.take(['correct'], 1, 1_000).length === 0);
    assert.equal(store.meetings.get(id).options.speakerNames, undefined);
    delete during.transcribe;
    resolve();
    await until('it is worked in', () => store.meetings.get(id).options.speakerNames !== undefined, 15_000);
    await reaches(id, 'done');
  });

  test('of no meeting is an error, and is forgotten with its meeting', async t => {
    const { submit, reaches, work, orchestrator, store } = await startPipeline(t);
    assert.throws(() => orchestrator.correct('01990000-0000-7000-8000-000000000001', {}, 'U1'), {
      code: 'unknown_meeting',
    });
    await work();
    const { id } = await submit();
    await reaches(id, 'done');
    store.outbox.put({ topic: 'correct', meetingId: id, payload: {} });
    store.forgetMeeting(id, 'U1');
    assert.equal(store.outbox.count(), 0);
  });
});
