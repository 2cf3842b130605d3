/** Whisper's decoder without a model: a test says what may follow a text, and every row keeps the text that it was fed. */
import assert from 'node:assert/strict';
import { findLikeliest, takeLogs } from '../../src/gpu-worker/asr/likeliest-tokens.ts';
import { isMark } from '../../src/gpu-worker/asr/time-marks.ts';
import { createWhisperVocabulary } from '../../src/gpu-worker/asr/whisper-vocabulary.ts';
import type { DecoderBatch } from '../../src/gpu-worker/onnx/decoder-batch.ts';

const words = [
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
  ...['<|endoftext|>', '<|startoftranscript|>', '<|en|>', '<|de|>', '<|translate|>', '<|transcribe|>'],
  ...['<|startofprev|>', '<|nospeech|>', '<|notimestamps|>'],
  ...Array.from({ length: 101 }, (_, step) => `<|${(step / 50).toFixed(2)}|>`),
];
export const vocabulary = createWhisperVocabulary(words);
export const END = vocabulary.endOfText;
const LIKELIEST = 6;

/** The mark of a time, counted in steps of 20 ms. */
export function markAt(step: number): number {
  return vocabulary.noTimestamps + 1 + step;
}

/** Probabilities of the tokens that may follow this text of a window; all others are next to impossible. */
export type Says = (window: number, text: readonly number[]) => Record<number, number>;

export interface FakeWhisperBatch {
  batch: DecoderBatch;
  /** What each step was fed. */
  fed: number[][];
  /** What each step that was asked for the likeliest tokens had to suppress. */
  suppressed: Float32Array[];
  /** The windows that each restart began anew. */
  restarts: number[][];
}

/**
 * Attention tells where a row comes from: its window, then the text that it was fed.
 * @param says what is said without marks of time
 * @param noSpeech logit of silence; the language has 5
 * @param saysMarked what is said with them, text and marks
 */
export function createFakeWhisperBatch(
  windows: number,
  says: Says,
  { language = '<|de|>', noSpeech = 0, saysMarked = addMarks(says) } = {},
): FakeWhisperBatch {
  const begin = (window: number) => ({ window, fed: [] as number[] });
  let rows = Array.from({ length: windows }, (_, window) => begin(window));
  let perWindow = 1;
  const fed: number[][] = [];
  const suppressedAt: Float32Array[] = [];
  const restarts: number[][] = [];
  const take = (from: readonly number[]) =>
    from.map(row => {
      assert.ok(rows[row], `there is no row ${row}`);
      return rows[row];
    });
  const feed = (tokens: readonly number[]) => {
    fed.push([...tokens]);
    const own = tokens.length / rows.length;
    assert.ok(Number.isInteger(own), 'equally many tokens for each row');
    rows = rows.map(({ window, fed: before }, row) => ({
      window,
      fed: [...before, ...tokens.slice(row * own, (row + 1) * own)],
    }));
    const texts = rows.map(({ window, fed: all }) => ({ window, ...findText(all) }));
    const scores = texts.map(({ window, text, marked }) => {
      const scores = new Float32Array(vocabulary.size).fill(-20);
      if (!text) {
        scores[words.indexOf(language)] = 5;
        scores[vocabulary.noSpeech] = noSpeech;
        return scores;
      }
      const next = (marked ? saysMarked : says)(window, text);
      for (const [token, probability] of Object.entries(next)) scores[Number(token)] = Math.log(probability);
      return scores;
    });
    return { scores, attention: texts.map(({ window, text = [] }) => Float32Array.of(window, ...text)) };
  };
  const batch: DecoderBatch = {
    async step(tokens) {
      const { scores, attention } = feed(tokens);
      return { logits: Float32Array.from(scores.flatMap(row => [...row])), attention };
    },
    async stepToLikeliest(tokens, { suppressed = new Float32Array(vocabulary.size), marks = false } = {}) {
      assert.equal(suppressed.length, vocabulary.size, 'the scores of all tokens');
      suppressedAt.push(suppressed);
      const { scores, attention } = feed(tokens);
      const allowed = scores.map(row => row.map((score, token) => score + suppressed[token]!));
      return {
        ...{ followers: allowed.map(row => findLikeliest(row, LIKELIEST, END + 1)), attention },
        ...(marks && { marks: allowed.map(row => takeLogs(row, markAt(0))) }),
      };
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
  return { batch, fed, suppressed: suppressedAt, restarts };
}

/** What was said after the task was set; no text before. */
function findText(fed: readonly number[]): { text?: number[]; marked: boolean } {
  const begun = Math.max(fed.lastIndexOf(vocabulary.transcribe), fed.lastIndexOf(vocabulary.translate)) + 1;
  if (begun === 0) return { marked: false };
  const marked = fed[begun] !== vocabulary.noTimestamps;
  return { text: fed.slice(marked ? begun : begun + 1), marked };
}

/** The same text between a mark at its beginning and one at its end, which is as likely as the end was. */
function addMarks(says: Says): Says {
  return (window, marked) => {
    const text = marked.filter(token => token < END);
    const last = marked.at(-1);
    if (last === undefined) return { [markAt(0)]: 1 };
    if (text.length === 0) return says(window, text);
    if (isMark(last, vocabulary)) return { [END]: 1 };
    const { [END]: end = 0, ...next } = says(window, text);
    return { ...next, [markAt(100)]: end };
  };
}

/** Each window says one text and then ends. */
export function scripted(...said: readonly (readonly number[])[]): Says {
  return (window, text) => ({ [said[window]?.[text.length] ?? END]: 1 });
}
