/** Our graphs answer as the published models do: test/fixtures/graphs was made by tools/record_graph_outputs.py. */
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import ort from 'onnxruntime-node';
import { z } from 'zod';
import { loadConfig } from '../../../src/config.ts';
import { findModel, graphsDir } from '../../../src/gpu-worker/models/catalogue.ts';
import { createModelStore } from '../../../src/gpu-worker/models/store.ts';
import { createSession } from '../../../src/gpu-worker/onnx/session.ts';
import { hasVnni } from '../../../src/gpu-worker/onnx/vnni.ts';
import { hideFrames } from '../../builders/hide-frames.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures/graphs');
const store = createModelStore(loadConfig().modelsDir);

const tensorRecord = z.object({ shape: z.array(z.number()), norm: z.number(), samples: z.array(z.number()) });
type TensorRecord = z.infer<typeof tensorRecord>;
const moonshineRecord = z.object({
  encoder: z.object({ last_hidden_state: tensorRecord }),
  decoder: z.object({ tokens: z.array(z.number()), steps: z.array(tensorRecord.extend({ best: z.number() })) }),
});

/** The same numbers as `noise` in tools/record_graph_outputs.py: whole numbers below 2^53 until the last division. */
function noise(count: number, amplitude: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (((i * i * 31 + i * 17) % 1009) / 1009 - 0.5) * amplitude);
}

async function loadRecord(name: string): Promise<unknown> {
  return JSON.parse(await fs.readFile(path.join(fixtures, `${name}.json`), 'utf8'));
}

async function skipWithout(name: string): Promise<string | false> {
  const [status] = await store.inspect([name]);
  return status?.state === 'ok' ? false : `the weights of ${name} are not here: npx hansard models pull ${name}`;
}

function openGraph(model: string, graph: string): Promise<ort.InferenceSession> {
  return createSession(path.join(graphsDir, graph), store.folderOf(model), 'cpu');
}

/** Largest difference to the recorded samples, as a fraction of the recorded root mean square. */
function differenceFrom(record: TensorRecord, tensor: ort.Tensor): number {
  const data = tensor.data as Float32Array;
  const size = record.shape.reduce((product, dim) => product * dim, 1);
  assert.equal(data.length, size);
  const rootMeanSquare = record.norm / Math.sqrt(size);
  const differences = record.samples.map((recorded, k) => {
    const actual = data[Math.floor((k * size) / record.samples.length)];
    return Math.abs((actual ?? Number.NaN) - recorded);
  });
  const normDifference = Math.abs(Math.hypot(...data) - record.norm) / Math.sqrt(size);
  return Math.max(normDifference, ...differences) / rootMeanSquare;
}

for (const { model, input, values, shape, output, tolerance } of [
  {
    model: 'segmentation-3.0',
    input: 'waveform',
    values: noise(160_000, 0.2),
    shape: [1, 1, 160_000],
    output: 'logprobs',
    tolerance: 1e-4,
  },
  {
    model: 'campplus',
    input: 'fbank',
    values: noise(233 * 80, 4),
    shape: [1, 233, 80],
    output: 'embedding',
    tolerance: 1e-4,
  },
]) {
  test(`${model} gives the recorded tensor`, { skip: await skipWithout(model) }, async () => {
    const record = z.object({ [output]: tensorRecord }).parse(await loadRecord(model))[output];
    const session = await openGraph(model, findModel(model).graphs[0] ?? '');
    try {
      const outputs = await session.run({ [input]: new ort.Tensor('float32', values, shape) });
      assert.ok(record && outputs[output]);
      assert.deepEqual([...outputs[output].dims], record.shape);
      const difference = differenceFrom(record, outputs[output]);
      assert.ok(difference < tolerance, `differs by ${difference}`);
    } finally {
      await session.release();
    }
  });
}

/**
 * The published graph attends to the sound and projects onto the vocabulary in floats, ours in 8 bits. Measured on this noise: the
 * worst of the samples differs by 4 to 11.2 % of the root mean square, that of all differences to floats is 2 to 4 %
 * (on speech 1 to 3 %, with the same best token at each step).
 */
