/**
 * Makes English texts comparable before words are counted, by the rules of Whisper's English normaliser (appendix C of
 * "Robust Speech Recognition via Large-Scale Weak Supervision"): lower case, no brackets, no "um", contractions written
 * out, numbers as digits, American spelling, no punctuation.
 *
 * Ours differs from it in these points:
 * - a typographic apostrophe (’) is an apostrophe; Whisper's tears "don’t" into "don t";
 * - spellings are changed by rules over some 250 stems, which cover 70 % of Whisper's table of 1,739 words; the rest,
 *   mostly rare, stay British;
 * - no word vanishes: "price point and" keeps its "point", "minus" without a number stays a word, and "zero two two
 *   nine pounds" keeps all its digits;
 * - numbers end at trillions.
 */
import { americanize } from './american-spelling.ts';
import { rewriteNumbers } from './number-words.ts';

const spokenForms: Readonly<Record<string, string>> = {
  "won't": 'will not',
  "can't": 'can not',
  "let's": 'let us',
  "ain't": 'aint',
  "y'all": 'you all',
  "i'ma": 'i am going to',
  imma: 'i am going to',
  wanna: 'want to',
  kinda: 'kind of',
  sorta: 'sort of',
  dunno: 'do not know',
  gotta: 'got to',
  gonna: 'going to',
  woulda: 'would have',
  coulda: 'could have',
  shoulda: 'should have',
  cause: 'because',
  "ma'am": 'madam',
  mr: 'mister',
  mrs: 'missus',
  st: 'saint',
  dr: 'doctor',
  prof: 'professor',
  capt: 'captain',
  gov: 'governor',
  ald: 'alderman',
  gen: 'general',
  sen: 'senator',
  rep: 'representative',
  pres: 'president',
  rev: 'reverend',
  hon: 'honorable',
  asst: 'assistant',
  assoc: 'associate',
  lt: 'lieutenant',
  col: 'colonel',
  jr: 'junior',
  sr: 'senior',
  esq: 'esquire',
};

/** In this order: "'s been" is "has been" before "'s" is "is". */
const contractions: readonly (readonly [RegExp, string])[] = [
  [/'d (been|gone|done)\b/g, ' had $1'],
  [/'s (been|gone|got)\b/g, ' has $1'],
  [/n't\b/g, ' not'],
  [/'re\b/g, ' are'],
  [/'s\b/g, ' is'],
  [/'d\b/g, ' would'],
  [/'ll\b/g, ' will'],
  [/'t\b/g, ' not'],
  [/'ve\b/g, ' have'],
  [/'m\b/g, ' am'],
];

const spokenFormPattern = new RegExp(`\\b(?:${Object.keys(spokenForms).join('|')})\\b`, 'g');
/** Letters that canonical decomposition leaves whole. */
const plainLetters: Readonly<Record<string, string>> = {
  œ: 'oe',
  ø: 'o',
  æ: 'ae',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
};

/** The words of `text` as they are compared; empty when nothing is left. */
export function normalizeEnglish(text: string): string[] {
  const spoken = expandContractions(dropUnspoken(text.toLowerCase().replaceAll('’', "'")));
  const numbersKept = dropSymbols(spoken.replace(/(\d),(?=\d)/g, '$1').replace(/\.(?!\d)/g, ' '));
  return americanize(rewriteNumbers(numbersKept))
    .replace(/[.$¢€£](?!\d)/g, ' ')
    .replace(/(?<!\d)%/g, ' ')
    .split(/\s+/)
    .filter(Boolean);
}

function dropUnspoken(text: string): string {
  return text
    .replace(/[<[][^>\]]*[>\]]/g, '')
    .replace(/\([^)]+\)/g, '')
    .replace(/\b(?:hmm|mm|mhm|mmm|uh|um)\b/g, '')
    .replace(/\s+'/g, "'");
}

function expandContractions(text: string): string {
  const spoken = text.replace(spokenFormPattern, word => `${spokenForms[word]} `);
  return contractions.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), spoken);
}

/** Accents go; other marks, symbols and punctuation become spaces, but for what belongs to numbers. */
function dropSymbols(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[œøæßđðþł]/g, letter => plainLetters[letter]!)
    .replace(/[\p{M}\p{S}\p{P}]/gu, symbol => ('.%$¢€£'.includes(symbol) ? symbol : ' '));
}
