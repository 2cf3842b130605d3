/** Our graphs of Whisper answer as the model in floats does: the fixture was made by tools/record_graph_outputs.py. */
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import ort from 'onnxruntime-node';
import { z } from 'zod';
import { findLikeliest, splitRows, takeLogs } from '../../../src/gpu-worker/asr/likeliest-tokens.ts';
import { createDecoderBatch } from '../../../src/gpu-worker/onnx/decoder-batch.ts';
import { createSession } from '../../../src/gpu-worker/onnx/session.ts';
import { hasVnni } from '../../../src/gpu-worker/onnx/vnni.ts';
import { graphsDir, missing, modelsDir } from '../../builders/decoded-audio.ts';
import { hideFrames } from '../../builders/hide-frames.ts';

const fixture = path.join(import.meta.dirname, '../../fixtures/graphs/whisper-base.json');
const weightsDir = path.join(modelsDir, 'whisper-base');
const step = z.object({ norm: z.number(), samples: z.array(z.number()), best: z.number() });
const recordSchema = z.object({ decoder: z.object({ tokens: z.array(z.number()), steps: z.array(step) }) });

/** 8-bit products differ by 2 to 10 % of the root mean square from floats, as measured; rubbish that is seen, by far more. */
const LARGEST_DIFFERENCE = 0.25;

/** What `sumUp` leaves out of a vocabulary's sum at most. */
const LEFT_OUT = 0.006;

/** Begin of a transcript, English, transcribe, no marks of time. */
const OPENING = [50258, 50259, 50359, 50363];
const END_OF_TEXT = 50257;
const FIRST_MARK = 50364;

const SHAPE = { layers: 6, heads: 8, headSize: 64, alignmentRows: [0, 1, 2, 3, 4, 5, 6, 7] };

/** The same numbers as `noise` in tools/record_graph_outputs.py. */
const noise = Float32Array.from({ length: 80 * 200 }, (_, i) => (((i * i * 31 + i * 17) % 1009) / 1009 - 0.5) * 2);

/** Both graphs, loaded once for all tests: that takes seconds. */
async function load(ending: string) {
  const open = (part: string) =>
    createSession(path.join(graphsDir, `whisper-base-${part}${ending}`), weightsDir, 'cpu');
  const [encoder, decoder] = [await open('encoder'), await open('decoder')];
  const cross = await encoder.run({ input_features: new ort.Tensor('float32', noise, [1, 80, 200]) });
  await encoder.release();
  return { cross, decoder };
}

/** Logits after each group of tokens; `hidden` frames of rubbish are appended to the sound and hidden. */
async function decode(
  { cross, decoder }: Awaited<ReturnType<typeof load>>,
  groups: number[][],
  hidden = 0,
): Promise<Float32Array[]> {
  const sound = hideFrames(cross, hidden);
  const caches = decoder.inputNames.filter(name => name.startsWith('past_key_values'));
  let past = caches.map(name => [name, new ort.Tensor('float32', [], [1, 8, 0, 64])] as const);
  const logits: Float32Array[] = [];
  for (const tokens of groups) {
    const outputs = await decoder.run({
      ...{ ...sound, ...Object.fromEntries(past) },
      suppressed: new ort.Tensor('float32', [0], [1]),
      input_ids: new ort.Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
    });
    past = caches.map(name => [
      name,
      outputs[name.replace('past_key_values', 'present')] as ort.TypedTensor<'float32'>,
    ]);
    logits.push(outputs.logits!.data as Float32Array);
    assert.deepEqual([...outputs.xattn!.dims], [1, 8, tokens.length, 100 + hidden]);
  }
  return logits;
}

/** Root mean square of what differs, as a fraction of that of `expected`. */
function differenceOf(expected: readonly number[], actual: readonly number[]): number {
  return Math.hypot(...expected.map((value, index) => value - actual[index]!)) / Math.hypot(...expected);
}

