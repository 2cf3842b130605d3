/**
 * Who the speakers may be, by what was said: whoever is called answers next, whoever is thanked has just spoken, and whoever
 * introduces themselves says so. Only for people to confirm: words are heard wrong, and people speak to those who are not there.
 * A language model may read names that the rules do not know; whom they are said of, the rules decide.
 */
import type { NameSuggestion } from '../files.ts';
import type { Transcript, Turn } from '../meeting.ts';
import type { SpeakerName } from '../summary.ts';
import { isUnnamed } from '../tracks.ts';
import { findNames, isCalled, mayBeName, type Names } from './names.ts';
import { cite, type Sentence, splitIntoSentences } from './sentences.ts';
import { foldWords } from './words.ts';

/** @param name a pattern */
function introductionsOf(name: string): RegExp[] {
  return [
    new RegExp(`\\b[Mm]y name(?:'s| is) (${name})`, 'u'),
    new RegExp(
      `^(?:(?:[Hh]i|[Hh]ello|[Hh]ey|[Gg]ood \\w+|[Mm]orning|[Ss]o|[Oo]kay)[ ,\\w]*, )?I(?:'m| am) (${name})(?:[,.!]|$| (?:and|from|here)\\b)`,
      'u',
    ),
    new RegExp(
      `^(?:(?:[Hh]i|[Hh]ello|[Hh]ey|[Gg]ood \\w+|[Mm]orning)[ ,\\w]*, )?[Tt]his is (${name})(?:[.!]|$| (?:speaking|here|from)\\b)`,
      'u',
    ),
    new RegExp(`^(?:[Hh]i|[Hh]ello|[Hh]ey)?,? ?(${name}) (?:here|speaking)[,.!]`, 'u'),
  ];
}
const INTRODUCTIONS = introductionsOf("\\p{Lu}[\\p{Ll}']+(?:-\\p{Lu}\\p{Ll}+)?");
/** What a model may give as a name: up to four words of letters, which also make a safe pattern. */
const WRITTEN_NAME = /^\p{Lu}[\p{L}']*(?:[ -]\p{L}[\p{L}']*){0,3}$/u;
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

/** The transcript, made ready for looking up who is meant. */
interface Said {
  turns: readonly Turn[];
  /** By id of the turn, in order. */
  byTurn: ReadonlyMap<string, readonly Sentence[]>;
  names: Names;
}

/**
 * What voice and words say of a speaker without a name, the likeliest first.
 * @param read by a language model; of the same name the rules' own quote is given
 */
export function suggestionsFor(
  id: string,
  transcript: Transcript,
  read: readonly SpeakerName[] = [],
): NameSuggestion[] {
  const speaker = transcript.speakers.find(one => one.id === id);
  const heard = speaker?.maybe && ({ ...speaker.maybe, from: 'voice', evidence: null } as const);
  const said = speaker && isUnnamed(speaker) ? makeReady(transcript) : undefined;
  const byRules = said && suggestNames(transcript, said).get(id);
  // checked anew: speakers may have been merged or split since
  const votes = said ? read.flatMap(one => findVote(one, said) ?? []) : [];
  const byModel = countVotes(transcript, votes).get(id);
  const isSame = byRules?.name.toLowerCase() === byModel?.name.toLowerCase();
  return [heard, byRules, isSame ? undefined : byModel]
    .filter(one => one !== undefined)
    .sort((a, b) => b.confidence - a.confidence);
}

/** By speaker id; nothing for speakers that have a name, and at most one name each. */
export function suggestNames(transcript: Transcript, said: Said = makeReady(transcript)): Map<string, NameSuggestion> {
  return countVotes(transcript, collectVotes(said));
}

/**
 * Of the names that a language model read, those whose quote names the speaker by our rules, each once, with the whole sentence as
 * evidence. Nothing for speakers that have a name.
 */
