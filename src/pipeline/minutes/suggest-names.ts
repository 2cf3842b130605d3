/**
 * Who the speakers may be, by what was said: whoever is called answers next, whoever is thanked has just spoken, and whoever
 * introduces themselves says so. Only for people to confirm: words are heard wrong, and people speak to those who are not there.
 */
import type { NameSuggestion } from '../files.ts';
import type { Transcript, Turn } from '../meeting.ts';
import { isUnnamed } from '../tracks.ts';
import { findNames, mayBeName } from './names.ts';
import { cite, type Sentence, splitIntoSentences } from './sentences.ts';

const NAME = "(\\p{Lu}[\\p{Ll}']+(?:-\\p{Lu}\\p{Ll}+)?)";
const INTRODUCTIONS = [
  new RegExp(`\\b[Mm]y name(?:'s| is) ${NAME}`, 'u'),
  new RegExp(
    `^(?:(?:[Hh]i|[Hh]ello|[Hh]ey|[Gg]ood \\w+|[Mm]orning|[Ss]o|[Oo]kay)[ ,\\w]*, )?I(?:'m| am) ${NAME}(?:[,.!]|$| (?:and|from|here)\\b)`,
    'u',
  ),
  new RegExp(
    `^(?:(?:[Hh]i|[Hh]ello|[Hh]ey|[Gg]ood \\w+|[Mm]orning)[ ,\\w]*, )?[Tt]his is ${NAME}(?:[.!]|$| (?:speaking|here|from)\\b)`,
    'u',
  ),
  new RegExp(`^(?:[Hh]i|[Hh]ello|[Hh]ey)?,? ?${NAME} (?:here|speaking)[,.!]`, 'u'),
];
/** Somebody who is spoken of as having done something just now. */
const LOOKS_BACK = /\b(?:thanks|thank you|nice|well done|good point|great|agreed|exactly|good question)\b/iu;
/** What the words are worth: who says their own name knows it. */
const INTRODUCED = 3;
const CALLED = 1;
/** An answer after a longer pause may be anybody's. */
const LONGEST_PAUSE_MS = 5_000;
/** How much of what speaks for a name, and for a speaker, must agree. */
const LEAST_SHARE = 0.6;

interface Vote {
  name: string;
  speaker: string;
  weight: number;
  sentence: Sentence;
}

/** What voice and words say of a speaker without a name, the likeliest first. */
export function suggestionsFor(id: string, transcript: Transcript): NameSuggestion[] {
  const maybe = transcript.speakers.find(speaker => speaker.id === id)?.maybe;
  const said = suggestNames(transcript).get(id);
  const heard = maybe && ({ ...maybe, from: 'voice', evidence: null } as const);
  return [heard, said].filter(one => one !== undefined).sort((a, b) => b.confidence - a.confidence);
}

/** By speaker id; nothing for speakers that have a name, and at most one name each. */
export function suggestNames(transcript: Transcript): Map<string, NameSuggestion> {
  const { speakers, turns } = transcript;
  const sentences = splitIntoSentences(transcript);
  const unknown = new Set(speakers.filter(isUnnamed).map(({ id }) => id));
  if (unknown.size === 0) return new Map();
  const taken = new Set(speakers.map(({ label }) => label.toLowerCase()));
  const votes = collectVotes(sentences, turns, transcript).filter(({ name }) => !taken.has(name.toLowerCase()));
  const total = (of: Partial<Vote>) =>
    votes
      .filter(vote => (of.name ?? vote.name) === vote.name && (of.speaker ?? vote.speaker) === vote.speaker)
      .reduce((sum, { weight }) => sum + weight, 0);
  return new Map(
    [...unknown].flatMap((speaker): [string, NameSuggestion][] => {
      const names = [...new Set(votes.filter(vote => vote.speaker === speaker).map(({ name }) => name))];
      const [name] = names.toSorted((a, b) => total({ name: b, speaker }) - total({ name: a, speaker }));
      if (name === undefined) return [];
      const weight = total({ name, speaker });
      const share = Math.min(weight / total({ name }), weight / total({ speaker }));
      const [best] = votes
        .filter(vote => vote.name === name && vote.speaker === speaker)
        .toSorted((a, b) => b.weight - a.weight);
      const [evidence = null] = best ? cite([best.sentence]) : [];
      if (share < LEAST_SHARE || evidence === null) return [];
      return [[speaker, { name, confidence: confidenceOf(weight, share), from: 'words', evidence }]];
    }),
  );
}

function collectVotes(sentences: readonly Sentence[], turns: readonly Turn[], { speakers }: Transcript): Vote[] {
  const names = findNames(sentences, speakers);
  const byTurn = Map.groupBy(sentences, ({ turnIndex }) => turnIndex);
  return [...byTurn.values()].flatMap(own => {
    const last = own.findLast(sentence => names.called(sentence).length > 0);
    return own.flatMap((sentence): Vote[] => {
      const { speaker } = sentence.turn;
      const [introduced] = INTRODUCTIONS.flatMap(pattern => pattern.exec(sentence.text)?.[1] ?? []).filter(mayBeName);
      if (introduced !== undefined) return [{ name: introduced, speaker, weight: INTRODUCED, sentence }];
      const [name, other] = names.called(sentence);
      if (name === undefined || other !== undefined) return [];
      const looksBack = sentence === own[0] && !sentence.isQuestion && LOOKS_BACK.test(sentence.text);
      const before = looksBack ? neighbour(turns, sentence, -1) : undefined;
      // of several who are called in one turn the last one answers
      const after = before === undefined && sentence === last ? neighbour(turns, sentence, 1) : undefined;
      const meant = before ?? after;
      return meant === undefined ? [] : [{ name, speaker: meant, weight: CALLED, sentence }];
    });
  });
}

/** The other speaker who spoke right before, or speaks right after. */
function neighbour(turns: readonly Turn[], { turn, turnIndex }: Sentence, step: 1 | -1): string | undefined {
  const other = turns[turnIndex + step];
  if (!other || other.speaker === turn.speaker) return undefined;
  const pauseMs = step === 1 ? other.startMs - turn.endMs : turn.startMs - other.endMs;
  return pauseMs > LONGEST_PAUSE_MS ? undefined : other.speaker;
}

/** Never certain: 0.5 for one call that was answered, 0.88 for an introduction, less where votes disagree. */
function confidenceOf(weight: number, share: number): number {
  return Math.round(100 * share * (1 - 0.5 ** weight)) / 100;
}
