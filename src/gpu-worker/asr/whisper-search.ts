/** Decoding with Whisper: language first, then text, by beam search or, for a second try, with drawn tokens. */
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
  /** 0: the likeliest tokens; else one is drawn. */
  temperature: number;
  /** Texts that compete for a window; 1 where tokens are drawn. */
  beams: number;
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

/** A text as far as it is decoded. */
interface Text extends DecodedPiece {
  last: number;
  /** Sum of the natural logs of the tokens' probabilities, the end of the text included. */
  logProbability: number;
  looped: boolean;
}

interface Row extends WindowRequest {
  /** What was said of the window before its text. */
  opening: Pick<DecodedWindow, 'language' | 'languages' | 'noSpeech'>;
  /** The likeliest texts so far. */
  texts: Text[];
  /** For each of them, from which one before it came. */
  origins: number[];
  ended: Text[];
  done: boolean;
}

/** Decodes all windows of a batch, which is at its beginning. */
export async function searchWindows(
  batch: DecoderBatch,
  requests: readonly WindowRequest[],
  options: SearchOptions,
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<DecodedWindow[]> {
  const { vocabulary, prompt, beams } = options;
  const heard = await batch.step(requests.map(() => vocabulary.startOfTranscript));
  const all = split(heard.logits, requests.length).map((logits, index) =>
    openRow(logits, requests[index]!, vocabulary),
  );
  const task = options.task === 'translate' ? vocabulary.translate : vocabulary.transcribe;
  const again = prompt.length === 0 ? [] : [vocabulary.startOfPrevious, ...prompt, vocabulary.startOfTranscript];
  if (again.length > 0) batch.rewind();
  let next = all.flatMap(({ opening: { language } }) => [
    ...again,
    vocabulary.languages.get(language) ?? vocabulary.startOfTranscript + 1,
    task,
    vocabulary.noTimestamps,
  ]);
  let rows = all;
  while (rows.length > 0) {
    await pause();
    signal.throwIfAborted();
    const { logits, attention } = await batch.step(next);
    const perRow = attention.length / rows.length;
    const scores = split(logits, attention.length);
    rows.forEach((row, index) => {
      const [from, to] = [index * perRow, (index + 1) * perRow];
      if (!row.done) grow(row, scores.slice(from, to), attention.slice(from, to), options);
    });
    const going = rows.flatMap((row, index) => (row.done ? [] : [index]));
    // making a smaller batch copies it, so it has to pay
    if (going.length <= rows.length / 2) {
      if (going.length > 0) batch.keep(going);
      rows = going.map(index => rows[index]!);
    }
    if (beams > 1 && rows.length > 0)
      batch.branch(rows.flatMap(({ origins }, index) => origins.map(origin => index * perRow + origin)));
    next = rows.flatMap(({ texts }) => texts.map(({ last }) => last));
  }
  return all.map(({ opening, ended }) => ({ ...opening, ...findBest(ended) }));
}

/** Language and silence are said by the answer to the first mark alone. */
function openRow(logits: Float32Array, request: WindowRequest, { languages, noSpeech }: WhisperVocabulary): Row {
  const highest = Math.max(...[...languages.values()].map(token => logits[token]!));
  const weights = [...languages].map(([code, token]) => [code, Math.exp(logits[token]! - highest)] as const);
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  const likely = weights.map(([code, weight]) => [code, weight / sum] as const).sort((a, b) => b[1] - a[1]);
  const { highest: loudest, sum: all } = sumUp(logits);
  return {
    ...request,
    opening: {
      language: request.language ?? likely[0]![0],
      languages: Object.fromEntries(likely.filter(([, probability]) => probability >= 0.01)),
      noSpeech: Math.exp(logits[noSpeech]! - loudest) / all,
    },
    texts: [{ tokens: [], probabilities: [], attention: [], last: 0, logProbability: 0, looped: false }],
    origins: [0],
    ended: [],
    done: false,
  };
}

/**
 * One token more: of all that may follow the texts of a window the likeliest, until as many texts have ended as compete
 * (openai/whisper, decoding.py, `BeamSearchDecoder`).
 */
function grow(row: Row, scores: Float32Array[], attention: Float32Array[], options: SearchOptions): void {
  const { vocabulary, beams } = options;
  const full = row.texts[0]!.tokens.length >= row.maxTokens;
  const followers = row.texts
    .flatMap((text, origin) =>
      findFollowers(scores[origin]!, text.tokens.length === 0, options).map(({ token, probability }) => ({
        ...{ text, origin, token, probability },
        logProbability: text.logProbability + Math.log(Math.max(probability, 1e-9)),
      })),
    )
    .sort((a, b) => b.logProbability - a.logProbability);
  const texts: Text[] = [];
  const origins: number[] = [];
  for (const { text, origin, token, probability, logProbability } of followers) {
    if (texts.length === beams || row.ended.length === beams) break;
    const longer = { ...text, logProbability, attention: [...text.attention, attention[origin]!] };
    if (full || token === vocabulary.endOfText) {
      row.ended.push(longer);
      continue;
    }
    const tokens = [...text.tokens, token];
    const grown = { ...longer, tokens, probabilities: [...text.probabilities, probability], last: token };
    const kept = findLoop(tokens);
    if (kept !== undefined) {
      row.ended.push(cutLoop(grown, kept));
      continue;
    }
    texts.push(grown);
    origins.push(origin);
  }
  row.done = row.ended.length >= beams;
  // a batch has equally many rows for each window, whether it needs them or not
  row.texts = Array.from({ length: beams }, (_, index) => texts[index] ?? texts[0] ?? row.texts[0]!);
  row.origins = Array.from({ length: beams }, (_, index) => origins[index] ?? origins[0] ?? 0);
}

/** What was said once stays; the attention of the next token says where it ends. */
function cutLoop(text: Text, kept: number): Text {
  return {
    ...text,
    tokens: text.tokens.slice(0, kept),
    probabilities: text.probabilities.slice(0, kept),
    attention: text.attention.slice(0, kept + 1),
    looped: true,
  };
}

/** Texts are ranked by the mean over their tokens, or short ones would win; what repeats itself comes last. */
function findBest(ended: readonly Text[]): DecodedPiece & { looped: boolean } {
  const rank = ({ logProbability, tokens, looped }: Text) => logProbability / (tokens.length + 1) - (looped ? 1e6 : 0);
  const { tokens, probabilities, attention, looped } = ended.reduce((best, next) =>
    rank(next) > rank(best) ? next : best,
  );
  return { tokens, probabilities, attention, looped };
}

interface Follower {
  token: number;
  /** At temperature 1. */
  probability: number;
}

/** The likeliest tokens, one more than texts compete since one may be the end; or one that is drawn. */
function findFollowers(logits: Float32Array, isFirst: boolean, options: SearchOptions): Follower[] {
  const { vocabulary, temperature, random, beams } = options;
  for (const token of options.suppressed) logits[token] = Number.NEGATIVE_INFINITY;
  if (isFirst) for (const token of options.suppressedFirst) logits[token] = Number.NEGATIVE_INFINITY;
  const allowed = logits.subarray(0, vocabulary.endOfText + 1); // above the end of text there are only marks
  const { highest, sum } = sumUp(allowed);
  const tokens = temperature > 0 ? [draw(allowed, highest, temperature, random())] : findLikeliest(allowed, beams + 1);
  return tokens.map(token => ({ token, probability: Math.exp(allowed[token]! - highest) / sum }));
}

function split(values: Float32Array, parts: number): Float32Array[] {
  const size = values.length / parts;
  return Array.from({ length: parts }, (_, index) => values.subarray(index * size, (index + 1) * size));
}

/** The highest logit, and the sum of the exponentials of all, relative to it. */
function sumUp(logits: Float32Array): { highest: number; sum: number } {
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index++) if (logits[index]! > highest) highest = logits[index]!;
  let sum = 0;
  for (let index = 0; index < logits.length; index++) {
    const below = logits[index]! - highest;
    if (below > -16) sum += Math.exp(below); // 51866 * e^-16 = 0.006: the rest changes nothing
  }
  return { highest, sum };
}

/** Indexes of the highest logits, in falling order. */
function findLikeliest(logits: Float32Array, count: number): number[] {
  const found: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index++) {
    const logit = logits[index]!;
    if (logit <= least) continue;
    let at = found.length;
    while (at > 0 && logits[found[at - 1]!]! < logit) at--;
    found.splice(at, 0, index);
    if (found.length > count) found.pop();
    if (found.length === count) least = logits[found[count - 1]!]!;
  }
  return found;
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
