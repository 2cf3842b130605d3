import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { MachineFacts } from '../../../src/gpu-worker/examine-machine.ts';
import { findModel } from '../../../src/gpu-worker/models/catalogue.ts';
import { chooseModel, findPresentModels } from '../../../src/gpu-worker/models/choose-model.ts';
import { chooseRecognizers, recommendRecognizers } from '../../../src/gpu-worker/models/recommend.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const laptop: MachineFacts = {
  ...{ cores: 4, processes: 4, hasVnni: true, memoryBytes: 8e9, freeDiskBytes: 50e9 },
  ...{ device: 'cpu', deviceReason: 'The CPU was asked for.', gpuBytes: 0 },
};
const nothing = new Set<string>();
const recommend = (machine: MachineFacts, here: ReadonlySet<string> = nothing) =>
  Object.fromEntries(recommendRecognizers(machine, here).map(({ purpose, model }) => [purpose, model]));
const whyOf = (machine: MachineFacts) =>
  recommendRecognizers(machine, nothing)
    .map(({ why }) => why)
    .join(' ');

test('a common machine gets the models that were measured', () => {
  const { english, others } = recommend(laptop);
  assert.deepEqual([english, others], ['moonshine-base', 'whisper-base']);
});

test('little memory means the smallest model, and the reason is said', () => {
  const small = { ...laptop, memoryBytes: 1e9 };
  assert.equal(recommend(small).english, 'moonshine-tiny');
  assert.match(whyOf(small), /moonshine-base would need 1\.4 GB of free memory for 4 processes; there are 1\.0 GB/);
});

test('models for a GPU are for one that is large enough, and the reason is said', () => {
  const gpu = { ...laptop, processes: 1, device: 'cuda:0', gpuBytes: 24e9, deviceReason: 'It is here.' };
  assert.equal(recommend(gpu)['east-asian'], 'sensevoice-small-fp32');
  assert.equal(recommend(gpu).english, 'parakeet-tdt-0.6b-v2-fp32');
  assert.equal(recommend(laptop)['east-asian'], 'sensevoice-small');
  assert.equal(recommend({ ...gpu, gpuBytes: 2e9 })['east-asian'], 'sensevoice-small');
  assert.match(whyOf(laptop), /sensevoice-small-fp32 would need a GPU with 4\.0 GB; there is none that can be used/);
  assert.match(whyOf({ ...gpu, gpuBytes: 2e9 }), /a GPU with 4\.0 GB; it has 2\.0 GB/);
});

test('many cores with VNNI and memory for each take the larger model for English', () => {
  const server = { ...laptop, cores: 64, processes: 8, memoryBytes: 128e9 };
  assert.equal(recommend(server).others, 'whisper-large-v3-turbo');
  assert.equal(recommend({ ...server, device: 'cuda:0', gpuBytes: 80e9 }).others, 'whisper-base');
  const workstation = { ...laptop, cores: 12, processes: 8, memoryBytes: 32e9 };
  assert.equal(recommend(workstation).english, 'parakeet-tdt-0.6b-v2');
  assert.equal(recommend(workstation).others, 'whisper-small');
  assert.equal(recommend({ ...workstation, hasVnni: false }).english, 'moonshine-base');
  assert.match(whyOf({ ...workstation, hasVnni: false }), /8 cores with VNNI; there are 12 without/);
  assert.match(whyOf({ ...workstation, memoryBytes: 8e9 }), /v2 would need 11\.4 GB of free memory for 8 processes/);
});

test('a model that did not hear as it should gives way to the next, with the reason', () => {
  const workstation = { ...laptop, cores: 12, processes: 8, memoryBytes: 32e9 };
  const unfit = new Set(['parakeet-tdt-0.6b-v2']);
  const [english] = recommendRecognizers(workstation, unfit, unfit);
  assert.equal(english?.model, 'moonshine-base');
  assert.match(english?.why ?? '', /v2 would need to hear a known recording as it should, and did not\./);
  assert.equal(chooseRecognizers(workstation, unfit), 'parakeet-tdt-0.6b-v2');
  assert.equal(chooseRecognizers(workstation, unfit, unfit), 'moonshine-base');
});

test('that a model was never run here is said', () => {
  const why = recommendRecognizers(laptop, nothing).find(({ purpose }) => purpose === 'east-asian')?.why;
  assert.match(why ?? '', /never run where Hansard is made/);
});

test('a full disk keeps models away that are not here yet', () => {
  const full = { ...laptop, freeDiskBytes: 50e6 };
  assert.equal(recommend(full).english, 'moonshine-tiny');
  assert.match(whyOf(full), /moonshine-base would need 0\.1 GB of disk/);
  assert.equal(recommend(full, new Set(['moonshine-base'])).english, 'moonshine-base');
});

test('where nobody names a model, what is recommended is used as far as it is here', () => {
  assert.equal(chooseRecognizers(laptop, nothing), 'moonshine-base');
  assert.equal(chooseRecognizers(laptop, new Set(['whisper-base'])), 'auto');
  assert.equal(chooseRecognizers(laptop, new Set(['sensevoice-small'])), 'moonshine-base+sensevoice-small');
  const small = { ...laptop, memoryBytes: 1e9 };
  assert.equal(chooseRecognizers(small, new Set(['moonshine-base'])), 'moonshine-base');
  assert.equal(chooseRecognizers(small, new Set(['moonshine-tiny', 'whisper-base'])), 'moonshine-tiny+whisper-base');
});

test('a model is here when all of its files are', async t => {
  const modelsDir = await makeTemporaryFolder(t);
  const folder = path.join(modelsDir, 'whisper-base');
  fs.mkdirSync(folder);
  const [first, ...rest] = findModel('whisper-base').files;
  for (const { name } of rest) fs.writeFileSync(path.join(folder, name), '');
  assert.deepEqual([...(await findPresentModels(modelsDir))], []);
  fs.writeFileSync(path.join(folder, first?.name ?? ''), '');
  assert.deepEqual([...(await findPresentModels(modelsDir))], ['whisper-base']);
  const settings = { modelsDir, device: 'cpu', inferenceProcesses: 1, model: undefined };
  assert.equal(await chooseModel(settings), 'auto');
  const named = 'parakeet-tdt-0.6b-v2+whisper-base';
  assert.equal(await chooseModel({ ...settings, model: named }), named);
  await assert.rejects(chooseModel({ ...settings, model: 'gpt-9' }), {
    code: 'invalid_usage',
    detail: /^gpt-9 is no speech recognition model/,
  });
});
