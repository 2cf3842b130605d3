import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { HansardError } from '../../src/errors.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { type ProcessedMeeting, type ProcessRequest, processRecording } from '../../src/pipeline/process-recording.ts';
import type { RecordingOptions } from '../../src/pipeline/recording-options.ts';
import { createResultStore } from '../../src/pipeline/results/result-store.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';
import { until } from '../builders/until.ts';
import { voiceVector } from '../builders/voice-vector.ts';
import { askedOnTracks, createFakeStages, type Step } from '../fakes/stages.ts';

const everyStage = ['decode', 'transcribe', 'diarize', 'choose', 'ollama'] as const;
/** Two stages begin at once: either may be the first. */
const inOrder = (calls: readonly Step[]) =>
  calls.join(' ').replace('diarize transcribe', 'transcribe diarize').split(' ');

interface Wish extends Partial<RecordingOptions> {
  force?: boolean;
  signal?: AbortSignal;
  sourcePath?: string;
  people?: ProcessRequest['people'];
}

/** A recording, fake stages, and a result store in a folder of its own. */
async function createWorld(t: TestContext) {
  const folder = await makeTemporaryFolder(t);
  const recording = path.join(folder, 'weekly.wav');
  fs.writeFileSync(recording, 'bytes of the recording');
  const fake = createFakeStages();
  const observed: string[] = [];
  const workDir = path.join(folder, 'work');
  const resultsDir = path.join(folder, 'results');

  function run({ force = false, signal, sourcePath, people = [], ...options }: Wish = {}): Promise<ProcessedMeeting> {
    const request = {
      sourcePath: sourcePath ?? recording,
      options: {
        language: 'auto',
        model: 'moonshine-base',
        minSpeakers: 0,
        maxSpeakers: 32,
        summarizer: 'auto' as const,
        meetingDate: undefined,
        timeZone: 'UTC',
        ...options,
      },
      force,
      people,
      workDir,
      results: createResultStore(createDiskBlobs(resultsDir)),
      observer: {
        onStageStart: (stage: string) => observed.push(`${stage} starts`),
        onStageProgress: () => {},
        onStageEnd: (stage: string, { stored }: { stored: boolean }) =>
          observed.push(stored ? `${stage} is stored` : `${stage} ends`),
        onDuration: (durationMs: number) => observed.push(`${durationMs} ms`),
      },
    };
    return processRecording(request, fake.stages, signal ?? new AbortController().signal);
  }

  /** The steps that this run carried out. */
  async function stepsOf(wish: Wish = {}): Promise<Step[]> {
    fake.calls.length = 0;
    await run(wish);
    return [...fake.calls];
  }

  function assertNothingIsLeft(): void {
    assert.deepEqual(fs.readdirSync(workDir), []);
    const files = fs.readdirSync(resultsDir, { recursive: true, encoding: 'utf8' }).filter(name => name.includes('.'));
    for (const file of files) {
      assert.match(file, /\.json$/);
      JSON.parse(fs.readFileSync(path.join(resultsDir, file), 'utf8'));
    }
  }

  return { ...fake, fake, folder, recording, observed, run, stepsOf, assertNothingIsLeft };
}

/** What a reader of the minutes would see; the costs of a run are its own. */
function content({ stages: _costs, ...rest }: ProcessedMeeting) {
  return rest;
}

async function waitForAbort(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw new HansardError('cancelled', 'the stage heard the signal');
}

