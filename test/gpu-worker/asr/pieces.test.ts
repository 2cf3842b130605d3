import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutPieces } from '../../../src/gpu-worker/asr/pieces.ts';
import { findSpeech } from '../../../src/gpu-worker/asr/speech-regions.ts';
import { VAD_FRAME_MS } from '../../../src/gpu-worker/asr/vad-frames.ts';

test('a piece reaches a little beyond the speech, but not beyond the recording', () => {
  const [piece] = cutPieces([{ startMs: 0, endMs: 3200 }], new Float32Array(200), 3210);
  assert.deepEqual(piece, { startMs: 0, endMs: 3210 });
});

test('speech with a short gap between is one piece', () => {
  const speech = [
    { startMs: 1000, endMs: 3000 },
    { startMs: 3400, endMs: 6000 },
  ];
  assert.equal(cutPieces(speech, new Float32Array(300), 9600).length, 1);
});

test('speech far apart is two pieces', () => {
  const speech = [
    { startMs: 1000, endMs: 3000 },
    { startMs: 8000, endMs: 9000 },
  ];
  assert.equal(cutPieces(speech, new Float32Array(300), 9600).length, 2);
});

test('long speech is cut where it is least likely', () => {
  const probabilities = new Float32Array(700).fill(0.9);
  probabilities.fill(0.4, 300, 304);
  const pieces = cutPieces([{ startMs: 0, endMs: 700 * VAD_FRAME_MS }], probabilities, 700 * VAD_FRAME_MS);
  assert.equal(pieces.length, 2);
  const cutMs = pieces[0]!.endMs;
  assert.ok(cutMs > 300 * VAD_FRAME_MS && cutMs < 304 * VAD_FRAME_MS, `cut at ${cutMs} ms`);
});

test('pieces are in order, at most 15 s long, do not overlap and cover all speech', () => {
  const probability = fc.oneof(
    fc.double({ min: 0, max: 0.3, noNaN: true }),
    fc.double({ min: 0.6, max: 1, noNaN: true }),
  );
  const run = fc.tuple(probability, fc.integer({ min: 1, max: 700 }));
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 12 }), runs => {
      const probabilities = Float32Array.from(runs.flatMap(([value, count]) => new Array<number>(count).fill(value)));
      const durationMs = probabilities.length * VAD_FRAME_MS;
      const speech = findSpeech(probabilities);
      const pieces = cutPieces(speech, probabilities, durationMs);
      pieces.forEach((piece, index) => {
        assert.ok(piece.startMs >= (pieces[index - 1]?.endMs ?? 0), 'overlap');
        assert.ok(piece.endMs > piece.startMs && piece.endMs <= durationMs, 'bounds');
        assert.ok(piece.endMs - piece.startMs <= 15_000, 'length');
      });
      for (const { startMs, endMs } of speech) {
        for (let ms = startMs + VAD_FRAME_MS / 2; ms < endMs; ms += VAD_FRAME_MS) {
          assert.ok(
            pieces.some(piece => piece.startMs <= ms && ms < piece.endMs),
            `speech at ${ms} ms is in no piece`,
          );
        }
      }
    }),
  );
});
