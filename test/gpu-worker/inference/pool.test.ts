import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { z } from 'zod';
import { HansardError } from '../../../src/errors.ts';
import { createInferencePool } from '../../../src/gpu-worker/inference/pool.ts';
import type { Task } from '../../../src/gpu-worker/inference/protocol.ts';
import { isAlive } from '../../../src/pipeline/leftovers.ts';

const childPath = fileURLToPath(new URL('../../fakes/inference-child.ts', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-pool-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** Closed after the test, whatever comes of it: a child that is left would keep the test runner waiting. */
function createPool(t: TestContext, processes: number) {
  const settings = { modelsDir: folder, device: 'cpu' as const, batchFactor: 1 };
  const pool = createInferencePool({ processes, settings, logger: pino({ level: 'silent' }), childPath });
  t.after(() => pool.close());
  return pool;
}

const detect = (wavPath: string): Task => ({ kind: 'detect-speech', wavPath, fromFrame: 0, toFrame: 1 });
const embed = (wavPath: string): Task => ({ kind: 'embed', wavPath, spans: [] });

function createContext(signal = new AbortController().signal) {
  const seen = { cpuSeconds: 0, fractions: [] as number[] };
  return {
    seen,
    signal,
    onProgress: (fraction: number) => seen.fractions.push(fraction),
    addCpuSeconds: (seconds: number) => {
      seen.cpuSeconds += seconds;
    },
    onDevice: () => {},
  };
}

const failsWith = (code: string) => (error: unknown) => error instanceof HansardError && error.code === code;
const answer = z.object({ kind: z.string(), pid: z.number() });

describe('the inference pool', () => {
  test('gives back the value of a task and adds up what it cost', async t => {
    const pool = createPool(t, 1);
    const context = createContext();
    const value = answer.parse(await pool.run(detect('answer'), context));
    assert.equal(value.kind, 'detect-speech');
    assert.equal(context.seen.cpuSeconds, 0.5);
  });

  test('runs tasks for different models side by side and keeps each child to its models', async t => {
    const pool = createPool(t, 2);
    const runBoth = () =>
      Promise.all(
        [detect('answer'), embed('answer')].map(async task => answer.parse(await pool.run(task, createContext()))),
      );
    const [first, second] = [await runBoth(), await runBoth()];
    assert.notEqual(first[0]?.pid, first[1]?.pid);
    assert.deepEqual(second, first);
  });

  test('fills all children when there is work for one kind of model only', async t => {
    const pool = createPool(t, 2);
    const values = await Promise.all(
      ['slow', 'slow'].map(async what => answer.parse(await pool.run(detect(what), createContext()))),
    );
    assert.equal(new Set(values.map(value => value.pid)).size, 2);
  });

  test('reports progress', async t => {
    const pool = createPool(t, 1);
    const context = createContext();
    await pool.run(detect('slow'), context);
    assert.ok(context.seen.fractions.length > 10);
  });

  test('tries a task once more when its child dies', async t => {
    const pool = createPool(t, 1);
    const value = answer.parse(await pool.run(detect(`crash-once:${path.join(folder, 'crashed')}`), createContext()));
    assert.equal(value.kind, 'detect-speech');
  });

  test('gives up when the child dies twice, and works on with the next task', async t => {
    const pool = createPool(t, 1);
    await assert.rejects(pool.run(detect('crash'), createContext()), failsWith('inference_failed'));
    assert.ok(await pool.run(detect('answer'), createContext()));
  });

  test('takes a child killed by the system twice for a lack of memory', async t => {
    const pool = createPool(t, 1);
    await assert.rejects(pool.run(detect('killed'), createContext()), failsWith('out_of_memory'));
  });

  test('tries again with the smallest batches when memory ran out', async t => {
    const pool = createPool(t, 1);
    assert.equal(await pool.run(detect('no-memory'), createContext()), 'frugal');
  });

  test('passes on the fault that a child reports', async t => {
    const pool = createPool(t, 1);
    await assert.rejects(pool.run(detect('refuse'), createContext()), failsWith('model_missing'));
  });

  test('cancels a running and a waiting task', async t => {
    const pool = createPool(t, 1);
    const controller = new AbortController();
    const context = createContext(controller.signal);
    const running = assert.rejects(pool.run(detect('slow'), context), failsWith('cancelled'));
    const waiting = assert.rejects(pool.run(detect('slow'), context), failsWith('cancelled'));
    setTimeout(() => controller.abort(), 200);
    await Promise.all([running, waiting]);
    assert.ok(await pool.run(detect('answer'), createContext()), 'the child is free again');
  });

  test('kills a child that does not hear the cancel', async t => {
    const pool = createPool(t, 1);
    const controller = new AbortController();
    const startedAt = performance.now();
    setTimeout(() => controller.abort(), 300);
    await assert.rejects(pool.run(detect('deaf'), createContext(controller.signal)), failsWith('cancelled'));
    assert.ok(performance.now() - startedAt < 3_000);
  });

  test('refuses work under a signal that is already aborted, and after it was closed', async t => {
    const pool = createPool(t, 1);
    await assert.rejects(pool.run(detect('answer'), createContext(AbortSignal.abort())), failsWith('cancelled'));
    await pool.close();
    await assert.rejects(pool.run(detect('answer'), createContext()), failsWith('cancelled'));
  });

  test('leaves no process behind when it closes in the middle of work', async t => {
    const pool = createPool(t, 1);
    const first = answer.parse(await pool.run(detect('answer'), createContext()));
    const running = assert.rejects(pool.run(detect('deaf'), createContext()), failsWith('cancelled'));
    await pool.close();
    await running;
    assert.equal(isAlive(first.pid), false);
  });
});
