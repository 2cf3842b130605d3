import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../../src/config.ts';
import { findModel } from '../../../src/gpu-worker/models/catalogue.ts';
import { findMark, judgeWords, mark } from '../../../src/gpu-worker/models/check-model.ts';
import { findUnfitModels } from '../../../src/gpu-worker/models/choose-model.ts';
import { startStages, type WorkerStages } from '../../../src/gpu-worker/run.ts';
import type { RecordingOptions } from '../../../src/pipeline/recording-options.ts';
import { missing, modelsDir } from '../../builders/decoded-audio.ts';
import { recordingLogger } from '../../builders/recording-logger.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { BEAT_MS, standInsDir, writeWhistle } from '../../builders/whistle.ts';
import { createStageContext } from '../../fakes/inference-pool.ts';
import { findTools } from '../ffmpeg/media.ts';

const { skip: withoutFfmpeg } = await findTools();
const never = new AbortController().signal;
const cost = { device: 'cpu', cpuSeconds: 1 };
const parakeet = 'parakeet-tdt-0.6b-v2';

async function start(t: TestContext, models: string) {
  const dataDir = await makeTemporaryFolder(t);
  const env = { HANSARD_MODELS: models, HANSARD_DATA: dataDir, HANSARD_DEVICE: 'cpu', HANSARD_PROCESSES: '1' };
  const { logger, lines } = recordingLogger();
  const stages = startStages({ config: loadConfig(env), logger, ensureModels: async () => {} });
  t.after(() => stages.close());
  return { stages, lines };
}

/** Whistling is no speech, so that nothing is heard; but it is a run of the model. */
function hearWhistle(stages: WorkerStages, model: string, folder: string) {
  const wavPath = path.join(folder, 'whistle.wav');
  writeWhistle(wavPath, [0, 1, 2, 3]);
  const durationMs = 240 + 4 * BEAT_MS;
  const options: RecordingOptions = {
    ...{ model, language: 'en', minSpeakers: 0, maxSpeakers: 9, timeZone: 'UTC' },
    summarizer: 'extractive',
  };
  return stages.transcribe.run(
    { wavPath, sampleCount: durationMs * 16, durationMs },
    options,
    createStageContext().context,
  );
}

test('whisper-base hears the known recording as it should', {
  skip: withoutFfmpeg || missing(['silero-vad', 'whisper-base'], []),
}, async t => {
  const { stages } = await start(t, modelsDir);
  const { isGood, words, wrong, device, cpuSeconds } = await stages.check('whisper-base', never);
  assert.deepEqual([isGood, device, words], [true, 'cpu', 58]);
  assert.ok(wrong <= 6, `${wrong}`);
  assert.ok(cpuSeconds > 0);
});

test('a model that hears nonsense is refused at its first run, and one that was seen to hear is used', {
  skip: withoutFfmpeg || missing(['silero-vad'], []),
}, async t => {
  const models = await makeTemporaryFolder(t);
  fs.symlinkSync(path.join(modelsDir, 'silero-vad'), path.join(models, 'silero-vad'));
  const folder = path.join(models, parakeet);
  fs.cpSync(path.join(standInsDir, parakeet), folder, { recursive: true });
  const { stages } = await start(t, models);
  const transcribe = () => hearWhistle(stages, parakeet, models);
  await assert.rejects(transcribe, {
    code: 'model_unfit',
    detail: /^parakeet-tdt-0\.6b-v2 does not hear as it should: \d+ of 58/,
  });
  await assert.rejects(transcribe, { code: 'model_unfit' });
  assert.deepEqual([...(await findUnfitModels(models, new Set([parakeet])))], [parakeet]);
  await mark(folder, { ...judgeWords(parakeet, [], cost), isGood: true });
  assert.equal((await transcribe()).language, 'en');
});

test('that a model hears is said at its first run, and remembered where that can be', {
  skip: withoutFfmpeg || missing(['silero-vad', 'moonshine-tiny'], []),
}, async t => {
  const models = await makeTemporaryFolder(t);
  fs.symlinkSync(path.join(modelsDir, 'silero-vad'), path.join(models, 'silero-vad'));
  const folder = path.join(models, 'moonshine-tiny');
  fs.cpSync(path.join(modelsDir, 'moonshine-tiny'), folder, { recursive: true });
  const model = findModel('moonshine-tiny');
  Object.assign(model, { isUntried: true });
  t.after(() => delete model.isUntried);
  const markFile = path.join(folder, 'checked.json');
  fs.mkdirSync(markFile); // nothing can be written there
  const first = await start(t, models);
  await hearWhistle(first.stages, 'moonshine-tiny', models);
  await hearWhistle(first.stages, 'moonshine-tiny', models);
  const saidOf = (lines: readonly Record<string, unknown>[]) => lines.map(({ msg }) => String(msg)).join('\n');
  assert.match(saidOf(first.lines), /is not remembered/);
  assert.equal(saidOf(first.lines).split('first run of a model').length, 2); // once
  assert.match(saidOf(first.lines), /moonshine-tiny hears as it should: \d of 58 words wrong/);
  fs.rmdirSync(markFile);
  assert.equal((await first.stages.check('moonshine-tiny', never)).isGood, true);
  const second = await start(t, models);
  await hearWhistle(second.stages, 'moonshine-tiny', models);
  assert.doesNotMatch(saidOf(second.lines), /first run/);
});

test('what was heard is compared however it is written', () => {
  const text =
    "morning everyone it's Monday the 16th of November so let's keep this quick Kenji do you want to start sure on Friday I " +
    'finished the login fix and the new sensor firmware is on the test bench 42 out of 45 units passed overnight only three ' +
    'failures yeah 3 same batch bad solder on the antenna';
  const judge = (words: string[]) =>
    judgeWords(
      parakeet,
      words.map(word => ({ text: word })),
      cost,
    );
  const words = text.split(' ');
  assert.deepEqual([judge(words).isGood, judge(words).wrong], [true, 0]);
  assert.equal(judge(words.slice(0, -13)).isGood, true);
  assert.equal(judge(words.slice(0, -16)).isGood, false);
  assert.deepEqual([judge([]).isGood, judge([]).wrong], [false, 58]);
});

test('a mark says what was seen of these very files', async t => {
  const folder = await makeTemporaryFolder(t);
  assert.equal(await findMark(folder, parakeet), undefined);
  await mark(folder, judgeWords(parakeet, [], cost));
  const { device, isGood } = (await findMark(folder, parakeet)) ?? {};
  assert.deepEqual([device, isGood], ['cpu', false]);
  assert.equal(await findMark(folder, 'parakeet-tdt-0.6b-v3'), undefined);
  fs.writeFileSync(path.join(folder, 'checked.json'), '{');
  assert.equal(await findMark(folder, parakeet), undefined);
});
