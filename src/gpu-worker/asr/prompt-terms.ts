/**
 * The terms of a glossary as a prompt of Whisper. A prompt makes base-sized models lose words of hard recordings (bench/RESULTS.md),
 * so that only pieces in which a term may have been said are heard once more with it, and the two texts compared.
 */
import { classifyEnglish } from '../../pipeline/glossary/english-words.ts';
import { mayStandFor, spell } from '../../pipeline/glossary/sound-alike.ts';
import { foldWords } from '../../pipeline/minutes/words.ts';
import type { DecodedWindow } from './whisper-search.ts';
import type { WhisperVocabulary } from './whisper-vocabulary.ts';
import { MOST_NO_SPEECH } from './window-guards.ts';

/** Half of the model's 448 tokens are for prompts, of which marks take some. */
const MOST_TOKENS = 200;
/** A term may be heard as so many words. */
const MOST_WORDS = 4;
/** A text that is shorter than this part of the other one has lost something. */
const LEAST_LENGTH = 0.8;

/** Tokens that name the terms, as many as there is room for, the first ones first. */
export function buildTermPrompt(terms: readonly string[], { encode }: Pick<WhisperVocabulary, 'encode'>): number[] {
  let tokens: number[] = [];
  for (let count = 1; count <= terms.length; count++) {
    const longer = encode(` ${terms.slice(0, count).join(', ')}.`);
    if (longer.length > MOST_TOKENS) break;
    tokens = longer;
  }
  return tokens;
}

/** Terms in whose place something else may have been heard; those that the text has are no question. */
export function suspectTerms(text: string, terms: readonly string[]): string[] {
  const words = foldWords(text).map(word => ({ word, isOrdinary: classifyEnglish(word) === 'word' }));
  const heard = words.flatMap((_, from) =>
    Array.from({ length: MOST_WORDS }, (_, more) => words.slice(from, from + more + 1)).flatMap(some => {
      // ordinary words are heard right so often that a second look at all of them would cost too much
      const isOrdinary = some.every(one => one.isOrdinary);
      return isOrdinary ? [] : (spell(some.map(({ word }) => word).join('')) ?? []);
    }),
  );
  const said = lettersOf(text);
  return terms.filter(term => {
    const spelling = spell(term);
    return spelling && !said.includes(lettersOf(term)) && heard.some(one => mayStandFor(one, spelling));
  });
}

/** What is compared of a window. */
export interface HeardText extends Pick<DecodedWindow, 'noSpeech'> {
  text: string;
}

/** Whether the text that was heard with a prompt is to be taken: a term came out, nothing was lost, nothing leaked. */
export function isBetterTold(told: HeardText, untold: HeardText, terms: readonly string[]): boolean {
  const [now, before] = [lettersOf(told.text), lettersOf(untold.text)];
  const isNew = terms.map(lettersOf).some(term => now.includes(term) && !before.includes(term));
  return isNew && now.length >= LEAST_LENGTH * before.length && !mayBeLeaked(told, terms);
}

/** True for a text that is made of terms alone, or lists two of them as the prompt does, or has one where nobody speaks. */
function mayBeLeaked({ text, noSpeech }: HeardText, terms: readonly string[]): boolean {
  const said = lettersOf(text);
  const known = terms.map(lettersOf);
  if (noSpeech > MOST_NO_SPEECH) return true;
  if (known.some((term, index) => index > 0 && said.includes(`${known[index - 1]}${term}`))) return true;
  const longestFirst = known.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, term) => rest.replaceAll(term, ''), said) === '';
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
