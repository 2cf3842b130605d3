/**
 * Answers a question from one meeting, without a model: the sentences that answer it, word for word, or none, which
 * means "not said". Sentences are ranked by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009)
 * over roots and synonyms; those around a sentence count as weaker fields of it (Robertson, Zaragoza and Taylor, Simple
 * BM25 Extension to Multiple Weighted Fields, 2004), because an answer often has none of the question's words.
 */
import type { Transcript } from '../meeting.ts';
import { findActions } from './find-actions.ts';
import { findDecisions } from './find-decisions.ts';
import { findQuestions } from './find-questions.ts';
import { isHostile } from './hostile-text.ts';
import { findNames } from './names.ts';
import { contentKeys, groupsOf } from './question-terms.ts';
import { createKindTest, kindOf, type Question, type QuestionTerm, readQuestion } from './read-question.ts';
import { type Sentence, splitIntoSentences } from './sentences.ts';
import { foldWords } from './words.ts';

export interface AnswerQuote {
  /** `T0001` … */
  turn: string;
  /** The label. */
  speaker: string;
  startMs: number;
  endMs: number;
  /** A sentence or two of the turn, as said. */
  quote: string;
}

export interface Answer {
  /** In time order; empty: not said. */
  quotes: AnswerQuote[];
}

const MOST_QUOTES = 3;
/** Of the score of the best sentence; below it a sentence only shares a word. */
const WORTH_QUOTING = 0.35;
/** A short sentence is quoted with the next one of its turn, up to this many words. */
const SHORT_WORDS = 10;
const MOST_JOINED_WORDS = 45;
/** The dates of decisions and tasks are not used here. */
const ANY_DAY = { year: 2000, month: 1, day: 1 };

export function answerQuestion(question: string, transcript: Transcript): Answer {
  const asked = readQuestion(question, transcript.speakers);
  const isAboutTasks = !asked.hasSubject && asked.asksForTasks && asked.speakers.length > 0;
  if (!asked.hasSubject && !isAboutTasks) return { quotes: [] };
  const sentences = splitIntoSentences(transcript);
  const labels = new Map(transcript.speakers.map(({ id, label }) => [id, label]));
  const chosen = isAboutTasks ? findTasks(asked, sentences, transcript) : choose(rank(asked, sentences));
  return { quotes: quote(chosen, sentences, labels) };
}

/** The moments in which those who are named took on their tasks. */
function findTasks(asked: Question, sentences: readonly Sentence[], transcript: Transcript): Sentence[] {
  const owners = new Set(asked.speakers.map(({ label }) => label));
  return findActions(sentences, transcript, findNames(sentences, transcript.speakers), ANY_DAY)
    .filter(({ owner, status }) => owner !== null && owners.has(owner) && status === 'open')
    .flatMap(({ evidence }) => evidence[0] ?? [])
    .slice(0, MOST_QUOTES)
    .sort((a, b) => a.index - b.index);
}

interface Ranked {
  sentence: Sentence;
  score: number;
  /** It has the kind of answer that is asked for: a day, a sum. */
  isKind: boolean;
  /** Coverage by its own words alone. */
  ownCoverage: number;
}

/** A term with how often each sentence says it. */
interface CountedTerm {
  term: QuestionTerm;
  /** By sentence; synonyms count less. */
  counts: number[];
  /** Weight of the term in this meeting. */
  weight: number;
}

/** How much of what is asked has to be said in one place, by weight. Tuned on questions about meetings; see the test. */
const MIN_COVERAGE = 0.45;
/** The same where a word that carries the question is nowhere in the meeting. */
const MIN_COVERAGE_UNSAID = 0.62;
/** Without the kind of answer that is asked for, one sentence has to say nearly all of the question. */
const MIN_COVERAGE_ALONE = 0.85;
const KIND_BONUS = 1.5;
/** Of a sentence that only stands near the words of the question. */
const CONTEXT_SHARE = 0.75;
/** Questions seldom answer. */
const QUESTION_SHARE = 0.7;
/** Of the reply to "how much" where "how much" is asked. */
const SAME_KIND_ASKED = 1.5;

function rank(asked: Question, sentences: readonly Sentence[]): Ranked[] {
  const terms = countTerms(asked, sentences);
  const isNowhere = ({ counts }: CountedTerm) => counts.every(count => count === 0);
  if (terms.some(one => one.term.isName && isNowhere(one))) return [];
  const isUnsaid = terms.some(one => one.term.weight === 1 && isNowhere(one));
  const least = isUnsaid ? MIN_COVERAGE_UNSAID : MIN_COVERAGE;
  const speakers = new Set(asked.saidBy.map(({ id }) => id));
  const score = createScorer(asked, terms, sentences);
  const ranked = sentences
    .filter(({ turn, text }) => (speakers.size === 0 || speakers.has(turn.speaker)) && !isHostile(text))
    .flatMap(sentence => score(sentence, least) ?? []);
  liftReplies(asked, ranked, sentences);
  const ofKind = ranked.filter(({ isKind }) => isKind);
  const alone = ranked.filter(({ ownCoverage }) => ownCoverage >= MIN_COVERAGE_ALONE);
  const answers = ofKind.length > 0 ? ofKind : alone;
  return (asked.needsKind ? answers : ranked).sort((a, b) => b.score - a.score || b.sentence.index - a.sentence.index);
}

