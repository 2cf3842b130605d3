import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { loadConfig } from '../../src/config.ts';
import { HansardError } from '../../src/errors.ts';
import { findModel } from '../../src/gpu-worker/models/catalogue.ts';
import { startStages, type WorkerOptions } from '../../src/gpu-worker/run.ts';
import type { RecordingOptions } from '../../src/pipeline/recording-options.ts';
import { decodeToWav, missing, modelsDir } from '../builders/decoded-audio.ts';
import { recordingLogger } from '../builders/recording-logger.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';
import { createStageContext } from '../fakes/inference-pool.ts';
import { startFakeOllama } from '../fakes/ollama.ts';
import { findTools, make, tone } from './ffmpeg/media.ts';

const sample = path.join(import.meta.dirname, '../../samples/standup.webm');
const skip = missing(['silero-vad', 'moonshine-tiny', 'segmentation-3.0', 'campplus'], []);
const { skip: skipWithoutFfmpeg } = await findTools();
const skipWithGpu = fs.existsSync('/dev/nvidia0') && 'there is a GPU here';
const never = new AbortController().signal;

const options: RecordingOptions = {
  language: 'auto',
  model: 'moonshine-tiny',
  minSpeakers: 0,
  maxSpeakers: 30,
  summarizer: 'extractive',
  meetingDate: undefined,
  timeZone: 'UTC',
};
const missingModel = new HansardError('model_missing', 'silero-vad');

function start(t: TestContext, env: Record<string, string> = {}, changes: Partial<WorkerOptions> = {}) {
  const config = loadConfig({ HANSARD_MODELS: modelsDir, HANSARD_DEVICE: 'cpu', HANSARD_PROCESSES: '1', ...env });
  const stages = startStages({ config, logger: recordingLogger().logger, ensureModels: async () => {}, ...changes });
  t.after(() => stages.close());
  return stages;
}

/** Never opened where a test expects that the models are not reached. */
const audio = { wavPath: '/nowhere/audio.wav', sampleCount: 16_000, durationMs: 1_000 };

describe('the device', () => {
  for (const { wanted, skip, says } of [
    { wanted: 'cpu', skip: false, says: /^The CPU was asked for\.$/ },
    { wanted: 'auto', skip: skipWithGpu, says: /^The CPU, as there is no NVIDIA GPU \(\/dev\/nvidia0 is missing\)\.$/ },
  ]) {
    test(`is the CPU for ${wanted}, with one sentence why`, { skip }, async t => {
      const { device, reason } = await start(t, { HANSARD_DEVICE: wanted }).device();
      assert.equal(device, 'cpu');
      assert.match(reason, says);
    });
  }

  test('that was asked for by name and is not here fails each stage before any child starts', {
    skip: skipWithGpu,
  }, async t => {
    const stages = start(t, { HANSARD_DEVICE: 'cuda:0' });
    const expected = { code: 'device_unavailable', detail: /\/dev\/nvidia0 is missing.*Set HANSARD_DEVICE=cpu/ };
    const { context, said } = createStageContext();
    await assert.rejects(stages.device(), expected);
    await assert.rejects(stages.transcribe.run(audio, options, context), expected);
    await assert.rejects(stages.diarize.run(audio, options, context), expected);
    assert.deepEqual(said.devices, []);
  });
});

