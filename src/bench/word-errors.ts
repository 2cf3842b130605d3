/** Word error rate: what has to be changed in the words, wherever they were said and by whom. */
import { countEdits, type EditCounts, numberWords } from './edit-distance.ts';
import { normalizeEnglish } from './normalize-english.ts';

/** Counts, so that recordings can be added up; the rate is (S + D + I) / words. */
export interface WordErrors extends EditCounts {
  words: number;
}

/** One speaker's stretch of text. */
export interface Utterance {
  speaker: string;
  startMs: number;
  endMs: number;
  text: string;
}

/** Both sides as one text, utterances by start time, normalised before words are counted. */
export function countWordErrors(reference: readonly Utterance[], hypothesis: readonly Utterance[]): WordErrors {
  return compareWords(wordsOf(reference), wordsOf(hypothesis));
}

/** The normalised words of all utterances, by start time. */
export function wordsOf(utterances: readonly Utterance[]): string[] {
  const texts = utterances.toSorted((a, b) => a.startMs - b.startMs).map(({ text }) => text);
  return normalizeEnglish(texts.join(' '));
}

export function compareWords(reference: readonly string[], hypothesis: readonly string[]): WordErrors {
  const [wanted, found] = numberWords(reference, hypothesis);
  return { words: reference.length, ...countEdits(wanted!, found!) };
}

/** Fraction, 0 or more; null without words. */
export function errorRate({ words, substitutions, deletions, insertions }: WordErrors): number | null {
  return words === 0 ? null : (substitutions + deletions + insertions) / words;
}
