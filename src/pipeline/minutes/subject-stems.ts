/** What a text is about, apart from when and how much. */
import { findNumbers } from './numerals.ts';
import { contentStems, foldWords } from './words.ts';

const CALENDAR_WORD =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december)s?$/;

/** Stems of what a text is about: without numbers, weekdays and months, which change while the subject stays. */
export function subjectStems(text: string): Set<string> {
  const tokens = foldWords(text);
  const numeric = new Set(findNumbers(tokens).flatMap(({ from, to }) => tokens.slice(from, to)));
  return contentStems(tokens.filter(token => !numeric.has(token) && !CALENDAR_WORD.test(token)).join(' '));
}
