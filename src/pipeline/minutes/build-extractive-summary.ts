/** The summary made of the meeting's own words: no language model, so nothing in it that was not said. */
import type { Transcript } from '../meeting.ts';
import type { SummarizeOptions } from '../ports.ts';
import type { ActionItem, Summary, SummaryItem } from '../summary.ts';
import { dayOf } from './calendar.ts';
import { createEvidenceCheck, type EvidenceCheck } from './check-evidence.ts';
import type { Action } from './find-actions.ts';
import type { Decision } from './find-decisions.ts';
import { findKeyNumbers } from './find-numbers.ts';
import { findQuestions } from './find-questions.ts';
import { countStems, findTopics, keyTerms, type Topic } from './find-topics.ts';
import { isHostile } from './hostile-text.ts';
import { rankSentences } from './rank-sentences.ts';
import { readByRules } from './read-by-rules.ts';
import { cite, type Sentence } from './sentences.ts';
import { foldWords, stem, tidy } from './words.ts';

/** What was found, before it is written down; the same facts steer the abstract. */
interface Facts {
  decisions: Decision[];
  actions: Action[];
}

/** @param abstractSentences how long the abstract may be */
export function buildExtractiveSummary(
  transcript: Transcript,
  { meetingDate, timeZone }: SummarizeOptions,
  abstractSentences: number,
): Summary {
  const today = dayOf(meetingDate, timeZone);
  const { sentences, decisions, actions } = readByRules(transcript, today);
  const check = createEvidenceCheck(transcript, today);
  const isEnglish = transcript.language === 'en';
  const topics = findTopics(sentences);
  return {
    schemaVersion: 1,
    title: buildTitle(sentences, topics),
    language: transcript.language,
    abstract: buildAbstract(sentences, { decisions, actions }, abstractSentences, isEnglish),
    topics,
    decisions: numbered('D', decisions, (id, decision) => toItem(id, decision, check)),
    actionItems: numbered('A', actions, (id, action) => toAction(id, action, decisions, check)),
    questions: numbered('Q', isEnglish ? findQuestions(sentences, decisions) : [], (id, question) =>
      toItem(id, question, check),
    ),
    numbers: numbered('N', findKeyNumbers(sentences), (id, number) => toItem(id, number, check)),
    method: 'extractive',
    model: null,
    coverage: 1,
    warnings: isEnglish || sentences.length === 0 ? [] : [NOT_ENGLISH],
  };
}

/** What was decided matters more to a reader than what was said most centrally. */
const DECISION_WEIGHT = 3;
const ACTION_WEIGHT = 1.3;
const NOT_ENGLISH =
  'Decisions, action items and questions are found by rules for English; this meeting is in another language.';

function numbered<Found, Item>(
  letter: string,
  found: readonly Found[],
  build: (id: string, one: Found) => Item,
): Item[] {
  return found.map((one, index) => build(`${letter}${index + 1}`, one));
}

function toItem(id: string, found: { text: string; evidence: Sentence[] }, check: EvidenceCheck): SummaryItem {
  const item = { text: found.text, evidence: cite(found.evidence) };
  const reason = check.item(item) ?? null;
  return { id, ...item, verified: reason === null, reason };
}

function toAction(id: string, action: Action, decisions: readonly Decision[], check: EvidenceCheck): ActionItem {
  const item = {
    text: tidy(action.text),
    evidence: cite(action.evidence),
    owner: action.owner,
    due: dueOf(action, decisions),
    status: action.status,
  };
  const reason = check.action(item) ?? null;
  return { id, ...item, verified: reason === null, reason };
}

export function dueOf(action: Action, decisions: readonly Decision[]): ActionItem['due'] {
  return action.due ? { text: action.due.text, date: action.due.date ?? eventDate(action, decisions) } : null;
}

/** "before the launch" has the date of the launch when a decision names one: "the launch is on the nineteenth". */
function eventDate({ due }: Action, decisions: readonly Decision[]): string | null {
  const head = due?.event?.split(' ').at(-1);
  if (!head) return null;
  const wanted = stem(head.toLowerCase());
  const decided = decisions.findLast(
    ({ text, day }) => day?.date && foldWords(text.slice(0, day.from)).some(word => stem(word) === wanted),
  );
  return decided?.day?.date ?? null;
}

function buildAbstract(
  sentences: readonly Sentence[],
  { decisions, actions }: Facts,
  count: number,
  isEnglish: boolean,
): string {
  if (sentences.length === 0) return 'Nothing was said in this recording.';
  const weights = new Map<Sentence, number>();
  for (const { evidence } of actions) for (const one of evidence) weights.set(one, ACTION_WEIGHT);
  for (const { evidence } of decisions) if (evidence[0]) weights.set(evidence[0], DECISION_WEIGHT);
  const ranked = rankSentences(sentences, count, weights).sort((a, b) => a.index - b.index);
  if (!isEnglish) return (ranked.length > 0 ? ranked : longest(sentences, count)).map(({ text }) => text).join(' ');
  const told = ranked.map(({ text }) => asStatement(text)).join(' ');
  return [told, decisions.length === 0 ? 'No decision was heard.' : ''].filter(Boolean).join(' ');
}

/** Of scripts without spaces words cannot be compared; the longest sentences say most. */
function longest(sentences: readonly Sentence[], count: number): Sentence[] {
  return sentences
    .filter(({ isQuestion, text }) => !isQuestion && !isHostile(text))
    .sort((a, b) => b.text.length - a.text.length)
    .slice(0, count)
    .sort((a, b) => a.index - b.index);
}

function asStatement(text: string): string {
  const core = tidy(
    text.replace(/^(?:(?:so|and|but|well|okay|right|yeah|yes|no|then|also|honestly|thanks)[,.]? )+/iu, ''),
  );
  return /[.?!…]$/u.test(core) ? core : `${core}.`;
}

/** The announced topics, else the words that the meeting is full of. */
function buildTitle(sentences: readonly Sentence[], topics: readonly Topic[]): string {
  const announced = topics.filter(({ title }) => !title.includes(',') && title.length <= 40).map(({ title }) => title);
  const terms = keyTerms(sentences, countStems(sentences), 3);
  const parts = announced.length >= 2 ? announced.slice(0, 3) : terms;
  return tidy(parts.map((part, index) => (index > 0 ? lowerFirst(part) : part)).join(', ')) || 'Meeting';
}

function lowerFirst(text: string): string {
  return /^\p{Lu}[\p{Ll} ]/u.test(text) && !/\s\p{Lu}/u.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}