describe('what decides a result', () => {
  const hashOf = (name: string) => findModel(name).files.map(({ sha256 }) => sha256);

  test('is the weights that a stage uses, and no others', t => {
    const { decode, transcribe, diarize } = start(t);
    const base = { ...options, model: 'moonshine-base' };
    assert.deepEqual(decode.models(options), []);
    assert.deepEqual(transcribe.models(options), [...hashOf('moonshine-tiny'), ...hashOf('silero-vad')]);
    assert.deepEqual(transcribe.models(base), [...hashOf('moonshine-base'), ...hashOf('silero-vad')]);
    assert.deepEqual(diarize.models(options), [...hashOf('segmentation-3.0'), ...hashOf('campplus')]);
    assert.deepEqual(diarize.models(base), diarize.models(options));
  });

  test('is the installation’s own prompts and templates, as they are when the program starts', async t => {
    const folder = await makeTemporaryFolder(t);
    const env = { HANSARD_TEMPLATES: folder };
    const before = start(t, env);
    assert.deepEqual([before.ollama.ownPrompts, before.templates.hash], [undefined, undefined]);
    fs.writeFileSync(path.join(folder, 'summarize.hbs'), '{{language}} {{#each lines}}{{id}} {{text}}{{/each}}');
    fs.writeFileSync(path.join(folder, 'summary.md.hbs'), '{{title}}');
    const { ollama, templates } = start(t, env);
    assert.match(`${ollama.ownPrompts} ${templates.hash}`, /^[0-9a-f]{64} [0-9a-f]{64}$/);
    assert.notEqual(ollama.ownPrompts, templates.hash);
  });

  test('is refused for a model that is not known', t => {
    const { transcribe } = start(t);
    assert.throws(() => transcribe.models({ ...options, model: 'whisper' }), {
      code: 'invalid_usage',
      detail: /^whisper is no speech recognition model/,
    });
  });
});

describe('the models', () => {
  /** Stages whose models are never there. */
  function startWithout(t: TestContext) {
    const asked: string[][] = [];
    const ensureModels = async (names: readonly string[]) => {
      asked.push([...names]);
      await new Promise(setImmediate);
      throw missingModel;
    };
    return { stages: start(t, {}, { ensureModels }), asked };
  }

  test('are asked for once by both stages, which fail with the same sentence when one is missing', async t => {
    const { stages, asked } = startWithout(t);
    const { context, said } = createStageContext();
    const results = await Promise.allSettled([
      stages.transcribe.run(audio, options, context),
      stages.diarize.run(audio, options, context),
    ]);
    for (const result of results) assert.equal(result.status === 'rejected' && result.reason, missingModel);
    assert.deepEqual(asked, [['moonshine-tiny', 'silero-vad', 'segmentation-3.0', 'campplus']]);
    assert.deepEqual(said.devices, [], 'no child was started');
  });

  test('are asked for again by the next recording', async t => {
    const { stages, asked } = startWithout(t);
    for (const model of ['moonshine-tiny', 'moonshine-tiny', 'moonshine-base']) {
      const { context } = createStageContext();
      await assert.rejects(stages.transcribe.run(audio, { ...options, model }, context), missingModel);
    }
    assert.deepEqual(
      asked.map(([model]) => model),
      ['moonshine-tiny', 'moonshine-tiny', 'moonshine-base'],
    );
  });

  test('are still fetched for the others when the recording that asked first is cancelled', { skip }, async t => {
    let asked = 0;
    const ensureModels = async (_names: readonly string[], signal: AbortSignal) => {
      asked++;
      await setTimeout(20);
      if (signal.aborted) throw new HansardError('cancelled', 'model download');
    };
    const stages = start(t, {}, { ensureModels });
    const silent = { ...audio, sampleCount: 0 }; // needs no child
    const controller = new AbortController();
    const first = stages.transcribe.run(silent, options, {
      ...createStageContext().context,
      signal: controller.signal,
    });
    const second = stages.transcribe.run(silent, options, createStageContext().context);
    controller.abort();
    await assert.rejects(first, { code: 'cancelled' });
    await second;
    assert.equal(asked, 2);
  });

  test('are not asked for again while they are there, but for another recogniser', { skip }, async t => {
    const asked: (string | undefined)[] = [];
    const stages = start(t, {}, { ensureModels: async ([model]) => void asked.push(model) });
    const silent = { ...audio, sampleCount: 0 }; // needs no child
    for (const model of ['moonshine-tiny', 'moonshine-tiny', 'moonshine-base']) {
      await stages.transcribe.run(silent, { ...options, model }, createStageContext().context);
    }
    assert.deepEqual(asked, ['moonshine-tiny', 'moonshine-base']);
  });
});

