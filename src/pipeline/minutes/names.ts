/** The names that are said. */
import type { Speaker } from '../meeting.ts';
import type { Sentence } from './sentences.ts';
import { foldWords, isStopWord } from './words.ts';

const NO_NAMES = new Set(
  `okay ok yes yeah yep no nope so well right great good thanks thank sure perfect then also first second third finally
   honestly sorry actually um uh all everyone everybody guys both team folks now again anyway correct exactly agreed
   absolutely definitely alright fine lovely nice cool true please hi hello hey morning afternoon evening bye today
   tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday january february march april may june july
   august september october november december christmas easter and but or if because when while since basically maybe
   perhaps look listen see next last really wow oh ah ha mm hmm um later however still plus i we you they he she it this
   that there here what who why where how man mate sir madam dear love indeed course too though hopefully obviously
   part-time full-time eighteen interesting congratulations cheers welcome goodbye wait understood noted done brilliant
   excellent awesome super wonderful fantastic splendid marvellous terrific superb alas amazing incredible hang speaking moving regarding concerning likewise similarly meanwhile unfortunately sadly luckily ideally naturally certainly clearly seriously frankly typically normally usually generally personally initially eventually recently currently english german french spanish italian europe september decision action`.split(
    /\s+/,
  ),
);

const NAME = "\\p{Lu}[\\p{Ll}']+(?:-\\p{Lu}\\p{Ll}+)?";
const OPENING =
  '(?:okay|ok|yes|so|right|great|good|and|perfect|well|thanks|thank you|hi|hello|hey|morning|good morning|sorry|now|then|alright|sure|lovely|cool|but|oh)';
/** How a name is called, whatever the capitals: only names that are known count. @param name a pattern */
function vocativesOf(name: string): RegExp[] {
  const called = `(?:(?:mr|mrs|ms|miss|dr|doctor|professor)\\.? )?(${name})`;
  return [
    new RegExp(`^${called},`, 'iu'),
    new RegExp(`^(?:${OPENING},? )+${called}[,.?!]`, 'iu'),
    new RegExp(`, ${called}[.?!]?$`, 'iu'),
    new RegExp(`^${called}\\?$`, 'iu'),
    new RegExp(`[.,] ${called}, (?:can|could|will|would|please|do|are|is|have|how|what|where|when|you)\\b`, 'iu'),
    new RegExp(`^(?:${OPENING},? )*${called},? (?:can|could|will|would|do|are|have) you\\b`, 'iu'),
    new RegExp(`\\b(?:can|could|will|would) you,? ${called},? (?:please )?\\p{Ll}`, 'iu'),
    new RegExp(`\\bmy name is (${name})|\\bthank you,? ${called}[.,!]`, 'iu'),
  ];
}
const VOCATIVES = vocativesOf(NAME);
/** A name given a task is a name even where nobody calls it. */
const SUBJECT = new RegExp(
  `(?:^|[,.] |\\b(?:[Aa]nd|[Ss]o|[Tt]hen|to|from|with|[Aa]sk|[Tt]ell|that|[Bb]ut) )(${NAME}) (?:will|'ll|is going to|needs to|has to|should|can you|could you|said|promised|offered|is on leave)\\b`,
  'u',
);

export interface Names {
  /** The name as said, for any way of writing it; undefined when it is no name of a person here. */
  find(word: string): string | undefined;
  /** The names called in a sentence. */
  called(sentence: Sentence): string[];
}

/** Finds people's names by how they are used; speakers with names count as known. */
export function findNames(sentences: readonly Sentence[], speakers: readonly Speaker[]): Names {
  const labels = speakers.filter(({ id, label }) => label !== id);
  const lowerCase = new Set(sentences.flatMap(({ quote }) => quote.match(/(?<![\p{L}'])\p{Ll}[\p{L}']*/gu) ?? []));
  const known = new Map<string, string>(labels.flatMap(({ label }) => waysToCall(label, labels)));
  const isName = (word: string) => mayBeName(word) && !lowerCase.has(word.toLowerCase());
  for (const { text } of sentences) {
    for (const pattern of [...VOCATIVES, SUBJECT]) {
      const match = pattern.exec(text);
      const name = match?.[1] ?? match?.[2];
      if (name && /^\p{Lu}/u.test(name) && isName(name) && !known.has(name.toLowerCase()))
        known.set(name.toLowerCase(), name);
    }
  }
  const called = ({ text }: Sentence) =>
    VOCATIVES.flatMap(pattern => {
      const match = pattern.exec(text);
      return known.get((match?.[1] ?? match?.[2] ?? '').toLowerCase()) ?? [];
    });
  return {
    find: word => known.get(word.toLowerCase()),
    called: sentence => [...new Set(called(sentence))],
  };
}

/** Whether a name that is known is called in a text. @param name letters, hyphens, apostrophes and spaces */
export function isCalled(name: string, text: string): boolean {
  return vocativesOf(name).some(pattern => pattern.test(text));
}

/** "Anna Schmidt" is called "Anna" or "Schmidt", unless somebody else is as well. */
function waysToCall(label: string, labels: readonly Pick<Speaker, 'label'>[]): [string, string][] {
  const parts = label.split(/\s+/u).filter(part => /^\p{L}[\p{L}'-]+$/u.test(part) && mayBeName(part));
  const own = parts.filter(part => labels.every(one => one.label === label || !one.label.split(/\s+/u).includes(part)));
  return [label, ...own].map(name => [name.toLowerCase(), label]);
}

/** False for words that begin sentences, days, languages and the like. */
export function mayBeName(word: string): boolean {
  return !NO_NAMES.has(word.toLowerCase()) && !isStopWord(word.toLowerCase());
}

/** True where the words of a name all occur among the folded words that were said. */
export function isSaid(name: string, words: ReadonlySet<string>): boolean {
  return foldWords(name).every(word => words.has(word.replace(/'s$/u, '')));
}
