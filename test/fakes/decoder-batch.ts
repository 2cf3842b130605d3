/** A decoder without a model: a test says what may follow a text, and every row keeps the text that it was fed. */
import assert from 'node:assert/strict';
import { findLikeliest } from '../../src/gpu-worker/asr/likeliest-tokens.ts';
import type { DecoderBatch } from '../../src/gpu-worker/onnx/decoder-batch.ts';

export const VOCABULARY = 8;
export const END = 2;

/** Probabilities of the tokens that may follow this text of a piece; all others are next to impossible. */
export type Language = (piece: number, text: readonly number[]) => Record<number, number>;

const IMPOSSIBLE = 1e-9;
const LIKELIEST = 2;

export interface FakeDecoderBatch {
  batch: DecoderBatch;
  /** The rows of each step. */
  stepSizes: number[];
}

/**
 * Attention tells where a row comes from: its piece, then the text that it was fed.
 * @param pieces the piece of each row
 */
export function createFakeDecoderBatch(pieces: readonly number[], language: Language): FakeDecoderBatch {
  let rows = pieces.map(piece => ({ piece, fed: [] as number[] }));
  const stepSizes: number[] = [];
  const take = (from: readonly number[]) =>
    from.map(row => {
      assert.ok(rows[row], `there is no row ${row}`);
      return { piece: rows[row].piece, fed: rows[row].fed };
    });
  const feed = (tokens: readonly number[]) => {
    assert.equal(tokens.length, rows.length, 'one token per row');
    stepSizes.push(rows.length);
    rows = rows.map(({ piece, fed }, row) => ({ piece, fed: [...fed, tokens[row]!] }));
    const scores = rows.map(({ piece, fed }) => {
      const next = language(piece, fed.slice(1)); // the first token only begins the text
      return Float32Array.from({ length: VOCABULARY }, (_, token) => Math.log(next[token] ?? IMPOSSIBLE));
    });
    return { scores, attention: rows.map(({ piece, fed }) => Float32Array.of(piece, ...fed.slice(1))) };
  };
  const batch: DecoderBatch = {
    async step(tokens) {
      const { scores, attention } = feed(tokens);
      return { logits: Float32Array.from(scores.flatMap(row => [...row])), attention };
    },
    async stepToLikeliest(tokens, options) {
      assert.equal(options, undefined, 'greedy decoding suppresses nothing');
      const { scores, attention } = feed(tokens);
      return { followers: scores.map(row => findLikeliest(row, LIKELIEST)), attention };
    },
    rewind() {
      rows = rows.map(({ piece }) => ({ piece, fed: [] }));
    },
    keep(kept) {
      rows = take(kept);
    },
    branch: () => assert.fail('greedy decoding has one text per piece'),
    restart: () => assert.fail('greedy decoding goes through a piece once'),
    release() {},
  };
  return { batch, stepSizes };
}

/** A language in which each piece says one text and then ends. */
export function scripted(...texts: readonly number[][]): Language {
  return (piece, said) => ({ [texts[piece]?.[said.length] ?? END]: 1 });
}