const LARGEST_DIFFERENCE = 0.15;

const signedSkip = hasVnni() ? false : 'this processor has no VNNI';
const rebuilt = ['moonshine-base', 'moonshine-tiny'].flatMap(model => [
  { model, ending: '.onnx', unfit: false as const },
  { model, ending: '-signed.onnx', unfit: signedSkip },
]);

for (const { model, ending, unfit } of rebuilt) {
  const skip = unfit || (await skipWithout(model));
  describe(`the rebuilt graphs ${model}-*${ending}`, () => {
    test('hear what the published encoder hears', { skip }, async () => {
      const { encoder } = moonshineRecord.parse(await loadRecord(model));
      const { last_hidden_state: hidden } = await encode(model, ending);
      assert.ok(hidden);
      const difference = differenceFrom(encoder.last_hidden_state, hidden);
      assert.ok(difference < 1e-3, `differs by ${difference}`);
    });

    test('score the vocabulary as the published decoder does, step by step', { skip }, async () => {
      const { decoder } = moonshineRecord.parse(await loadRecord(model));
      const steps = await decodeForced({ model, ending }, await encode(model, ending), decoder.tokens, 0);
      for (const [index, recorded] of decoder.steps.entries()) {
        const logits = steps[index];
        assert.ok(logits);
        const difference = differenceFrom(recorded, logits);
        assert.ok(difference < LARGEST_DIFFERENCE, `step ${index} differs by ${difference}`);
        const scores = logits.data as Float32Array;
        assert.equal(scores.indexOf(Math.max(...scores)), recorded.best);
      }
    });

    test('do not see frames that are hidden', { skip }, async () => {
      const encoded = await encode(model, ending);
      const plain = await decodeForced({ model, ending }, encoded, [1, 450], 0);
      const padded = await decodeForced({ model, ending }, encoded, [1, 450], 7);
      const [expected, actual] = [plain.at(-1), padded.at(-1)].map(tensor => tensor?.data as Float32Array);
      assert.ok(expected && actual);
      for (const [index, value] of expected.entries()) assert.ok(Math.abs(value - (actual[index] ?? 0)) < 1e-3);
    });
  });
}

/** All outputs of the encoder for 1.5 s of noise. */
async function encode(model: string, ending: string): Promise<ort.InferenceSession.OnnxValueMapType> {
  const session = await openGraph(model, `${model}-encoder${ending}`);
  try {
    return await session.run({ input_values: new ort.Tensor('float32', noise(24_000, 0.2), [1, 24_000]) });
  } finally {
    await session.release();
  }
}

/** Logits after each of `tokens`; `hiddenFrames` frames of rubbish are appended and hidden. */
async function decodeForced(
  { model, ending }: { model: string; ending: string },
  { last_hidden_state: _, ...sound }: ort.InferenceSession.OnnxValueMapType,
  tokens: readonly number[],
  hiddenFrames: number,
): Promise<ort.Tensor[]> {
  const session = await openGraph(model, `${model}-decoder${ending}`);
  const caches = session.inputNames.filter(name => name.startsWith('past_key_values'));
  const [, heads = 0, headSize = 0] = sound['kt.0']?.dims ?? [];
  let feeds: Record<string, ort.Tensor> = {
    ...hideFrames(sound, hiddenFrames),
    suppressed: new ort.Tensor('float32', [0], [1]),
    ...Object.fromEntries(caches.map(name => [name, new ort.Tensor('float32', [], [1, heads, 0, headSize])])),
  };
  try {
    const logits: ort.Tensor[] = [];
    for (const token of tokens) {
      const outputs = await session.run({
        ...feeds,
        input_ids: new ort.Tensor('int64', BigInt64Array.of(BigInt(token)), [1, 1]),
      });
      assert.ok(outputs.logits);
      logits.push(outputs.logits);
      const grown = caches.map(name => [name, outputs[name.replace('past_key_values', 'present')]] as const);
      feeds = { ...feeds, ...Object.fromEntries(grown) } as Record<string, ort.Tensor>;
    }
    return logits;
  } finally {
    await session.release();
  }
}
