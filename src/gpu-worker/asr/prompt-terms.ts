/** The terms of a glossary as a prompt of Whisper, and the signs that it was written down instead of what was said. */
import type { WhisperVocabulary } from './whisper-vocabulary.ts';
import { MOST_NO_SPEECH } from './window-guards.ts';

/**
 * Half of the model's 448 tokens are the prompt's; marks need some of them, and each one costs time.
 */
const MOST_TOKENS = 200;

export interface TermPrompt {
  terms: readonly string[];
  tokens: readonly number[];
}

/** As many terms as there is room for, the first ones first. */
export function buildTermPrompt(terms: readonly string[], { encode }: Pick<WhisperVocabulary, 'encode'>): TermPrompt {
  const taken: string[] = [];
  let tokens: number[] = [];
  for (const term of terms) {
    const longer = encode(` ${[...taken, term].join(', ')}.`);
    if (longer.length > MOST_TOKENS) break;
    taken.push(term);
    tokens = longer;
  }
  return { terms: taken, tokens };
}

/**
 * True where a text may come from the prompt: it is made of terms alone, or lists two of them as the prompt does, or has
 * one where the model hears nobody. Somebody may really say so: the window is then to be heard without the prompt.
 */
export function mayBeLeaked(text: string, noSpeech: number, terms: readonly string[]): boolean {
  const said = lettersOf(text);
  const known = terms.map(lettersOf).filter(Boolean);
  if (!known.some(term => said.includes(term))) return false;
  if (noSpeech > MOST_NO_SPEECH) return true;
  if (known.some((term, index) => index > 0 && said.includes(`${known[index - 1]}${term}`))) return true;
  const longestFirst = known.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, term) => rest.replaceAll(term, ''), said) === '';
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
