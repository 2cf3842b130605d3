import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import ort from 'onnxruntime-node';
import { z } from 'zod';
import { ACTIVITY_CHANNELS, EMBEDDING_SIZE, WINDOW_FRAMES } from '../../../src/gpu-worker/diarization/voice-models.ts';
import type { Task } from '../../../src/gpu-worker/inference/protocol.ts';
import { createTaskRunner, type TaskContext } from '../../../src/gpu-worker/inference/tasks.ts';
import { decodeToWav, missing, modelsDir } from '../../builders/decoded-audio.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

type SessionOptions = ort.InferenceSession.SessionOptions;

const sample = path.join(import.meta.dirname, '../../../samples/standup.webm');
const models = ['silero-vad', 'moonshine-tiny', 'segmentation-3.0', 'campplus'];
const skip = missing(models, []);
const settings = { modelsDir, device: 'cpu', batchFactor: 1 } as const;
const pieces = [500, 2_000, 3_500].map(startMs => ({ startMs, endMs: startMs + 1_500 }));

function createContext(changes: Partial<TaskContext> = {}): TaskContext {
  return { frugal: false, signal: new AbortController().signal, onProgress: () => {}, ...changes };
}

/** Notes every session that is created and released, and the rows that are decoded together; all of it still happens. */
function watchSessions(t: TestContext) {
  const seen = { events: [] as ('created' | 'released')[], mostRows: 0 };
  const { create } = ort.InferenceSession;
  t.mock.method(ort.InferenceSession, 'create', async (graph: Uint8Array, options: SessionOptions) => {
    seen.events.push('created');
    const session = await create.call(ort.InferenceSession, graph, options);
    const { release, run } = session;
    session.release = () => {
      seen.events.push('released');
      return release.call(session);
    };
    session.run = (feeds: ort.InferenceSession.FeedsType) => {
      seen.mostRows = Math.max(seen.mostRows, feeds.input_ids?.dims[0] ?? 0);
      return Reflect.apply(run, session, [feeds]);
    };
    return session;
  });
  return seen;
}

describe('the tasks of an inference child', () => {
  let wavPath = '';
  before(async () => {
    if (!skip) wavPath = await decodeToWav(sample);
  });
  after(() => {
    if (wavPath !== '') fs.rmSync(path.dirname(wavPath), { recursive: true });
  });

  const detect = (toFrame = 100): Task => ({ kind: 'detect-speech', wavPath, fromFrame: 0, toFrame });
  const recognize = (): Task => ({ kind: 'recognize', wavPath, model: 'moonshine-tiny', pieces });
  const segment = (): Task => ({ kind: 'segment', wavPath, firstWindow: 1, windowCount: 2 });
  const embed = (): Task => ({ kind: 'embed', wavPath, spans: [{ from: 16_000, to: 32_000 }] });

  test('have as many answers as were asked for', { skip }, async () => {
    const runner = createTaskRunner(settings);
    const run = (task: Task) => runner.run(task, createContext());
    const floats = z.instanceof(Float32Array);
    assert.equal(floats.parse(await run(detect())).length, 100);
    const activities = z.instanceof(Uint8Array).parse(await run(segment()));
    assert.equal(activities.length, 2 * WINDOW_FRAMES * ACTIVITY_CHANNELS);
    assert.equal(floats.parse(await run(embed())).length, EMBEDDING_SIZE);
  });

  test('hear the same words in the smallest batches', { skip }, async t => {
    const seen = watchSessions(t);
    const runner = createTaskRunner(settings);
    const transcripts = z.array(z.object({ words: z.array(z.object({ text: z.string() })) }));
    const hear = async (frugal: boolean) => {
      seen.mostRows = 0;
      const heard = transcripts.parse(await runner.run(recognize(), createContext({ frugal })));
      return { words: heard.map(({ words }) => words.map(({ text }) => text)), mostRows: seen.mostRows };
    };
    const [together, alone] = [await hear(false), await hear(true)];
    assert.deepEqual(alone.words, together.words);
    assert.equal(together.words.length, pieces.length);
    assert.ok(together.words.flat().length > 5);
    assert.ok(alone.mostRows < together.mostRows);
  });

  test('halve their batches when memory runs out, and go on with what fitted', { skip }, async t => {
    const { create } = ort.InferenceSession;
    const rows: number[] = [];
    t.mock.method(ort.InferenceSession, 'create', async (graph: Uint8Array, options: SessionOptions) => {
      const session = await create.call(ort.InferenceSession, graph, options);
      const { run } = session;
      session.run = (feeds: ort.InferenceSession.FeedsType) => {
        const own = feeds.input_ids?.dims[0] ?? 0;
        if (own > 0 && own !== rows.at(-1)) rows.push(own);
        if (own > 2) throw new Error('Failed to allocate memory for requested buffer of size 1073741824');
        return Reflect.apply(run, session, [feeds]);
      };
      return session;
    });
    const runner = createTaskRunner(settings);
    const heard = z.array(z.unknown()).parse(await runner.run(recognize(), createContext()));
    assert.equal(heard.length, pieces.length);
    assert.equal(rows[0], pieces.length);
    assert.ok(rows.slice(1).every(own => own <= 2));
    await runner.run(recognize(), createContext());
    assert.equal(rows.filter(own => own === pieces.length).length, 1);
  });

  test('load a model once', { skip }, async t => {
    const seen = watchSessions(t);
    const runner = createTaskRunner(settings);
    await runner.run(detect(), createContext());
    await runner.run(detect(), createContext());
    assert.deepEqual(seen.events, ['created']);
  });

  test('release the models of the one family before they load those of the other', { skip }, async t => {
    const seen = watchSessions(t);
    const runner = createTaskRunner(settings);
    for (const task of [detect(), embed(), detect()]) await runner.run(task, createContext());
    assert.deepEqual(seen.events, ['created', 'released', 'created', 'released', 'created']);
  });

  test('find a model that was not there the last time', { skip }, async t => {
    const folder = await makeTemporaryFolder(t);
    const runner = createTaskRunner({ modelsDir: folder, device: 'cpu', batchFactor: 1 });
    await assert.rejects(runner.run(embed(), createContext()));
    fs.symlinkSync(path.join(modelsDir, 'campplus'), path.join(folder, 'campplus'));
    assert.ok(await runner.run(embed(), createContext()));
  });

  test('leave the recording closed, also when they fail', { skip }, async t => {
    const open = t.mock.method(fs, 'openSync');
    const close = t.mock.method(fs, 'closeSync');
    const runner = createTaskRunner(settings);
    const failed = runner.run(detect(), createContext({ signal: AbortSignal.abort(new Error('enough')) }));
    await assert.rejects(failed, /enough/);
    await runner.run(detect(), createContext());
    assert.equal(open.mock.callCount(), 2);
    assert.equal(close.mock.callCount(), 2);
  });

  test('fail where there is no recording', { skip }, async () => {
    const lost: Task = { ...detect(), wavPath: `${wavPath}.gone` };
    await assert.rejects(createTaskRunner(settings).run(lost, createContext()), { code: 'ENOENT' });
  });

  test('stop in the middle when they are aborted', { skip }, async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    const context = createContext({ signal: controller.signal, onProgress });
    await assert.rejects(createTaskRunner(settings).run(detect(1_000), context), /enough/);
  });
});
