/** The sentences of a transcript: the unit that rules read and that evidence quotes. */

import type { Transcript, Turn, Word } from '../meeting.ts';
import { joinWords } from '../stages/join-words.ts';
import { splitSentences, type WordRange } from '../stages/split-sentences.ts';
import type { Evidence } from '../summary.ts';
import { findNumbers } from './numerals.ts';
import { contentStems, foldWords } from './words.ts';

export interface Sentence {
  /** Place in the meeting. */
  index: number;
  turn: Turn;
  turnIndex: number;
  /** The words as said. */
  quote: string;
  /** The quote without "um", "uh" and stuttered words. */
  text: string;
  startMs: number;
  endMs: number;
  isQuestion: boolean;
  stems: Set<string>;
}

/** Longer runs of words without a full stop are no sentence; they are cut so that quotes stay readable. */
const MAX_SENTENCE_WORDS = 80;
const MAX_EVIDENCE = 8;
/** The rules read no further: no sentence is longer, and what hostile text can cost stays bounded. */
const MAX_TEXT = 1_000;
/** A question without its mark, which recognisers lose: "who's going to …", "do we …", "how long does …". */
const ASKS =
  /^(?:(?:so|and|but|okay|ok|well|um|then|now),? )*(?:(?:who|what|when|where|why|which|how(?: (?:long|much|many|far|often))?)(?:'s|'re| is| are| do| does| did| can| could| should| will| would)\b|(?:do|does|did|can|could|should|shall|will|would|is|are) (?:we|you|they|I|it|he|she|anyone|anybody|everyone|there)\b)|\bwho(?:'s| is) going to\b/iu;

const MIN_CLAUSE_WORDS = 3;
/** So far back is looked, which bounds the cost of a turn without a full stop. */
const MAX_CLAUSE_WORDS = 40;
/** The first half needs the second: no sentence ends between them. */
const DEPENDS =
  /\b(?:if|unless|when|whenever|once|because|since|although|though|while|until|till|as|before|after|whether|that(?= ))\b/iu;
const HAS_SUBJECT = /\b(?:I|you|we|they|he|she|it|there|this|who|nobody|everybody)\b|\b(?:that|it|there)'s\b/iu;
const MAIN_CLAUSE =
  /^(?:yes|yeah|okay|agreed|right|great|thanks|please|(?:then )?(?:I|we)(?:'(?:ll|m|re|ve|d))? |(?:can|could|would|will) you |(?:it|that|they|he|she|you)(?:'(?:s|re|ll|d|ve)| (?:is|are|was|were|will|has|have|had|would|need|should|can)) )/iu;
const VERDICT = /^(?:let's |(?:that|it)'s (?:final|settled|decided|agreed)\b)/iu;

/** @param atCommas ends a sentence also where a recogniser wrote a comma between two */
export function splitIntoSentences(transcript: Transcript, { atCommas = false } = {}): Sentence[] {
  const sentences: Sentence[] = [];
  transcript.turns.forEach((turn, turnIndex) => {
    for (const { from, to } of splitSentences(turn.words).flatMap(range =>
      atCommas ? splitAtCommas(turn.words, range) : range,
    )) {
      for (let start = from; start < to; start += MAX_SENTENCE_WORDS) {
        const words = turn.words.slice(start, Math.min(to, start + MAX_SENTENCE_WORDS));
        const quote = joinWords(words.map(word => word.text));
        const text = clean(quote.slice(0, MAX_TEXT), transcript.language);
        sentences.push({
          index: sentences.length,
          turn,
          turnIndex,
          quote,
          text,
          startMs: words[0]?.startMs ?? turn.startMs,
          endMs: words.at(-1)?.endMs ?? turn.endMs,
          isQuestion: /[?？]["'”)\]]{0,3}$/u.test(quote) || ASKS.test(text),
          stems: contentStems(text),
        });
      }
    }
  });
  return sentences;
}

/** Recognisers write a comma where people write a full stop: "Then we do that, we rent the microscope." */
function splitAtCommas(words: readonly Word[], { from, to }: WordRange): WordRange[] {
  const parts: WordRange[] = [];
  let start = from;
  for (let at = from + 1; at < to - MIN_CLAUSE_WORDS + 1; at++) {
    if (!words[at - 1]?.text.endsWith(',') || at - start < MIN_CLAUSE_WORDS) continue;
    const before = textOf(words, Math.max(start, at - MAX_CLAUSE_WORDS), at);
    const after = textOf(words, at, Math.min(to, at + MIN_CLAUSE_WORDS));
    if (DEPENDS.test(before) || !(VERDICT.test(after) || (HAS_SUBJECT.test(before) && MAIN_CLAUSE.test(after))))
      continue;
    parts.push({ from: start, to: at });
    start = at;
  }
  return [...parts, { from: start, to }];
}

function textOf(words: readonly Word[], from: number, to: number): string {
  return words
    .slice(from, to)
    .map(({ text }) => text)
    .join(' ')
    .replace(/[’‘`]/gu, "'");
}

/** What was said about one thing, in order: where it began and how it went on last, so that repetition stays bounded. */
export function joinEvidence(...parts: Sentence[][]): Sentence[] {
  const ordered = [...new Set(parts.flat())].sort((a, b) => a.index - b.index);
  return ordered.length <= MAX_EVIDENCE ? ordered : [...ordered.slice(0, 2), ...ordered.slice(2 - MAX_EVIDENCE)];
}

/** Evidence for consecutive sentences of one turn is one quote. */
export function cite(sentences: readonly Sentence[]): Evidence[] {
  const ordered = [...new Set(sentences)].sort((a, b) => a.index - b.index);
  const cited: Evidence[] = [];
  let previous: Sentence | undefined;
  for (const sentence of ordered) {
    const last = cited.at(-1);
    if (last && previous?.turn === sentence.turn && previous.index + 1 === sentence.index) {
      last.quote += ` ${sentence.quote}`;
      last.end = seconds(sentence.endMs);
    } else {
      cited.push({
        turn: sentence.turn.id,
        start: seconds(sentence.startMs),
        end: seconds(sentence.endMs),
        quote: sentence.quote,
      });
    }
    previous = sentence;
  }
  return cited;
}

export function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** Without fillers and stutter in English; "um" and "er" are words elsewhere. */
function clean(quote: string, language: string): string {
  const said = quote.replace(/[’‘`]/g, "'");
  return (language === 'en' ? withoutFillers(said) : said)
    .replace(/\s+/g, ' ')
    .replace(/^[\s,]+|,$/g, '')
    .trim();
}

function withoutFillers(said: string): string {
  return said
    .replace(/(^|\s)(?:uh-huh|mm-hmm|um|uh|er|erm|hmm|mm|ah)\b(?!-)[,.]?(?=\s|$)/giu, '$1')
    .replace(/, (?:like|you know|I mean|sort of|kind of),(?= )/giu, '')
    .replace(
      /\b((?:[\p{L}']+ ){0,2}[\p{L}']+)(?:,?\s+\1)+\b/giu,
      (all, once: string) => (isOneNumber(all) ? all : once), // "twenty twenty-six"
    );
}

function isOneNumber(text: string): boolean {
  const tokens = foldWords(text);
  const [number] = findNumbers(tokens);
  return number?.to === tokens.length;
}
