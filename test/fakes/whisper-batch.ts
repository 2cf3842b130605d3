/** Whisper's decoder without a model: a test says what may follow a text, and every row keeps the text that it was fed. */
import assert from 'node:assert/strict';
import { createWhisperVocabulary } from '../../src/gpu-worker/asr/whisper-vocabulary.ts';
import type { DecoderBatch } from '../../src/gpu-worker/onnx/decoder-batch.ts';

const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const marks = ['<|endoftext|>', '<|startoftranscript|>', '<|en|>', '<|de|>', '<|translate|>', '<|transcribe|>'];
export const vocabulary = createWhisperVocabulary([
  ...texts,
  ...marks,
  ...['<|startofprev|>', '<|nospeech|>', '<|notimestamps|>'],
]);
export const END = vocabulary.endOfText;

/** Probabilities of the tokens that may follow this text of a window; all others are next to impossible. */
export type Says = (window: number, text: readonly number[]) => Record<number, number>;

export interface FakeWhisperBatch {
  batch: DecoderBatch;
  /** What each step was fed. */
  fed: number[][];
  /** The windows that each restart began anew. */
  restarts: number[][];
}

/**
 * Attention tells where a row comes from: its window, then the text that it was fed.
 * @param noSpeech logit of silence; the language has 5
 */
export function createFakeWhisperBatch(
  windows: number,
  says: Says,
  { language = '<|de|>', noSpeech = 0 } = {},
): FakeWhisperBatch {
  const begin = (window: number) => ({ window, fed: [] as number[] });
  let rows = Array.from({ length: windows }, (_, window) => begin(window));
  let perWindow = 1;
  const fed: number[][] = [];
  const restarts: number[][] = [];
  const take = (from: readonly number[]) =>
    from.map(row => {
      assert.ok(rows[row], `there is no row ${row}`);
      return rows[row];
    });
  const batch: DecoderBatch = {
    async step(tokens) {
      fed.push([...tokens]);
      const own = tokens.length / rows.length;
      assert.ok(Number.isInteger(own), 'equally many tokens for each row');
      rows = rows.map(({ window, fed: before }, row) => ({
        window,
        fed: [...before, ...tokens.slice(row * own, (row + 1) * own)],
      }));
      const logits = rows.flatMap(({ window, fed: all }) => {
        const scores = new Array<number>(vocabulary.size).fill(-20);
        const opened = all.lastIndexOf(vocabulary.noTimestamps);
        if (opened < 0) {
          scores[[...texts, ...marks].indexOf(language)] = 5;
          scores[vocabulary.noSpeech] = noSpeech;
        } else {
          const next = says(window, all.slice(opened + 1));
          for (const [token, probability] of Object.entries(next)) scores[Number(token)] = Math.log(probability);
        }
        return scores;
      });
      const attention = rows.map(row =>
        Float32Array.of(row.window, ...row.fed.slice(row.fed.lastIndexOf(vocabulary.noTimestamps) + 1)),
      );
      return { logits: Float32Array.from(logits), attention };
    },
    keep(kept) {
      rows = take(kept.flatMap(window => Array.from({ length: perWindow }, (_, row) => window * perWindow + row)));
    },
    branch(origins) {
      const next = take(origins);
      perWindow = origins.length / (rows.length / perWindow);
      rows = next;
    },
    rewind() {
      perWindow = 1;
      rows = [...new Set(rows.map(({ window }) => window))].map(begin);
    },
    restart(kept) {
      restarts.push([...kept]);
      perWindow = 1;
      rows = kept.map(begin);
    },
    release() {},
  };
  return { batch, fed, restarts };
}

/** Each window says one text and then ends. */
export function scripted(...said: readonly number[][]): Says {
  return (window, text) => ({ [said[window]?.[text.length] ?? END]: 1 });
}