describe('a recording', () => {
  test('has the names of people who agreed to be recognised, and leaves no trace of the voices', async t => {
    const { run, fake, folder } = await createWorld(t);
    fake.voices.push({ voice: 1, vector: voiceVector(1), seconds: 9, isNarrow: false });
    const kenji = { personId: '01990000-0000-7000-8000-000000000001', name: 'Kenji', vector: voiceVector(1) };
    assert.deepEqual(
      (await run()).transcript.speakers.map(({ label }) => label),
      ['SPEAKER_00', 'SPEAKER_01'],
    );
    const { transcript } = await run({ people: [kenji] });
    assert.deepEqual(
      transcript.speakers.map(({ label, by }) => [label, by]),
      [
        ['SPEAKER_00', undefined],
        ['Kenji', 'voice'],
      ],
    );
    const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => path.join(folder, name));
    const numbers = String(voiceVector(1)[0]).slice(0, 8);
    for (const file of files.filter(name => fs.statSync(name).isFile()))
      assert.equal(fs.readFileSync(file, 'utf8').includes(numbers), false, file);
  });

  test('goes through the stages in order, and what they say comes out', async t => {
    const { run, calls, observed, assertNothingIsLeft } = await createWorld(t);
    const meeting = await run();
    assert.deepEqual(inOrder(calls), everyStage);
    assert.equal(observed[0], 'accept starts');
    assert.ok(observed.indexOf('10000 ms') > observed.indexOf('decode ends'));
    assert.ok(observed.indexOf('10000 ms') < observed.indexOf('transcribe starts'));
    assert.ok(
      observed.indexOf('diarize starts') < observed.indexOf('transcribe ends'),
      'words and voices side by side',
    );
    assert.ok(observed.indexOf('summarize starts') > observed.indexOf('diarize ends'));
    assert.deepEqual(
      meeting.transcript.turns.map(({ speaker, text }) => `${speaker} ${text}`),
      ['SPEAKER_00 Who waters the plants?', 'SPEAKER_01 I do, every day.'],
    );
    assert.deepEqual(meeting.warnings, [
      'decoded with doubt',
      'heard with doubt',
      'told apart with doubt',
      'read by ollama',
    ]);
    assert.equal(meeting.complete, true);
    assert.equal(meeting.stages.transcribe?.device, 'cpu');
    assert.equal(meeting.stages.decode?.device, null);
    assertNothingIsLeft();
  });

  test('is answered from the stored results the second time', async t => {
    const { run, stepsOf, observed } = await createWorld(t);
    const first = await run();
    observed.length = 0;
    assert.deepEqual(await stepsOf(), ['choose']);
    assert.deepEqual(observed.slice(0, 3), ['accept is stored', 'decode is stored', '10000 ms']);
    // these two run side by side
    assert.deepEqual(observed.slice(3, 5).sort(), ['diarize is stored', 'transcribe is stored']);
    assert.deepEqual(observed.slice(5), ['summarize is stored']);
    const second = await run();
    assert.deepEqual(content(second), content(first));
    assert.ok(Object.values(second.stages).every(({ stored }) => stored));
  });

  test('has the summary that was wished for; another wish, or another prompt, is another summary', async t => {
    const { stepsOf, fake } = await createWorld(t);
    const wish = { summaryStyle: 'short', summaryLanguage: 'de' } as const;
    await stepsOf({ ...wish, meetingDate: '2026-11-17' });
    assert.deepEqual(fake.wishes, [{ meetingDate: '2026-11-17', timeZone: 'UTC', style: 'short', language: 'de' }]);
    assert.deepEqual(await stepsOf({ ...wish, meetingDate: '2026-11-17' }), ['choose']);
    assert.deepEqual(await stepsOf({ meetingDate: '2026-11-17' }), ['choose', 'ollama']);
    fake.stages.ollama.ownPrompts = 'hash of a prompt';
    assert.deepEqual(await stepsOf({ meetingDate: '2026-11-17' }), ['choose', 'ollama']);
  });

  test('is computed again when that is asked for, and stays the same meeting', async t => {
    const { run, calls } = await createWorld(t);
    const first = await run();
    calls.length = 0;
    const second = await run({ force: true });
    assert.deepEqual(inOrder(calls), everyStage);
    assert.equal(second.meetingId, first.meetingId);
    assert.ok(Object.values(second.stages).every(({ stored }) => !stored));
  });

  const consequences: [wish: Wish, computed: Step[]][] = [
    [{ language: 'en' }, ['decode', 'transcribe', 'choose', 'ollama']],
    [{ model: 'moonshine-tiny' }, ['decode', 'transcribe', 'choose', 'ollama']],
    [{ minSpeakers: 2 }, ['decode', 'diarize', 'choose', 'ollama']],
    [{ maxSpeakers: 4 }, ['decode', 'diarize', 'choose', 'ollama']],
    [{ meetingDate: '2026-11-17' }, ['choose', 'ollama']],
    [{ timeZone: 'Europe/Berlin' }, ['choose', 'ollama']],
    [{ summarizer: 'extractive' }, ['choose', 'extractive']],
    [{ glossary: [{ written: 'Kubernetes' }] }, ['choose', 'ollama']],
  ];
  for (const [wish, computed] of consequences) {
    test(`with ${JSON.stringify(wish)} computes only what depends on it`, async t => {
      const { run, stepsOf } = await createWorld(t);
      await run();
      assert.deepEqual(await stepsOf(wish), computed);
      assert.deepEqual(await stepsOf(), ['choose'], 'the results of the first run are still there');
    });
  }

  test('is heard once more with other terms by a model that is told them', async t => {
    const { run, stepsOf } = await createWorld(t);
    const wish = { model: 'whisper-base', glossary: [{ written: 'Kubernetes' }] };
    await run(wish);
    const spelling = { heard: 'cooper netties', written: 'Kubernetes' };
    assert.deepEqual(await stepsOf({ ...wish, glossary: [spelling] }), ['choose', 'ollama']);
    const added = [...wish.glossary, { written: 'Grafana' }];
    assert.deepEqual(await stepsOf({ ...wish, glossary: added }), ['decode', 'transcribe', 'choose', 'ollama']);
  });

  test('has the terms of the glossary, and another summary with other terms', async t => {
    const { run, stepsOf } = await createWorld(t);
    const heard = { heard: 'the plants', written: 'Monstera' };
    const { transcript } = await run({ glossary: [heard] });
    assert.equal(transcript.turns[0]?.text, 'Who waters Monstera?');
    assert.equal(transcript.turns[0]?.words[2]?.original, 'the plants');
    assert.deepEqual(await stepsOf({ glossary: [heard] }), ['choose']);
    assert.deepEqual(await stepsOf({ glossary: [{ ...heard, written: 'Ficus' }] }), ['choose', 'ollama']);
  });

  test('with the same sound in another file is another meeting, heard once', async t => {
    const { run, stepsOf, folder } = await createWorld(t);
    const first = await run();
    const sourcePath = path.join(folder, 'weekly.mkv');
    fs.writeFileSync(sourcePath, 'other bytes, the same sound');
    assert.deepEqual(await stepsOf({ sourcePath }), ['decode', 'choose']);
    const second = await run({ sourcePath });
    assert.notEqual(second.meetingId, first.meetingId);
    assert.deepEqual(second.transcript, first.transcript);
  });

  test('took place when the user says, else when it says itself, else when the file was written', async t => {
    const { run, fake, recording, folder } = await createWorld(t);
    assert.equal((await run({ meetingDate: '2026-01-02' })).meetingDate, '2026-01-02');
    assert.equal((await run()).meetingDate, '2026-11-16T09:00:00.000Z');
    fake.decoded = { ...fake.decoded, facts: { ...fake.decoded.facts, createdAt: null } };
    const sourcePath = path.join(folder, 'undated.wav');
    fs.writeFileSync(sourcePath, `${fs.readFileSync(recording, 'utf8')} without a date`);
    fs.utimesSync(sourcePath, new Date(), new Date('2025-05-05T05:05:05Z'));
    assert.equal((await run({ sourcePath })).meetingDate, '2025-05-05T05:05:05.000Z');
  });

  test('whose decoding alone is stored is decoded once more, for both stages and unseen', async t => {
    const { run, calls, during, observed } = await createWorld(t);
    during.transcribe = () => {
      throw new HansardError('out_of_memory', 'too little');
    };
    during.diarize = waitForAbort;
    await assert.rejects(run(), { code: 'out_of_memory' });
    delete during.transcribe;
    delete during.diarize;
    calls.length = 0;
    observed.length = 0;
    const meeting = await run();
    assert.deepEqual(inOrder(calls), everyStage);
    assert.equal(meeting.stages.decode?.stored, true);
    assert.ok(!observed.includes('decode starts'));
  });
});

