import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createResultStore } from '../../src/pipeline/results/result-store.ts';
import { findOutcome } from '../../src/pipeline/run-stage.ts';
import { transcriptSchema } from '../../src/pipeline/stage-results.ts';
import { startPipeline } from '../builders/pipeline.ts';
import { createProgram } from '../builders/program.ts';
import { until } from '../builders/until.ts';

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
    for (const [words, says] of [
      [['name', 'SPEAKER_07', 'Kenji'], /There is no such speaker/],
      [['split', 'SPEAKER_01', 'T0099'], /not all of these are turns/],
    ] as const)
      assert.match((await run(...words)).stderr, says);
  });

  test('enrolling asks for the switch and for consent before it listens, and nobody unknown is forgotten', async t => {
    const program = createProgram(t);
    const run = (...args: string[]) => program.run(args);
    const sample = path.join(program.folder, 'sample.wav');
    fs.writeFileSync(sample, 'not looked at');
    assert.match((await run('people', 'enrol', 'Maya', sample)).stderr, /is switched off/);
    assert.equal((await run('settings', 'set', 'global', 'voices', 'true')).status, 0);
    assert.match((await run('people', 'enrol', 'Maya', sample)).stderr, /only with the consent/);
    const consent = ['--consent', path.join(program.folder, 'nowhere.pdf')];
    assert.match((await run('people', 'enrol', 'Maya', sample, ...consent)).stderr, /There is no such file/);
    assert.match((await run('people', 'forget', 'Maya')).stderr, /There is no such person/);
  });
});
