/** Writes the terms of a glossary as the glossary has them, where they were heard otherwise. */
import type { Transcription, Word } from '../meeting.ts';
import { foldWords, isStopWord } from '../minutes/words.ts';
import type { GlossaryEntry } from '../recording-options.ts';
import { findPhrases, type Replacement, replaceWords } from '../stages/correct-words.ts';
import { cutCharacters } from '../stages/cut-characters.ts';
import { joinWords } from '../stages/join-words.ts';
import { classifyEnglish } from './english-words.ts';
import { compareSounds, type Spelling, spell } from './sound-alike.ts';

/** A term may be heard as this many words more than it has. */
const MOST_WORDS_MORE = 2;
const MOST_WORDS = 5;
/** Nobody pauses longer inside a term. */
const MOST_PAUSE_MS = 500;
const POSSESSIVE = /['’]s(?=[^\p{L}\p{N}]*$)/u;

/**
 * Spellings that the glossary lists count everywhere, whatever they are. Moreover, what sounds like a term is written
 * like it, in English and where it is no English itself: an ordinary word changes by a listed spelling alone. What was
 * heard stays in the `original` of the first word.
 */
export function correctTerms(transcription: Transcription, glossary: readonly GlossaryEntry[] = []): Transcription {
  if (glossary.length === 0) return transcription;
  const { pieces: words, join } = cutCharacters(transcription.words);
  const known = findKnown(words, glossary);
  const alike = findAlike({ ...transcription, words }, glossary, known);
  const replacements = [...known, ...alike].filter(one => isChange(words, one)).sort((a, b) => a.from - b.from);
  if (replacements.length === 0) return transcription;
  return { ...transcription, words: join(replaceWords(words, replacements, withOriginal)) };
}

/** Listed spellings, and the terms themselves: those need no second look, but maybe their capital letters. */
function findKnown(words: readonly Word[], glossary: readonly GlossaryEntry[]): Replacement[] {
  const listed = glossary.flatMap(({ heard, written }) => (heard === undefined ? [] : [{ heard, written }]));
  const terms = glossary
    .filter(({ written }) => foldWords(written).some(word => classifyEnglish(word) !== 'word'))
    .map(({ written }) => ({ heard: written, written }));
  return findPhrases(words, [...listed, ...terms]);
}

/** A word without punctuation, cut at its hyphens. */
interface Part {
  token: string;
  kind: ReturnType<typeof classifyEnglish>;
}

interface Term {
  written: string;
  folded: readonly string[];
  spelling: Spelling;
  mostWords: number;
}

interface Candidate extends Replacement {
  likeness: number;
}

/** The likest first; no word is used twice. */
function findAlike(
  { words, language, otherLanguages = [] }: Transcription,
  glossary: readonly GlossaryEntry[],
  known: readonly Replacement[],
): Replacement[] {
  const terms = [...new Set(glossary.map(({ written }) => written))].flatMap((written): Term[] => {
    const spelling = spell(written);
    const folded = foldWords(written);
    return spelling ? [{ written, folded, spelling, mostWords: folded.length + MOST_WORDS_MORE }] : [];
  });
  if (terms.length === 0) return [];
  const used = new Set(known.flatMap(indexesOf));
  const isEnglish = ({ startMs }: Word) =>
    (otherLanguages.find(span => startMs >= span.startMs && startMs < span.endMs)?.language ?? language) === 'en';
  const parts = words.map((word, index) => (used.has(index) || !isEnglish(word) ? [] : cutParts(word.text)));
  const candidates = words.flatMap((_, from) =>
    Array.from({ length: countJoinable(words, parts, from) }, (_, more) => more + 1).flatMap((count): Candidate[] => {
      const heard = parts.slice(from, from + count).flat();
      const spelling = spell(heard.map(({ token }) => token).join(''));
      if (!spelling) return [];
      const ending = POSSESSIVE.exec(words[from + count - 1]?.text ?? '')?.[0] ?? '';
      return terms.flatMap(term => {
        const likeness = count <= term.mostWords ? compare(heard, spelling, term) : 0;
        return likeness > 0 ? [{ from, count, written: `${term.written}${ending}`, likeness }] : [];
      });
    }),
  );
  candidates.sort((a, b) => b.likeness - a.likeness || a.from - b.from);
  return candidates.filter(candidate => {
    const own = indexesOf(candidate);
    if (own.some(index => used.has(index))) return false;
    for (const index of own) used.add(index);
    return true;
  });
}

/** [] for what is no part of a term: words without meaning of their own, single letters, and everything with digits. */
function cutParts(text: string): Part[] {
  const tokens = foldWords(text).map(token => token.replace(POSSESSIVE, ''));
  if (tokens.some(token => token.length === 1 || isStopWord(token) || /\P{L}/u.test(token))) return [];
  return tokens.map(token => ({ token, kind: classifyEnglish(token) }));
}

/** How many words from there on may be one term: said in one breath by one voice. */
function countJoinable(words: readonly Word[], parts: readonly Part[][], from: number): number {
  let count = 0;
  while (count < MOST_WORDS && (parts[from + count]?.length ?? 0) > 0) {
    const [last, next] = [words[from + count]!, words[from + count + 1]];
    count++;
    if (!next || next.voice !== last.voice) break;
    if (next.startMs - last.endMs > MOST_PAUSE_MS || /[.,;:!?…]$/u.test(last.text)) break;
  }
  return count;
}

/** Share of equal letters; 0 for what is something else, or is right as it is. */
function compare(heard: readonly Part[], spelling: Spelling, term: Term): number {
  const isOrdinary = heard.every(({ kind }) => kind === 'word');
  if (spelling.letters === term.spelling.letters) {
    const isSame = heard.map(({ token }) => token).join() === term.folded.join();
    // "git hub" is GitHub, but "foot ball" is not always Football, nor "resume" Résumé
    const isElse = isOrdinary && (heard.length === 1 || classifyEnglish(term.spelling.letters) === 'word');
    return isSame || isElse ? 0 : 1;
  }
  if (isOrdinary || (heard.length === 1 && heard[0]?.kind === 'name')) return 0;
  // "Hansards" is made from the term, not heard in its place
  if (heard.length === 1 && spelling.letters.startsWith(term.spelling.letters)) return 0;
  return compareSounds(spelling, term.spelling);
}

function indexesOf({ from, count }: Replacement): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** A capital at the begin of a sentence is no other word. */
function isChange(words: readonly Word[], { from, count, written }: Replacement): boolean {
  const heard = trim(joinWords(words.slice(from, from + count).map(({ text }) => text)));
  return heard !== written && heard !== written.charAt(0).toUpperCase() + written.slice(1);
}

function withOriginal(written: Word[], heard: readonly Word[]): Word[] {
  const [first, ...others] = written;
  return first ? [{ ...first, original: trim(joinWords(heard.map(({ text }) => text))) }, ...others] : [];
}

/** Without the punctuation around it. */
function trim(text: string): string {
  return text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}
