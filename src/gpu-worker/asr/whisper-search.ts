/** Decoding with Whisper: language first, then text, the likeliest token each time or, for a second try, a drawn one. */
import type { DecoderBatch } from '../onnx/decoder-batch.ts';
import type { DecodedPiece } from './greedy-search.ts';
import { findLoop } from './loops.ts';
import type { WhisperVocabulary } from './whisper-vocabulary.ts';

/** What is asked of one window. */
export interface WindowRequest {
  /** ISO 639 code; undefined: whichever the window's sound suggests. */
  language: string | undefined;
  maxTokens: number;
}

export interface SearchOptions {
  vocabulary: WhisperVocabulary;
  task: 'transcribe' | 'translate';
  /** Text that the model takes for what was said before: terms of the glossary. Language and silence are told without it. */
  prompt: readonly number[];
  /** Marks and signs that no transcript has. */
  suppressed: readonly number[];
  /** Moreover not the first token. */
  suppressedFirst: readonly number[];
  /** 0: the likeliest token; else one is drawn. */
  temperature: number;
  /** Numbers in [0, 1), as `Math.random` gives them. */
  random(): number;
}

export interface DecodedWindow extends DecodedPiece {
  /** ISO 639 code in which it was decoded. */
  language: string;
  /** Probability of each language, by ISO 639 code, those of 1 % and more. */
  languages: Record<string, number>;
  /** Probability that nobody speaks. */
  noSpeech: number;
  /** The text repeated itself, and was cut there. */
  looped: boolean;
}

interface Row extends WindowRequest {
  window: DecodedWindow;
  last: number;
  done: boolean;
}

/** Decodes all rows of a batch, which is at its beginning. */
export async function searchWindows(
  batch: DecoderBatch,
  requests: readonly WindowRequest[],
  options: SearchOptions,
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<DecodedWindow[]> {
  const { vocabulary, prompt } = options;
  const heard = await batch.step(requests.map(() => vocabulary.startOfTranscript));
  const windows = split(heard.logits, requests.length).map((logits, index) =>
    openWindow(logits, requests[index]!.language, vocabulary),
  );
  const task = options.task === 'translate' ? vocabulary.translate : vocabulary.transcribe;
  const again = prompt.length === 0 ? [] : [vocabulary.startOfPrevious, ...prompt, vocabulary.startOfTranscript];
  if (again.length > 0) batch.rewind();
  let next = windows.flatMap(({ language }) => [
    ...again,
    vocabulary.languages.get(language) ?? vocabulary.startOfTranscript + 1,
    task,
    vocabulary.noTimestamps,
  ]);
  let rows = windows.map((window, index): Row => ({ ...requests[index]!, window, last: 0, done: false }));
  while (rows.length > 0) {
    await pause();
    signal.throwIfAborted();
    const { logits, attention } = await batch.step(next);
    split(logits, rows.length).forEach((scores, index) => {
      const row = rows[index]!;
      if (!row.done) take(row, scores, attention[index]!, options);
    });
    const going = rows.flatMap((row, index) => (row.done ? [] : [index]));
    // making a smaller batch copies it, so it has to pay
    if (going.length <= rows.length / 2) {
      if (going.length > 0) batch.keep(going);
      rows = going.map(index => rows[index]!);
    }
    next = rows.map(row => row.last);
  }
  return windows;
}

/** Language and silence are said by the answer to the first mark alone. */
function openWindow(
  logits: Float32Array,
  language: string | undefined,
  { languages, noSpeech }: WhisperVocabulary,
): DecodedWindow {
  const highest = Math.max(...[...languages.values()].map(token => logits[token]!));
  const weights = [...languages].map(([code, token]) => [code, Math.exp(logits[token]! - highest)] as const);
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  const likely = weights.map(([code, weight]) => [code, weight / sum] as const).sort((a, b) => b[1] - a[1]);
  return {
    tokens: [],
    probabilities: [],
    attention: [],
    language: language ?? likely[0]![0],
    languages: Object.fromEntries(likely.filter(([, probability]) => probability >= 0.01)),
    noSpeech: choose(logits, 0, () => 0, noSpeech).probability,
    looped: false,
  };
}

function take(row: Row, logits: Float32Array, attention: Float32Array, options: SearchOptions): void {
  const { vocabulary, temperature, random } = options;
  const { window } = row;
  for (const token of options.suppressed) logits[token] = Number.NEGATIVE_INFINITY;
  if (window.tokens.length === 0) for (const token of options.suppressedFirst) logits[token] = Number.NEGATIVE_INFINITY;
  // above the end of text there are only marks
  const chosen = choose(logits.subarray(0, vocabulary.endOfText + 1), temperature, random);
  window.attention.push(attention);
  row.last = chosen.token;
  row.done = chosen.token === vocabulary.endOfText || window.tokens.length >= row.maxTokens;
  if (row.done) return;
  window.tokens.push(chosen.token);
  window.probabilities.push(chosen.probability);
  const kept = findLoop(window.tokens);
  if (kept === undefined) return;
  window.tokens.length = kept;
  window.probabilities.length = kept;
  window.attention.length = kept + 1;
  window.looped = true;
  row.done = true;
}

function split(values: Float32Array, parts: number): Float32Array[] {
  const size = values.length / parts;
  return Array.from({ length: parts }, (_, index) => values.subarray(index * size, (index + 1) * size));
}

/** The likeliest token, or one that is drawn, or `wanted`; with its probability at temperature 1. */
function choose(
  logits: Float32Array,
  temperature: number,
  random: () => number,
  wanted?: number,
): { token: number; probability: number } {
  let token = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index++) {
    if (logits[index]! > highest) {
      highest = logits[index]!;
      token = index;
    }
  }
  let sum = 0;
  for (let index = 0; index < logits.length; index++) {
    const below = logits[index]! - highest;
    if (below > -16) sum += Math.exp(below); // 51866 * e^-16 = 0.006: the rest changes nothing
  }
  if (wanted !== undefined) token = wanted;
  else if (temperature > 0) token = draw(logits, highest, temperature, random());
  return { token, probability: Math.exp(logits[token]! - highest) / sum };
}

function draw(logits: Float32Array, highest: number, temperature: number, at: number): number {
  const weigh = (logit: number) => Math.exp((logit - highest) / temperature);
  let sum = 0;
  for (const logit of logits) sum += weigh(logit);
  let left = at * sum;
  for (let index = 0; index < logits.length; index++) {
    left -= weigh(logits[index]!);
    if (left < 0) return index;
  }
  return logits.length - 1;
}