test('a recording with one track per speaker has their names and needs no diarization', async t => {
  const { fake, run, stepsOf } = await createWorld(t);
  fake.decoded = { ...fake.decoded, tracks: askedOnTracks };
  const { transcript, diarization, warnings } = await run();
  assert.deepEqual(
    transcript.speakers.map(({ label, user }) => [label, user?.id]),
    [
      ['sam', '1001'],
      ['ada', '1000'],
    ],
  );
  assert.equal(diarization.speakerCount, 2);
  assert.ok(!warnings.includes('told apart with doubt'));
  assert.deepEqual(await stepsOf({ force: true }), ['decode', 'transcribe', 'choose', 'ollama']);
});

describe('a stage that fails', () => {
  test('telling speakers apart: the transcript stays, the minutes say so, and the next run tries again', async t => {
    const { run, stepsOf, during, assertNothingIsLeft } = await createWorld(t);
    during.diarize = () => {
      throw new HansardError('inference_failed', 'twice');
    };
    const meeting = await run();
    assert.equal(meeting.complete, false);
    assert.equal(meeting.transcript.speakers.length, 1);
    assert.match(
      meeting.transcript.turns.map(({ text }) => text).join(' '),
      /Who waters the plants\? I do, every day\./,
    );
    assert.ok(
      meeting.warnings.includes(
        'The speakers could not be told apart: A model stopped working twice on this recording.',
      ),
    );
    assertNothingIsLeft();
    delete during.diarize;
    assert.deepEqual(await stepsOf(), ['decode', 'diarize', 'choose', 'ollama']);
    const next = await run();
    assert.equal(next.complete, true);
    assert.equal(next.transcript.speakers.length, 2);
    assert.ok(!next.warnings.some(warning => warning.includes('told apart:')));
  });

  const summarizerFaults = [
    ['choose', 'summarizer_offline', /Check that its server is running/, ['choose', 'extractive']],
    ['ollama', 'summarizer_failed', /gave no usable answer/, ['choose', 'ollama', 'extractive']],
  ] as const;
  for (const [step, code, sentence, steps] of summarizerFaults) {
    test(`summarizing with ${code}: rules write the summary, and the next run asks again`, async t => {
      const { run, stepsOf, during } = await createWorld(t);
      during[step] = () => {
        throw new HansardError(code, 'no answer');
      };
      const first = await stepsOf({ summarizer: 'ollama' });
      assert.deepEqual(first.slice(3), steps);
      const meeting = await run({ summarizer: 'ollama' });
      assert.equal(meeting.complete, false);
      assert.equal(meeting.summary.method, 'extractive');
      assert.match(meeting.warnings.at(-1) ?? '', sentence);
      assert.match(meeting.warnings.at(-1) ?? '', /^The summary was made by rules\. /);
      delete during[step];
      const next = await run({ summarizer: 'ollama' });
      assert.equal(next.complete, true);
      assert.equal(next.summary.method, 'ollama');
      assert.ok(!next.warnings.some(warning => warning.includes('made by rules')));
    });
  }

  test('hearing words: telling speakers apart stops, and the fault is that of the words', async t => {
    const { run, during, calls, assertNothingIsLeft } = await createWorld(t);
    let stopped = false;
    during.transcribe = () => {
      throw new HansardError('model_corrupt', 'decoder.onnx');
    };
    during.diarize = async signal => {
      await waitForAbort(signal).finally(() => {
        stopped = true;
      });
    };
    await assert.rejects(run(), { code: 'model_corrupt' });
    assert.equal(stopped, true, 'before the run ended');
    assert.ok(!calls.includes('choose'));
    assertNothingIsLeft();
  });

  test('decoding: nothing else begins', async t => {
    const { run, during, calls, assertNothingIsLeft } = await createWorld(t);
    during.decode = () => {
      throw new HansardError('no_audio', 'video only');
    };
    await assert.rejects(run(), { code: 'no_audio' });
    assert.deepEqual(calls, ['decode']);
    assertNothingIsLeft();
  });

  for (const step of ['diarize', 'choose', 'ollama'] as const) {
    test(`by a bug during ${step} is not taken for a weak spot of the recording`, async t => {
      const { run, during, assertNothingIsLeft } = await createWorld(t);
      during[step] = () => {
        throw new TypeError('a bug');
      };
      await assert.rejects(run(), TypeError);
      assertNothingIsLeft();
    });
  }
});

