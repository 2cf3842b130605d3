/** Finds where sentences end in recognised words. */
import type { Word } from '../meeting.ts';

/** Words `[from, to)` of a list. */
export interface WordRange {
  from: number;
  to: number;
}

/** A silence this long ends a sentence whatever the punctuation says. */
const SENTENCE_PAUSE_MS = 2_000;

const END = /[.?!…。？！]["'’”)\]]*$/u;
const ABBREVIATION = /^["'“(]*(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|approx|a\.m|p\.m|(?!i)\p{Lu})\.$/iu;

/** The sentences of `words`, in order, without gaps. */
export function splitSentences(words: readonly Word[]): WordRange[] {
  const sentences: WordRange[] = [];
  let from = 0;
  for (let index = 0; index < words.length; index++) {
    if (!endsSentence(words, index)) continue;
    sentences.push({ from, to: index + 1 });
    from = index + 1;
  }
  return sentences;
}

/** True when a sentence ends with word `index`: by punctuation that is no abbreviation's, a long pause, or the end. */
export function endsSentence(words: readonly Word[], index: number): boolean {
  const word = words[index];
  const next = words[index + 1];
  if (!word || !next) return true;
  if (next.startMs - word.endMs >= SENTENCE_PAUSE_MS) return true;
  return END.test(word.text) && !ABBREVIATION.test(word.text);
}

/** True when a clause ends with the word: a comma, colon, semicolon or dash. */
export function endsClause(text: string): boolean {
  return /[,;:–—、，]["'’”)\]]*$|^[-–—]+$/u.test(text);
}