/** The usual values are 1.2 to 2 and 0.5 to 0.8 (Robertson and Zaragoza); sentences differ less in length than pages. */
const K1 = 1.2;
const B = 0.3;

function createScorer(asked: Question, terms: readonly CountedTerm[], sentences: readonly Sentence[]) {
  const isKindOfAnswer = createAnswerTest(asked, sentences);
  const total = sum(terms.map(({ weight }) => weight));
  const averageSize = Math.max(1, sum(sentences.map(({ stems }) => stems.size)) / Math.max(1, sentences.length));
  return (sentence: Sentence, least: number): Ranked | undefined => {
    const isKind = isKindOfAnswer(sentence);
    if (!isKind && sentence.stems.size === 0) return undefined;
    const around = neighbours(sentence, sentences);
    const norm = K1 * (1 - B + B * Math.max(1, sentence.stems.size / averageSize));
    let score = 0;
    let covered = 0;
    let own = 0;
    for (const { term, counts, weight } of terms) {
      const count = counts[sentence.index] ?? 0;
      const frequency = count + sum(around.map(({ index, share }) => share * (counts[index] ?? 0)));
      const nearby = Math.max(0, ...around.map(({ index, cover }) => cover * Math.min(1, counts[index] ?? 0)));
      const isMet = term.isKind && isKind;
      score += (weight * frequency * (K1 + 1)) / (frequency + norm);
      covered += weight * (isMet ? 1 : Math.max(Math.min(1, count), nearby));
      own += weight * (isMet ? 1 : Math.min(1, count));
    }
    if (covered < least * total) return undefined;
    score *=
      (isKind ? KIND_BONUS : 1) * (sentence.isQuestion ? QUESTION_SHARE : 1) * (own > 0 || isKind ? 1 : CONTEXT_SHARE);
    return { sentence, score, isKind, ownCoverage: own / total };
  };
}

/** What is asked in the meeting is answered by who speaks next. */
function liftReplies(asked: Question, ranked: readonly Ranked[], sentences: readonly Sentence[]): void {
  const bySentence = new Map(ranked.map(one => [one.sentence, one]));
  for (const { sentence, score } of ranked) {
    if (!sentence.isQuestion) continue;
    const reply = besides(sentence, sentences, 1, 2).find(other => !other.isQuestion && other.turn !== sentence.turn);
    const one = reply && bySentence.get(reply);
    if (!one) continue;
    const isSame = asked.kind !== 'any' && kindOf(sentence.text) === asked.kind;
    const bonus = isSame ? SAME_KIND_ASKED : 1;
    one.score = Math.max(one.score * bonus, (score / QUESTION_SHARE) * bonus);
  }
}

/** What the sentences before and after lend, nearest first; "uh-huh" and the like do not count. */
const SHARE_BEFORE = [0.4, 0.25, 0.15, 0.1];
const SHARE_OF_QUESTION_BEFORE = [0.7, 0.55, 0.4, 0.25];
const SHARE_AFTER = [0.2, 0.1];
const COVER_BEFORE = [0.9, 0.9, 0.8, 0.7];
const COVER_AFTER = [0.8, 0.6];
const MAX_TURNS_AWAY = 6;
/** What is said from here on is about something else. */
const OPENS_TOPIC =
  /\b(?:(?:first|second|third|fourth|fifth|last|next|final|another|new) (?:topic|item|point|thing|question|subject)|item (?:one|two|three|four|five|six)|one more thing|mov(?:e|ing) on|any other business)\b|^(?:right, |okay, |ok, )?next,/iu;

interface Neighbour {
  index: number;
  /** Of its words in the score. */
  share: number;
  /** Of its words in what is covered. */
  cover: number;
}

function neighbours(sentence: Sentence, sentences: readonly Sentence[]): Neighbour[] {
  const before = besides(sentence, sentences, -1, SHARE_BEFORE.length).map(({ index, isQuestion }, at) => ({
    index,
    share: (isQuestion ? SHARE_OF_QUESTION_BEFORE : SHARE_BEFORE)[at] ?? 0,
    cover: COVER_BEFORE[at] ?? 0,
  }));
  const after = besides(sentence, sentences, 1, SHARE_AFTER.length).map(({ index }, at) => ({
    index,
    share: SHARE_AFTER[at] ?? 0,
    cover: COVER_AFTER[at] ?? 0,
  }));
  return [...before, ...after];
}