describe('a cancel', () => {
  for (const step of everyStage) {
    test(`during ${step} leaves nothing unfinished, and the next run goes on`, async t => {
      const { run, during, assertNothingIsLeft } = await createWorld(t);
      const controller = new AbortController();
      during[step] = () => {
        controller.abort();
        throw new HansardError('cancelled', 'the stage heard the signal');
      };
      await assert.rejects(run({ signal: controller.signal }), { code: 'cancelled' });
      assertNothingIsLeft();
      delete during[step];
      const next = await run();
      assert.equal(next.complete, true);
      const undisturbed = await run({ force: true });
      assert.deepEqual(content(next), content(undisturbed));
    });
  }

  test('that a stage does not hear keeps its whole result, and no later stage begins', async t => {
    const { run, stepsOf, during, calls, assertNothingIsLeft } = await createWorld(t);
    const controller = new AbortController();
    during.transcribe = async () => {
      await until('both have begun', () => calls.includes('diarize'));
      controller.abort();
    };
    await assert.rejects(run({ signal: controller.signal }), { name: 'AbortError' });
    assert.deepEqual(inOrder(calls), ['decode', 'transcribe', 'diarize']);
    assertNothingIsLeft();
    delete during.transcribe;
    assert.deepEqual(await stepsOf(), ['choose', 'ollama']);
  });

  test('before the beginning is heard while the file is read', async t => {
    const { run, calls } = await createWorld(t);
    await assert.rejects(run({ signal: AbortSignal.abort() }), { code: 'cancelled' });
    assert.deepEqual(calls, []);
  });
});