test('ffmpeg that was missing is looked for again by the next recording', { skip: skipWithoutFfmpeg }, async t => {
  const folder = await makeTemporaryFolder(t);
  const sourcePath = await make(folder, 'x.wav', ...tone(1));
  const { decode } = start(t);
  const run = () => decode.run({ sourcePath, workDir: folder }, options, createStageContext().context);
  const searched = process.env.PATH;
  process.env.PATH = folder;
  try {
    await assert.rejects(run(), { code: 'ffmpeg_missing' });
  } finally {
    process.env.PATH = searched;
  }
  assert.equal((await run()).decoded.durationMs, 1000);
});

test('closing ends the stages that run, as cancelled', { skip }, async t => {
  const wavPath = await decodeToWav(sample);
  t.after(() => fs.rmSync(path.dirname(wavPath), { recursive: true }));
  const stages = start(t);
  const { context, said } = createStageContext();
  const recording = { wavPath, sampleCount: 30 * 16_000, durationMs: 30_000 };
  const running = stages.diarize.run(recording, options, { ...context, onProgress: () => void stages.close() });
  await assert.rejects(running, { code: 'cancelled' });
  assert.deepEqual(said.devices, ['cpu']);
});

test('where a video was recorded does not get into what is stored', {
  skip: skipWithoutFfmpeg,
}, async t => {
  const folder = await makeTemporaryFolder(t);
  const tags = ['-metadata', 'location=+52.5186+013.3763/', '-metadata', 'title=Shed'];
  const sourcePath = await make(folder, 'x.mkv', ...tone(1), ...tags);
  const { decode } = start(t);
  const { decoded, audio: made } = await decode.run(
    { sourcePath, workDir: folder },
    options,
    createStageContext().context,
  );
  assert.equal(decoded.facts.title, 'Shed');
  assert.doesNotMatch(JSON.stringify(decoded), /52\.5186/);
  assert.ok(fs.readFileSync(sourcePath).includes('+52.5186'), 'the recording does say it');
  assert.equal(path.dirname(made.wavPath), folder);
  assert.ok(fs.existsSync(made.wavPath));
});

describe('the summarizer', () => {
  const nowhere = { OLLAMA_HOST: 'http://127.0.0.1:9' };
  const choose = (t: TestContext, summarizer: RecordingOptions['summarizer'], env: Record<string, string> = nowhere) =>
    start(t, env).chooseSummarizer({ ...options, summarizer }, never);

  test('is the rules where Ollama does not answer, and where they are asked for', async t => {
    assert.equal((await choose(t, 'auto')).method, 'extractive');
    assert.equal((await choose(t, 'extractive')).method, 'extractive');
  });

  test('that was asked for by name and does not answer is refused with where it was looked for', async t => {
    await assert.rejects(choose(t, 'ollama'), {
      code: 'summarizer_offline',
      detail: 'No Ollama answers at http://127.0.0.1:9.',
    });
  });

  test('is the language model where Ollama has it, and the rules where it has another', async t => {
    const ollama = await startFakeOllama({ model: 'small' }, () => ({}));
    t.after(() => ollama.close());
    const having = (model: string) => ({ OLLAMA_HOST: ollama.host, HANSARD_SUMMARY_MODEL: model });
    assert.equal((await choose(t, 'auto', having('small'))).method, 'small');
    assert.equal((await choose(t, 'ollama', having('small'))).method, 'small');
    assert.equal((await choose(t, 'auto', having('large'))).method, 'extractive');
    assert.equal((await choose(t, 'extractive', having('small'))).method, 'extractive');
    await assert.rejects(choose(t, 'ollama', having('large')), { detail: /models pull large$/ });
  });
});