/** The nearest sentences with content, as long as the topic lasts. */
function besides(from: Sentence, sentences: readonly Sentence[], step: 1 | -1, count: number): Sentence[] {
  const found: Sentence[] = [];
  let isOpen = step === 1 || !OPENS_TOPIC.test(from.text);
  for (let at = from.index + step; isOpen && found.length < count; at += step) {
    const other = sentences[at];
    if (!other || Math.abs(other.turnIndex - from.turnIndex) > MAX_TURNS_AWAY) break;
    const opens = OPENS_TOPIC.test(other.text);
    if (step === 1 && opens) break;
    if (other.stems.size > 0) found.push(other);
    isOpen = !opens;
  }
  return found;
}

const SYNONYM_COUNT = 0.8;
/** Who says it matters less than what is said. */
const SPEAKER_WEIGHT = 0.7;

function countTerms(asked: Question, sentences: readonly Sentence[]): CountedTerm[] {
  const bags = sentences.map(({ text }) => countKeys(text));
  const counted = (term: QuestionTerm, counts: number[]): CountedTerm => {
    const n = counts.filter(count => count > 0).length;
    // plus one: never negative, as in Lucene's BM25Similarity
    return { term, counts, weight: term.weight * Math.log(1 + (sentences.length - n + 0.5) / (n + 0.5)) };
  };
  const terms = asked.terms.map(term => {
    const groups = groupsOf(term.key);
    const ofGroups = (bag: ReadonlyMap<string, number>) => Math.max(0, ...groups.map(group => bag.get(group) ?? 0));
    return counted(
      term,
      bags.map(bag => bag.get(term.key) ?? SYNONYM_COUNT * ofGroups(bag)),
    );
  });
  const others = asked.speakers.filter(speaker => !asked.saidBy.includes(speaker));
  const people = others.map(({ id, label }) => {
    const [name = ''] = foldWords(label);
    const counts = sentences.map(({ turn, text }) => (turn.speaker === id || foldWords(text).includes(name) ? 1 : 0));
    return counted({ key: name, weight: SPEAKER_WEIGHT, isKind: false, isName: false }, counts);
  });
  return [...terms, ...people];
}

function countKeys(text: string): Map<string, number> {
  const bag = new Map<string, number>();
  for (const { key } of contentKeys(text))
    for (const one of [key, ...groupsOf(key)]) bag.set(one, (bag.get(one) ?? 0) + 1);
  return bag;
}

function createAnswerTest(asked: Question, sentences: readonly Sentence[]): (sentence: Sentence) => boolean {
  if (asked.kind !== 'decision') {
    const test = createKindTest(asked);
    return ({ text }) => test(text);
  }
  const decisions = findDecisions(sentences, ANY_DAY);
  const settled = new Set([...decisions, ...findQuestions(sentences, decisions)].flatMap(({ evidence }) => evidence));
  return sentence => settled.has(sentence);
}

const CORRECTS =
  /\b(?:instead|correction|moves?|moved|chang(?:e|es|ed)|pushed|pushing|no longer|not any ?more|after all|actually|final|rather than|it is|is on|sum up|recap|agreed|decided)\b/iu;

/** By its own words: it has to name what it corrects. */
const CORRECTION_COVERAGE = 0.3;

/** The best, and what corrects the best later on. */
function choose(ranked: readonly Ranked[]): Sentence[] {
  const [best] = ranked;
  if (!best) return [];
  const good = ranked.filter(({ score }) => score >= WORTH_QUOTING * best.score).slice(0, MOST_QUOTES);
  const chosen = good.map(({ sentence }) => sentence);
  const last = Math.max(...chosen.map(({ index }) => index));
  const later = ranked.filter(
    ({ sentence: { index, text }, ownCoverage, isKind }) =>
      isKind && index > last && ownCoverage > CORRECTION_COVERAGE && CORRECTS.test(text),
  );
  const correction = later.toSorted((a, b) => b.sentence.index - a.sentence.index)[0]?.sentence;
  return (correction ? [...chosen.slice(0, MOST_QUOTES - 1), correction] : chosen).sort((a, b) => a.index - b.index);
}

function quote(
  chosen: readonly Sentence[],
  sentences: readonly Sentence[],
  labels: ReadonlyMap<string, string>,
): AnswerQuote[] {
  const quotes: AnswerQuote[] = [];
  let previous: Sentence | undefined;
  for (const sentence of chosen) {
    const { turn, startMs } = sentence;
    if (previous && sentence.index <= previous.index) continue;
    const next = sentences[sentence.index + 1];
    const count = wordCount(sentence);
    const joins =
      next?.turn === turn &&
      count <= SHORT_WORDS &&
      count + wordCount(next) <= MOST_JOINED_WORDS &&
      !OPENS_TOPIC.test(next.text) &&
      !isHostile(next.text);
    const last = joins ? next : sentence;
    const text = joins ? `${sentence.quote} ${next.quote}` : sentence.quote;
    previous = last;
    if (turn.text.includes(text))
      quotes.push({
        turn: turn.id,
        speaker: labels.get(turn.speaker) ?? turn.speaker,
        startMs,
        endMs: last.endMs,
        quote: text,
      });
  }
  return quotes;
}

function wordCount({ quote: said }: Sentence): number {
  return said.split(' ').length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