describe('what is no recording', () => {
  /** Were it read after all, the test would end with `cancelled` instead of never. */
  const signal = () => AbortSignal.timeout(2_000);

  test('a pipe is refused at once', { skip: process.platform === 'win32' }, async t => {
    const { run, folder, calls } = await createWorld(t);
    const sourcePath = path.join(folder, 'pipe.wav');
    execFileSync('mkfifo', [sourcePath]);
    const writer = fs.openSync(sourcePath, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    t.after(() => fs.closeSync(writer)); // a reader that waits for its words is let go
    await assert.rejects(run({ sourcePath, signal: signal() }), { code: 'not_a_file' });
    assert.deepEqual(calls, []);
  });

  test('a device and a folder are refused at once', async t => {
    const { run, folder } = await createWorld(t);
    for (const sourcePath of [folder, ...(fs.existsSync('/dev/zero') ? ['/dev/zero'] : [])])
      await assert.rejects(run({ sourcePath, signal: signal() }), { code: 'not_a_file' });
  });

  test('a file that is not there is missing, also below what is no folder', async t => {
    const { run, recording, folder } = await createWorld(t);
    for (const sourcePath of [path.join(folder, 'nothing.wav'), path.join(recording, 'x.wav')])
      await assert.rejects(run({ sourcePath }), { code: 'file_missing' });
  });

  test('a file that may not be read says so', {
    skip: process.getuid?.() === 0 && 'root may read everything',
  }, async t => {
    const { run, recording } = await createWorld(t);
    fs.chmodSync(recording, 0);
    await assert.rejects(run(), { code: 'file_unreadable' });
  });
});
