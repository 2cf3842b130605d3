import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResultStore } from '../../../src/pipeline/results/result-store.ts';
import { findOutcome } from '../../../src/pipeline/run-stage.ts';
import { renderedSchema } from '../../../src/pipeline/stage-results.ts';
import { forgetPerson } from '../../../src/pipeline/voices/forget-person.ts';
import { startPipeline } from '../../builders/pipeline.ts';
import { until } from '../../builders/until.ts';
import { askedOnTracks } from '../../fakes/stages.ts';

test('a track is linked to whoever has its account, to nobody by a name, and what people said stays', async t => {
  const pipeline = await startPipeline(t);
  const { fake, store, blobs, orchestrator } = pipeline;
  fake.decoded = { ...fake.decoded, tracks: askedOnTracks };
  const add = (name: string, workspace: string, accounts: string[]) =>
    store.people.add({ name, workspace, state: 'confirmed', accounts }, 'terminal:0');
  const ada = add('Ada Lovelace', 'local', ['discord:1000']);
  add('sam', 'local', []);
  add('Samantha', 'discord', ['discord:1001']);
  await pipeline.work();
  const { id } = await pipeline.submit();
  await pipeline.reaches(id, 'done');
  const links = () => store.speakers.of(id).map(({ voice, personId, decision }) => [voice, personId, decision]);
  const files = async () => {
    const key = store.stages.get(id, 'render').resultKey ?? '';
    // while it runs again there is none
    const found = key === '' ? undefined : await findOutcome(createResultStore(blobs), key, renderedSchema);
    return found?.result.files ?? {};
  };
  assert.deepEqual(links(), [[0, ada.id, 'confirmed']]);
  assert.match((await files())['transcript.json'] ?? '', /"label":"sam".*"label":"Ada Lovelace".*"id":"1000"/s);

  const ben = add('Ben', 'local', []);
  store.speakers.confirm(id, 0, ben.id);
  await orchestrator.rerun(id, { language: 'de' }, 'terminal:0');
  await pipeline.reaches(id, 'done');
  assert.deepEqual(links(), [[0, ben.id, 'confirmed']]);

  store.speakers.confirm(id, 0, ada.id);
  await orchestrator.rerun(id, { language: 'fr' }, 'terminal:0');
  await pipeline.reaches(id, 'done');
  await forgetPerson({ ...pipeline, correct: orchestrator.correct }, ada.id, 'terminal:0');
  await until('the name is gone', async () => /Participant/.test((await files())['transcript.json'] ?? ''));
  assert.doesNotMatch((await files())['transcript.json'] ?? '', /Lovelace|"1000"/);
});
