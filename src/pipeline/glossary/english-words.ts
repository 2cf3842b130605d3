/** Tells ordinary English from what only a glossary knows: Hunspell's en_US, with the endings that its words may take. */
import dictionary from 'dictionary-en';
import { isStopWord } from '../minutes/words.ts';

interface Affix {
  flag: string;
  stripped: string;
  added: string;
  /** What the stem has to look like. */
  condition: RegExp;
}

interface English {
  /** Flags of the affixes that each stem takes, stems in lower case. */
  words: ReadonlyMap<string, string>;
  names: ReadonlyMap<string, string>;
  prefixes: readonly Affix[];
  suffixes: readonly Affix[];
}

const NOTHING: Affix = { flag: '', stripped: '', added: '', condition: /^/ };
let english: English | undefined; // 50,000 words, which only meetings with a glossary need

/**
 * What a dictionary of American English takes a word for, in British spelling too; undefined when it has no such word.
 * @param word in lower case
 */
export function classifyEnglish(word: string): 'word' | 'name' | undefined {
  english ??= readDictionary();
  const { words, names } = english;
  const american = word.replace(/is(?=(?:e[ds]?|ers?|ing|ations?)$)/, 'iz').replace('our', 'or');
  if (word.length === 1 || isStopWord(word)) return 'word';
  if (isInflected(word, words, english) || isInflected(american, words, english)) return 'word';
  return isInflected(word, names, english) ? 'name' : undefined;
}

function isInflected(word: string, stems: ReadonlyMap<string, string>, { prefixes, suffixes }: English): boolean {
  for (const prefix of prefixes) {
    if (!word.startsWith(prefix.added)) continue;
    for (const suffix of suffixes) {
      if (!word.endsWith(suffix.added) || word.length < prefix.added.length + suffix.added.length) continue;
      const stem = word.slice(prefix.added.length, word.length - suffix.added.length) + suffix.stripped;
      const flags = stems.get(stem);
      const takes = ({ flag }: Affix) => flags?.includes(flag);
      if (takes(prefix) && takes(suffix) && suffix.condition.test(stem)) return true;
    }
  }
  return false;
}

/** The form is Hunspell's, with flags of one letter: https://man.archlinux.org/man/hunspell.5 */
function readDictionary(): English {
  const words = new Map<string, string>();
  const names = new Map<string, string>();
  for (const line of linesOf(dictionary.dic)) {
    const [stem = '', flags = ''] = line.split('/');
    const lower = stem.toLowerCase();
    const stems = stem === lower ? words : names;
    stems.set(lower, (stems.get(lower) ?? '') + flags);
  }
  const affixes = (kind: string, at: string) =>
    linesOf(dictionary.aff).flatMap(line => {
      const [name, flag = '', stripped = '', added = '', condition] = line.split(/\s+/);
      if (name !== kind || condition === undefined) return [];
      const isEmpty = (part: string) => (part === '0' ? '' : part);
      return [
        { flag, stripped: isEmpty(stripped), added: isEmpty(added), condition: new RegExp(at.replace('_', condition)) },
      ];
    });
  return { words, names, prefixes: [NOTHING, ...affixes('PFX', '^_')], suffixes: [NOTHING, ...affixes('SFX', '_$')] };
}

function linesOf(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).split('\n').filter(Boolean);
}