for (const ending of ['.onnx', '-signed.onnx']) {
  const unfit = ending !== '.onnx' && !hasVnni() ? 'this processor has no VNNI' : false;
  const skip = missing(['whisper-base'], []) || unfit;
  describe(`the graphs whisper-base-*${ending}`, { concurrency: false }, () => {
    let graphs: Awaited<ReturnType<typeof load>>;
    before(async () => {
      if (!skip) graphs = await load(ending);
    });
    after(() => graphs?.decoder.release());

    test('score the vocabulary as the model in floats does, step by step', { skip }, async () => {
      const { tokens, steps } = recordSchema.parse(JSON.parse(await fs.readFile(fixture, 'utf8'))).decoder;
      const logits = await decode(
        graphs,
        tokens.map(token => [token]),
      );
      for (const [index, recorded] of steps.entries()) {
        const own = logits[index]!;
        const sampled = recorded.samples.map((_, k) => own[Math.floor((k * own.length) / recorded.samples.length)]!);
        assert.equal(own.indexOf(Math.max(...own)), recorded.best, `step ${index}`);
        // to noise the first mark answers with scores near zero, of which rounding to 8 bits leaves little
        if (index > 0) assert.ok(differenceOf(recorded.samples, sampled) < LARGEST_DIFFERENCE, `step ${index}`);
      }
    });

    test('take several tokens at once as one after the other, and do not see frames that are hidden', {
      skip,
    }, async () => {
      const single = (
        await decode(
          graphs,
          OPENING.map(token => [token]),
        )
      ).at(-1)!;
      const atOnce = (await decode(graphs, [OPENING], 7)).at(-1)!;
      assert.equal(atOnce.indexOf(Math.max(...atOnce)), single.indexOf(Math.max(...single)));
      assert.ok(differenceOf([...single], [...atOnce]) < LARGEST_DIFFERENCE);
    });

    test('decode texts that compete for a window each by itself', { skip }, async () => {
      const batch = await createDecoderBatch(graphs.decoder, SHAPE, 2, async () => hideFrames(graphs.cross, 0));
      const first = await batch.step([...OPENING, ...OPENING]);
      batch.branch([0, 0, 1, 1]);
      const tokens = [220, 440, 440, 220];
      const { logits, attention } = await batch.step(tokens);
      const rows = splitRows(logits, 4);
      assert.deepEqual([first.attention.length, attention.length, attention[3]!.length], [2, 4, 100]);
      assert.ok(differenceOf([...rows[0]!], [...rows[3]!]) < 1e-3 && differenceOf([...rows[1]!], [...rows[2]!]) < 1e-3);
      assert.ok(differenceOf([...rows[0]!], [...rows[1]!]) > 0.05, 'texts differ, so do their answers');
      assert.ok(differenceOf([...attention[0]!], [...attention[3]!]) < 1e-3);
      batch.restart([1]);
      const [alone] = await decode(graphs, [OPENING]);
      assert.ok(differenceOf([...alone!], [...(await batch.step(OPENING)).logits]) < LARGEST_DIFFERENCE);
      batch.release();
    });

    test('choose the likeliest tokens and the marks of time as is done from the scores', { skip }, async () => {
      const batch = await createDecoderBatch(graphs.decoder, SHAPE, 2, async () => hideFrames(graphs.cross, 0));
      const unmarked = OPENING.slice(0, -1);
      const begin = [...unmarked, ...unmarked];
      const { logits } = await batch.step(begin);
      const plain = splitRows(logits, 2)[1]!;
      const suppressed = new Float32Array(plain.length).fill(Number.NEGATIVE_INFINITY, END_OF_TEXT + 1, FIRST_MARK);
      suppressed[findLikeliest(plain, 1, END_OF_TEXT + 1)[0]!.token] = Number.NEGATIVE_INFINITY;
      for (const options of [{}, { suppressed, marks: true }]) {
        batch.rewind();
        const { followers, marks } = await batch.stepToLikeliest(begin, options);
        const scores = plain.map((logit, token) => logit + (options.suppressed?.[token] ?? 0));
        const expected = findLikeliest(scores, 6, END_OF_TEXT + 1);
        assert.deepEqual(
          followers[1]!.map(({ token }) => token),
          expected.map(({ token }) => token),
        );
        for (const [at, { probability }] of expected.entries())
          assert.ok(Math.abs(followers[1]![at]!.probability / probability - 1) < LEFT_OUT);
        assert.equal(marks?.length, options.marks && 2);
        const logs = takeLogs(scores, FIRST_MARK);
        assert.equal(logs.length, 1501);
        if (marks) assert.ok(logs.every((log, mark) => Math.abs(log - marks[1]![mark]!) < LEFT_OUT));
      }
      batch.release();
    });
  });
}
