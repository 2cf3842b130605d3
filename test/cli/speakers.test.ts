import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createResultStore } from '../../src/pipeline/results/result-store.ts';
import { findOutcome } from '../../src/pipeline/run-stage.ts';
import { transcriptSchema } from '../../src/pipeline/stage-results.ts';
import { openStore } from '../../src/pipeline/store/open-store.ts';
import { say, transcription } from '../builders/meeting.ts';
import { startPipeline } from '../builders/pipeline.ts';
import { createProgram, type Finished } from '../builders/program.ts';
import { until } from '../builders/until.ts';

async function refuses(run: Promise<Finished>, says: RegExp): Promise<void> {
  const { status, stderr } = await run;
  assert.match(stderr, says);
  assert.notEqual(status, 0);
}

describe('people and speakers on the command line', { concurrency: 2 }, () => {
  test('speakers are named, merged and split, and the files are made again', async t => {
    const pipeline = await startPipeline(t);
    const program = createProgram(t);
    const { id } = await pipeline.submit();
    await pipeline.work();
    await pipeline.reaches(id, 'done');
    const person = pipeline.store.people.add({ workspace: 'local', name: 'Maya', state: 'confirmed' }, 'terminal:0');
    const run = (...args: string[]) => program.run(['speakers', id, ...args], { HANSARD_DATA: pipeline.folder });
    const speakersBecome = (what: string, wanted: string[]) =>
      until(what, async () => {
        const key = pipeline.store.stages.get(id, 'assign').resultKey ?? '';
        const found =
          key === '' ? undefined : await findOutcome(createResultStore(pipeline.blobs), key, transcriptSchema);
        return found?.result.speakers.map(({ label }) => label).join() === wanted.join();
      });

    assert.match((await run('list')).stdout, /^SPEAKER_00, .*\nSPEAKER_01, /);
    const named = await run('name', 'SPEAKER_01', 'maya');
    assert.equal(named.status, 0, named.stderr);
    await speakersBecome('the name', ['SPEAKER_00', 'Maya']);
    assert.deepEqual(
      pipeline.store.speakers.of(id).map(({ voice, personId, decision }) => [voice, personId, decision]),
      [[1, person.id, 'confirmed']],
    );
    await pipeline.reaches(id, 'done');
    await run('merge', 'SPEAKER_01', 'SPEAKER_00');
    await speakersBecome('one speaker', ['SPEAKER_00']);
    await pipeline.reaches(id, 'done');
    await run('split', 'SPEAKER_01');
    await speakersBecome('two speakers again', ['SPEAKER_00', 'Maya']);
    await pipeline.reaches(id, 'done');
    assert.equal((await run('split', 'SPEAKER_00', 'T0001')).stdout.split('\n')[1], 'SPEAKER_02');
    await speakersBecome('a speaker of its own', ['Maya', 'SPEAKER_02']);
    await pipeline.reaches(id, 'done');
    const renamed = await program.run(['people', 'rename', 'maya', 'Mia'], { HANSARD_DATA: pipeline.folder });
    assert.match(renamed.stdout, /Mia: 1 meetings are made again when the bot runs/);
    await speakersBecome('the new name', ['Mia', 'SPEAKER_02']);
    await Promise.all([
      refuses(run('name', 'SPEAKER_07', 'Kenji'), /There is no such speaker/),
      refuses(run('split', 'SPEAKER_01', 'T0099'), /not all of these are turns/),
    ]);
  });

  test('names that a language model read are listed with their quote, and not set', async t => {
    const pipeline = await startPipeline(t);
    const { transcribe } = pipeline.fake.stages;
    // the rules do not take a word for a name that is written small as well
    const asked = say(500, 'Grace, can you start?');
    const answered = say(5_000, 'The grace period is over.');
    transcribe.run = async () => transcription(asked, answered);
    const evidence = { turn: 'T0001', start: 0.5, end: 2, quote: 'Grace, can you start?' };
    pipeline.fake.summarized = { speakerNames: [{ speaker: 'SPEAKER_01', name: 'Grace', evidence }] };
    const { id } = await pipeline.submit();
    await pipeline.work();
    await pipeline.reaches(id, 'done');
    const { stdout } = await createProgram(t).run(['speakers', id, 'list'], { HANSARD_DATA: pipeline.folder });
    assert.match(stdout, /^SPEAKER_01, .*\n {2}perhaps Grace \(50 %\): “Grace, can you start\?” at 00:00$/m);
  });

  test('enrolling asks for the switch and for consent before it listens, and nobody unknown is forgotten', async t => {
    const program = createProgram(t);
    const run = (...args: string[]) => program.run(args);
    const sample = path.join(program.folder, 'sample.wav');
    fs.writeFileSync(sample, 'not looked at');
    await refuses(run('people', 'enrol', 'Maya', sample), /is switched off/);
    const store = openStore(path.join(program.folder, 'data', 'hansard.db'));
    store.settings.set('global', 'voices', true, 'terminal:0');
    store.close();
    const consent = ['--consent', path.join(program.folder, 'nowhere.pdf')];
    await Promise.all([
      refuses(run('people', 'enrol', 'Maya', sample), /only with the consent/),
      refuses(run('people', 'enrol', 'Maya', sample, ...consent), /There is no such file/),
      refuses(run('people', 'forget', 'Maya'), /There is no such person/),
      refuses(run('people', 'rename', 'Maya', ' '), /a name has 1 to 80 characters/),
    ]);
  });
});
