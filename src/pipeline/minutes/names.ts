/** The names that are said: who is spoken to, and who then speaks. */
import type { Speaker } from '../meeting.ts';
import type { Sentence } from './sentences.ts';
import { foldWords } from './words.ts';

const NO_NAMES = new Set(
  `okay ok yes yeah yep no nope so well right great good thanks thank sure perfect then also first second third finally
   honestly sorry actually um uh all everyone everybody guys both team folks now again anyway correct exactly agreed
   absolutely definitely alright fine lovely nice cool true please hi hello hey morning afternoon evening bye today
   tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday january february march april may june july
   august september october november december christmas easter and but or if because when while since basically maybe
   perhaps look listen see next last really wow oh ah ha mm hmm um later however still plus i we you they he she it this
   that there here what who why where how man mate sir madam dear love indeed course too though hopefully obviously
   part-time full-time eighteen interesting congratulations cheers welcome goodbye wait understood noted done brilliant
   excellent awesome super wonderful fantastic english german french spanish italian europe september decision action`.split(
    /\s+/,
  ),
);

const NAME = "\\p{Lu}[\\p{Ll}']+(?:-\\p{Lu}\\p{Ll}+)?";
const VOCATIVES = [
  new RegExp(`^(${NAME}),`, 'u'),
  new RegExp(
    `^(?:okay|ok|yes|so|right|great|good|and|perfect|well|thanks|thank you|hi|hello|hey|morning|good morning|sorry|now|then),? (${NAME})[,.?!]`,
    'iu',
  ),
  new RegExp(`, (${NAME})[.?!]$`, 'u'),
  new RegExp(`^(${NAME})\\?$`, 'u'),
  new RegExp(`[.,] (${NAME}), (?:can|could|will|would|please|do|are|is|have|how|what|where|when|you)\\b`, 'u'),
  new RegExp(`\\bmy name is (${NAME})|\\bthank you,? (${NAME})[.,!]`, 'u'),
];
/** A name given a task is a name even where nobody calls it. */
const SUBJECT = new RegExp(
  `(?:^|[,.] |\\b(?:and|so|then|to|from|with|ask|tell|that|but) )(${NAME}) (?:will|'ll|is going to|needs to|has to|should|can you|could you|is on leave)\\b`,
  'u',
);

export interface Names {
  /** The name as said, for any way of writing it; undefined when it is no name of a person here. */
  find(word: string): string | undefined;
  /** The names called in a sentence. */
  called(sentence: Sentence): string[];
  /** The speaker who is called so, where the answers make it certain. */
  speakerOf(name: string): string | undefined;
  all(): string[];
}

/** Finds people's names by how they are used; speakers with names count as known. */
export function findNames(sentences: readonly Sentence[], speakers: readonly Speaker[]): Names {
  const labels = speakers.filter(({ id, label }) => label !== id);
  const lowerCase = new Set(sentences.flatMap(({ quote }) => quote.match(/(?<![\p{L}'])\p{Ll}[\p{L}']*/gu) ?? []));
  const known = new Map<string, string>(labels.map(({ label }): [string, string] => [label.toLowerCase(), label]));
  const isName = (word: string) => !NO_NAMES.has(word.toLowerCase()) && !lowerCase.has(word.toLowerCase());
  for (const { text } of sentences) {
    for (const pattern of [...VOCATIVES, SUBJECT]) {
      const match = pattern.exec(text);
      const name = match?.[1] ?? match?.[2];
      if (name && /^\p{Lu}/u.test(name) && isName(name)) known.set(name.toLowerCase(), name);
    }
  }
  const called = ({ text }: Sentence) =>
    VOCATIVES.flatMap(pattern => {
      const match = pattern.exec(text);
      return known.get((match?.[1] ?? match?.[2] ?? '').toLowerCase()) ?? [];
    });
  const bySpeaker = matchSpeakers(sentences, called, labels);
  return {
    find: word => known.get(word.toLowerCase()),
    called: sentence => [...new Set(called(sentence))],
    speakerOf: name => bySpeaker.get(name.toLowerCase()),
    all: () => [...known.values()],
  };
}

/** Whoever answers most often when a name is called bears it; a tie or a rival leaves it open. */
function matchSpeakers(
  sentences: readonly Sentence[],
  called: (sentence: Sentence) => string[],
  labels: readonly Speaker[],
): Map<string, string> {
  const votes = new Map<string, Map<string, number>>();
  sentences.forEach((sentence, index) => {
    for (const name of called(sentence)) {
      const own = /\bmy name is\b/i.test(sentence.text);
      const thanked = /\bthank(?:s| you)\b/i.test(sentence.text);
      const answer = sentences.slice(index + 1, index + 12).find(({ turn }) => turn.speaker !== sentence.turn.speaker);
      const before = sentences.slice(0, index).findLast(({ turn }) => turn.speaker !== sentence.turn.speaker);
      const speaker = own ? sentence.turn.speaker : (thanked ? before : answer)?.turn.speaker;
      if (!speaker) continue;
      const counts = votes.get(name.toLowerCase()) ?? new Map<string, number>();
      counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
      votes.set(name.toLowerCase(), counts);
    }
  });
  const certain = new Map<string, string>();
  for (const [name, counts] of votes) {
    const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
    if (first && first[1] >= 2 * (second?.[1] ?? 0) && first[1] > (second?.[1] ?? 0)) certain.set(name, first[0]);
  }
  for (const { id, label } of labels) certain.set(label.toLowerCase(), id);
  return certain;
}

/** True where the words of a name all occur among the words said. */
export function isSaid(name: string, said: string): boolean {
  const words = new Set(foldWords(said).map(word => word.replace(/'s$/, '')));
  return foldWords(name).every(word => words.has(word));
}
