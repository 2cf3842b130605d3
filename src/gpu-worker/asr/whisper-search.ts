/** Decoding with Whisper: language first, then text, by beam search or, for a second try, with drawn tokens. */
import type { DecoderBatch, Likeliest } from '../onnx/decoder-batch.ts';
import type { DecodedPiece } from './greedy-search.ts';
import { type Follower, splitRows, sumUp } from './likeliest-tokens.ts';
import { findLoop } from './loops.ts';
import { followMarked, isMark, type MarkedTime, passToken, UNBEGUN } from './time-marks.ts';
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
  /**
   * Marks of time are decoded as well, and left out of the text. In training nearly every text had them: without, sentences
   * are skipped where several people speak (bench/RESULTS.md). Only for one text that takes the likeliest tokens.
   */
  marks: boolean;
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
  time: MarkedTime;
  /** Attention of the mark that closed the text, if nothing came after: it says better where the last word ends than the end of the text. */
  closing: Float32Array | undefined;
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
  const { vocabulary, prompt, beams, marks } = options;
  const heard = await batch.step(requests.map(() => vocabulary.startOfTranscript));
  const all = splitRows(heard.logits, requests.length).map((logits, index) =>
    openRow(logits, requests[index]!, vocabulary),
  );
  const task = options.task === 'translate' ? vocabulary.translate : vocabulary.transcribe;
  const again = prompt.length === 0 ? [] : [vocabulary.startOfPrevious, ...prompt, vocabulary.startOfTranscript];
  if (again.length > 0) batch.rewind();
  let next = all.flatMap(({ opening: { language } }) => [
    ...again,
    vocabulary.languages.get(language) ?? vocabulary.startOfTranscript + 1,
    task,
    ...(marks ? [] : [vocabulary.noTimestamps]),
  ]);
  let rows = all;
  let suppressed = listSuppressed(options, true);
  const laterSuppressed = listSuppressed(options, false);
  while (rows.length > 0) {
    await pause();
    signal.throwIfAborted();
    const answer =
      options.temperature > 0
        ? await stepToDrawn(batch, next, suppressed, options)
        : await batch.stepToLikeliest(next, { suppressed, marks });
    const { attention } = answer;
    const followers = answer.marks
      ? answer.marks.map((own, index) => [
          followMarked(rows[index]!.texts[0]!.time, answer.followers[index]!, own, vocabulary),
        ])
      : answer.followers;
    suppressed = laterSuppressed;
    const perRow = attention.length / rows.length;
    rows.forEach((row, index) => {
      const [from, to] = [index * perRow, (index + 1) * perRow];
      if (!row.done) grow(row, followers.slice(from, to), attention.slice(from, to), options);
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
    texts: [
      {
        tokens: [],
        probabilities: [],
        attention: [],
        last: 0,
        logProbability: 0,
        looped: false,
        time: UNBEGUN,
        closing: undefined,
      },
    ],
    origins: [0],
    ended: [],
    done: false,
  };
}

/**
 * One token more: of all that may follow the texts of a window the likeliest, until as many texts have ended as compete
 * (openai/whisper, decoding.py, `BeamSearchDecoder`).
 */
function grow(row: Row, candidates: Follower[][], attention: Float32Array[], options: SearchOptions): void {
  const { vocabulary, beams } = options;
  const full = row.texts[0]!.tokens.length >= row.maxTokens;
  const followers = row.texts
    .flatMap((text, origin) =>
      candidates[origin]!.slice(0, beams + 1).map(({ token, probability }) => ({
        ...{ text, origin, token, probability },
        logProbability: text.logProbability + Math.log(Math.max(probability, 1e-9)),
      })),
    )
    .sort((a, b) => b.logProbability - a.logProbability);
  const texts: Text[] = [];
  const origins: number[] = [];
  for (const { text, origin, token, probability, logProbability } of followers) {
    if (texts.length === beams || row.ended.length === beams) break;
    const time = passToken(text.time, token, vocabulary);
    if (isMark(token, vocabulary) && !full) {
      const closing = time.state === 'closed' ? attention[origin]! : text.closing;
      texts.push({ ...text, time, last: token, closing });
      origins.push(origin);
      continue;
    }
    const soFar = { ...text, time, logProbability };
    if (full || token === vocabulary.endOfText) {
      row.ended.push({ ...soFar, attention: [...text.attention, text.closing ?? attention[origin]!] });
      continue;
    }
    const longer = { ...soFar, closing: undefined, attention: [...text.attention, attention[origin]!] };
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

/** Negative infinity for each token that must not come, to be added to the scores. */
function listSuppressed(
  { vocabulary, suppressed, suppressedFirst, marks }: SearchOptions,
  isFirst: boolean,
): Float32Array {
  const { size, endOfText, noTimestamps } = vocabulary;
  const added = new Float32Array(size);
  // above the end of text there are only marks
  added.fill(Number.NEGATIVE_INFINITY, endOfText + 1, marks ? noTimestamps + 1 : size);
  for (const token of isFirst ? [...suppressed, ...suppressedFirst] : suppressed)
    added[token] = Number.NEGATIVE_INFINITY;
  return added;
}

/** A step after which each row goes on with a token that is drawn; its probability is that at temperature 1. */
async function stepToDrawn(
  batch: DecoderBatch,
  tokens: readonly number[],
  suppressed: Float32Array,
  { vocabulary, temperature, random }: SearchOptions,
): Promise<Likeliest> {
  const { logits, attention } = await batch.step(tokens);
  const followers = splitRows(logits, attention.length).map(row => {
    const allowed = row.slice(0, vocabulary.endOfText + 1).map((logit, token) => logit + suppressed[token]!);
    const { highest, sum } = sumUp(allowed);
    const token = draw(allowed, highest, temperature, random());
    return [{ token, probability: Math.exp(allowed[token]! - highest) / sum }];
  });
  return { followers, attention };
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