export function keepBorneOut(read: readonly SpeakerName[], transcript: Transcript): SpeakerName[] {
  if (read.length === 0) return [];
  const said = makeReady(transcript);
  const unknown = new Set(transcript.speakers.filter(isUnnamed).map(({ id }) => id));
  const kept = read.flatMap(({ speaker, name, evidence }): SpeakerName[] => {
    const vote = unknown.has(speaker) ? findVote({ speaker, name, evidence }, said) : undefined;
    const [cited] = vote ? cite([vote.sentence]) : [];
    return vote && cited ? [{ speaker, name: vote.name, evidence: cited }] : [];
  });
  const keyOf = ({ speaker, name, evidence: { turn, start } }: SpeakerName) => [speaker, name, turn, start].join();
  return [...new Map(kept.map(one => [keyOf(one), one])).values()];
}

function makeReady(transcript: Transcript): Said {
  const sentences = splitIntoSentences(transcript);
  return {
    turns: transcript.turns,
    byTurn: Map.groupBy(sentences, ({ turn }) => turn.id),
    names: findNames(sentences, transcript.speakers),
  };
}

function countVotes({ speakers }: Transcript, all: readonly Vote[]): Map<string, NameSuggestion> {
  const unknown = new Set(speakers.filter(isUnnamed).map(({ id }) => id));
  const taken = new Set(speakers.map(({ label }) => label.toLowerCase()));
  const votes = all.filter(({ name }) => !taken.has(name.toLowerCase()));
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

function collectVotes(said: Said): Vote[] {
  return [...said.byTurn.values()].flatMap(own => {
    const last = findLastCall(own, said);
    return own.flatMap((sentence): Vote[] => {
      const { speaker } = sentence.turn;
      const [introduced] = INTRODUCTIONS.flatMap(pattern => pattern.exec(sentence.text)?.[1] ?? []).filter(mayBeName);
      if (introduced !== undefined) return [{ name: introduced, speaker, weight: INTRODUCED, sentence }];
      const [name, other] = said.names.called(sentence);
      if (name === undefined || other !== undefined) return [];
      const meant = whoIsMeant(sentence, own[0], last, said);
      return meant === undefined ? [] : [{ name, speaker: meant, weight: CALLED, sentence }];
    });
  });
}

/** The sentence of the quote where the name is said of that speaker by the same rules; undefined where it is not. */
function findVote({ speaker, name: written, evidence: { turn, quote } }: SpeakerName, said: Said): Vote | undefined {
  const name = written.trim().replace(/[’‘`]/gu, "'");
  const words = foldWords(name);
  const quoted = spaced(quote);
  if (!WRITTEN_NAME.test(name) || !words.every(mayBeName) || !quoted.includes(spaced(name))) return undefined;
  const own = said.byTurn.get(turn) ?? [];
  const introductions = introductionsOf(name);
  const votes = own.flatMap((sentence): Vote[] => {
    const all = spaced(sentence.quote);
    if (!all.includes(quoted) && !quoted.includes(all)) return [];
    if (introductions.some(pattern => pattern.test(sentence.text)))
      return [{ name, speaker: sentence.turn.speaker, weight: INTRODUCED, sentence }];
    const others = said.names.called(sentence).filter(other => !foldWords(other).some(word => words.includes(word)));
    if (!isCalled(name, sentence.text) || others.length > 0) return [];
    const meant = whoIsMeant(sentence, own[0], findLastCall(own, said), said);
    return meant === undefined ? [] : [{ name, speaker: meant, weight: CALLED, sentence }];
  });
  return votes.find(vote => vote.speaker === speaker);
}

/** Folded, with a space on either side of each word. */
function spaced(text: string): string {
  return ` ${foldWords(text).join(' ')} `;
}

function findLastCall(own: readonly Sentence[], { names }: Said): Sentence | undefined {
  return own.findLast(sentence => names.called(sentence).length > 0);
}

/** Who is called in a sentence: whoever is thanked at the beginning of a turn has just spoken, others speak next. */
function whoIsMeant(
  sentence: Sentence,
  first: Sentence | undefined,
  last: Sentence | undefined,
  { turns }: Said,
): string | undefined {
  const looksBack = sentence === first && !sentence.isQuestion && LOOKS_BACK.test(sentence.text);
  const before = looksBack ? neighbour(turns, sentence, -1) : undefined;
  if (before !== undefined) return before;
  // of several who are called in one turn the last one answers
  return last && last.index > sentence.index ? undefined : neighbour(turns, sentence, 1);
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
