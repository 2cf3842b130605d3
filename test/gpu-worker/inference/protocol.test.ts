import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  childSettingsSchema,
  familyOf,
  fromChildSchema,
  type Task,
  taskSchema,
  toChildSchema,
} from '../../../src/gpu-worker/inference/protocol.ts';

const wavPath = '/recordings/audio.wav';
const tasks: Task[] = [
  { kind: 'detect-speech', wavPath, fromFrame: 0, toFrame: 100 },
  { kind: 'recognize', wavPath, model: 'moonshine-tiny', pieces: [{ startMs: 0, endMs: 1_500.5 }] },
  { kind: 'segment', wavPath, firstWindow: 0, windowCount: 4 },
  { kind: 'embed', wavPath, spans: [{ from: -200, to: 16_000 }] },
];

test('every task arrives as it was sent', () => {
  for (const task of tasks) {
    const message = { type: 'run', id: 1, task, frugal: true } as const;
    assert.deepEqual(toChildSchema.parse(message), message);
  }
});

test('tasks of one family share their models', () => {
  assert.deepEqual(tasks.map(familyOf), ['recognition', 'recognition', 'diarization', 'diarization']);
});

for (const [what, task] of [
  ['a model that is no recogniser', { ...tasks[1], model: 'campplus' }],
  ['a frame before the first', { ...tasks[0], fromFrame: -1 }],
  ['half a window', { ...tasks[2], windowCount: 1.5 }],
  ['a span that is not a number', { ...tasks[3], spans: [{ from: 0, to: Number.NaN }] }],
  ['no recording', { kind: 'embed', spans: [] }],
  ['a kind that is not known', { kind: 'translate', wavPath }],
] as const) {
  test(`a task with ${what} is refused`, () => {
    assert.equal(taskSchema.safeParse(task).success, false);
  });
}

test('typed arrays pass as they are', () => {
  const value = Float32Array.of(1, 2);
  const parsed = fromChildSchema.parse({ type: 'done', id: 1, value, cpuSeconds: 0.1 });
  assert.ok(parsed.type === 'done');
  assert.equal(parsed.value, value);
});

test('a child runs on the CPU or on a numbered GPU, and on nothing else', () => {
  const accepts = (device: unknown) =>
    childSettingsSchema.safeParse({ modelsDir: '/models', device, batchFactor: 1 }).success;
  assert.deepEqual(['cpu', 'cuda:0', 'cuda:12'].map(accepts), [true, true, true]);
  assert.deepEqual(['auto', 'cuda', 'cuda:', 'cuda:x', 'xcpu', 0, undefined].map(accepts), new Array(7).fill(false));
});
