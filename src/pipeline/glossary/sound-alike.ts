/** How alike two spellings are by their sound in English, and by their letters. */
import { doubleMetaphone } from 'double-metaphone';
import { distance } from 'fastest-levenshtein';

/** A word or phrase as it is compared. */
export interface Spelling {
  /** Lower-case letters of the Latin script, without spaces and accents. */
  letters: string;
  /** Its sounds, by Double Metaphone (Philips, 2000): one or two codes. */
  codes: readonly string[];
}

/** Shorter ones sound like too much else. */
const LEAST_LETTERS = 5;
const LEAST_SOUNDS = 3;
/** Share of equal letters that is enough where all sounds are equal, by their number. */
const SAME_SOUNDS = [
  { least: 4, letters: 0.5 },
  { least: LEAST_SOUNDS, letters: 0.6 },
];
/** One sound of many may differ where most letters are equal. */
const NEAR_SOUNDS = { least: 4, letters: 0.75 };

/** Undefined for what cannot be compared: too short, or not in Latin letters alone. */
export function spell(text: string): Spelling | undefined {
  const letters = text
    .normalize('NFKD')
    .replace(/[\p{M}\s'’-]/gu, '')
    .toLowerCase();
  if (letters.length < LEAST_LETTERS || !/^[a-z]+$/.test(letters)) return undefined;
  return { letters, codes: [...new Set(doubleMetaphone(letters))] };
}

/** Share of equal letters, 0..1, when they sound alike; 0 when they do not. */
export function compareSounds(heard: Spelling, term: Spelling): number {
  // every word is held against every term: no arrays here
  let least = Number.POSITIVE_INFINITY;
  for (const code of heard.codes) for (const other of term.codes) least = Math.min(least, lettersNeeded(code, other));
  if (least > 1) return 0;
  const longest = Math.max(heard.letters.length, term.letters.length);
  const shared = 1 - distance(heard.letters, term.letters) / longest;
  return shared >= least ? shared : 0;
}

/** Whether it is worth a second look: a part of the sounds and half of the letters are equal. */
export function mayStandFor(heard: Spelling, term: Spelling): boolean {
  const longest = Math.max(heard.letters.length, term.letters.length);
  const isNear = term.codes.some(code =>
    heard.codes.some(other => distance(code, other) <= Math.max(1, Math.floor(code.length / 3))),
  );
  return isNear && distance(heard.letters, term.letters) <= longest / 2;
}

/** Which share of letters has to be equal; infinite where the sounds differ too much. */
function lettersNeeded(code: string, other: string): number {
  const sounds = Math.min(code.length, other.length);
  if (code === other) return SAME_SOUNDS.find(({ least }) => sounds >= least)?.letters ?? Number.POSITIVE_INFINITY;
  const isNear = sounds >= NEAR_SOUNDS.least && code[0] === other[0] && distance(code, other) === 1;
  return isNear ? NEAR_SOUNDS.letters : Number.POSITIVE_INFINITY;
}
