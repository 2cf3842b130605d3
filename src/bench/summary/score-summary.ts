/** How right a summary is: its items against facts that people wrote down, its verified items against the words. */
import type { Transcript } from '../../pipeline/meeting.ts';
import { numberValues } from '../../pipeline/minutes/numerals.ts';
import { contentStems, foldWords, overlapOf } from '../../pipeline/minutes/words.ts';
import type { Summary, SummaryItem } from '../../pipeline/summary.ts';
import type { Fact, Facts, SummaryCase } from './read-cases.ts';
import { measureRouge, type Rouge } from './rouge.ts';

export interface Counts {
  /** Facts that were found. */
  right: number;
  found: number;
  wanted: number;
}

export interface SummaryScore {
  decisions: Counts;
  actions: Counts;
  /** Among the actions that were found. */
  owners: number;
  dues: number;
  states: number;
  questions: Counts;
  /** Values, not sentences. */
  numbers: Counts;
  items: number;
  unverified: number;
  /** Of verified items: numbers and names that nobody said anywhere. */
  invented: number;
  coverage: number;
  rouge: Rouge | null;
}

/** Facts are worded by people: so much of the shorter text's words in common is the same thing. */
const SAME = 0.34;
/** Enough where it was also said at that moment. */
const SAME_AT_THE_MOMENT = 0.2;
const MOMENT_SECONDS = 2;

export function scoreSummary(summary: Summary, { transcript, names, facts, abstract }: SummaryCase): SummaryScore {
  const all = [...summary.decisions, ...summary.actionItems, ...summary.questions, ...summary.numbers];
  const nothing = { right: 0, found: 0, wanted: 0 };
  const empty = {
    decisions: nothing,
    actions: nothing,
    owners: 0,
    dues: 0,
    states: 0,
    questions: nothing,
    numbers: nothing,
  };
  return {
    ...(facts ? scoreItems(summary, facts, names) : empty),
    items: all.length,
    unverified: all.filter(({ verified }) => !verified).length,
    invented: countInvented(all, transcript),
    coverage: summary.coverage,
    rouge: abstract === undefined ? null : measureRouge(summary.abstract, abstract),
  };
}

function scoreItems(summary: Summary, facts: Facts, names: SummaryCase['names']) {
  const nameOf = (owner: string | null) => (owner === null ? null : (names?.get(owner) ?? owner));
  // a task that was called off may be told as a decision or as a cancelled task
  const isOptional = ({ id = '' }: Fact) => facts.action_items.some(action => id === `${action.id}_cancel`);
  const values = new Set(facts.decisions.flatMap(({ text }) => [...numberValues(text)]));
  // "moved from the twelfth to the nineteenth" has the old value and the new one
  const outdated = (item: SummaryItem) =>
    facts.superseded.some(
      old =>
        likeness(item, old) > Math.max(0, ...facts.decisions.map(one => likeness(item, one))) &&
        ![...numberValues(item.text)].some(value => values.has(value) && !numberValues(old.text).has(value)),
    );
  const decided = pair(
    facts.decisions,
    summary.decisions.filter(item => !outdated(item)),
  );
  const optional = facts.decisions.filter(isOptional);
  const told = decided.filter(([one]) => optional.includes(one)).length;
  const acted = pair(facts.action_items, summary.actionItems);
  const asked = pair(facts.questions, summary.questions);
  const wanted = new Set(facts.numbers.flatMap(text => [...numberValues(text)]));
  const found = new Set(summary.numbers.flatMap(({ text }) => [...numberValues(text)]));
  return {
    decisions: {
      right: decided.length - told,
      found: summary.decisions.length - told,
      wanted: facts.decisions.length - optional.length,
    },
    actions: { right: acted.length, found: summary.actionItems.length, wanted: facts.action_items.length },
    owners: acted.filter(([one, { owner }]) => nameOf(owner) === one.owner).length,
    dues: acted.filter(([one, { due }]) => (due?.date ?? null) === one.due_date).length,
    states: acted.filter(([one, { status }]) => status === one.status).length,
    questions: { right: asked.length, found: summary.questions.length, wanted: facts.questions.length },
    numbers: { right: [...wanted].filter(value => found.has(value)).length, found: found.size, wanted: wanted.size },
  };
}

/** Each fact with one item and each item with one fact, the likest first. */
function pair<F extends Fact, Item extends SummaryItem>(facts: readonly F[], items: readonly Item[]): [F, Item][] {
  const candidates = facts
    .flatMap(one => items.map(item => ({ one, item, score: likeness(item, one) })))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const pairs: [F, Item][] = [];
  for (const { one, item } of candidates)
    if (pairs.every(([taken, other]) => taken !== one && other !== item)) pairs.push([one, item]);
  return pairs;
}

/** 0 where they are not the same. */
function likeness(item: SummaryItem, { text, said }: Fact): number {
  const overlap = overlapOf(contentStems(item.text), contentStems(text));
  const isThere =
    said !== undefined &&
    item.evidence.some(({ start, end }) => start <= said.end + MOMENT_SECONDS && end >= said.start - MOMENT_SECONDS);
  if (overlap >= SAME) return overlap + (isThere ? 1 : 0);
  return isThere && overlap >= SAME_AT_THE_MOMENT ? overlap : 0;
}

/** Counted without the code that verifies: a number or name that is nowhere in the meeting. */
function countInvented(items: readonly SummaryItem[], { turns, speakers }: Transcript): number {
  const text = [...turns.map(turn => turn.text), ...speakers.map(({ label }) => label)].join('\n');
  // sentence by sentence: "thirty-eight. Twenty people …" are two numbers
  const values = new Set(text.split(/[.?!](?=\s)|\n/u).flatMap(sentence => [...numberValues(sentence)]));
  const words = new Set(foldWords(text).map(word => word.replace(/'s$/u, '')));
  const isInvented = ({ text: written }: SummaryItem) =>
    [...numberValues(written)].some(value => value > 1 && !values.has(value)) ||
    [...written.matchAll(/(?<=[\p{Ll},;] )\p{Lu}\p{Ll}+/gu)].some(
      ([name]) => !foldWords(name).every(word => words.has(word)),
    );
  return items.filter(item => item.verified && isInvented(item)).length;
}

/** Over several meetings; coverage and ROUGE are means. */
export function addScores(scores: readonly SummaryScore[]): SummaryScore {
  const sum = (of: (score: SummaryScore) => number) => scores.reduce((total, score) => total + of(score), 0);
  const counts = (of: (score: SummaryScore) => Counts): Counts => ({
    right: sum(score => of(score).right),
    found: sum(score => of(score).found),
    wanted: sum(score => of(score).wanted),
  });
  const rouges = scores.flatMap(({ rouge }) => rouge ?? []);
  const mean = (of: (rouge: Rouge) => number) => rouges.reduce((total, one) => total + of(one), 0) / rouges.length;
  return {
    decisions: counts(score => score.decisions),
    actions: counts(score => score.actions),
    owners: sum(score => score.owners),
    dues: sum(score => score.dues),
    states: sum(score => score.states),
    questions: counts(score => score.questions),
    numbers: counts(score => score.numbers),
    items: sum(score => score.items),
    unverified: sum(score => score.unverified),
    invented: sum(score => score.invented),
    coverage: sum(score => score.coverage) / Math.max(1, scores.length),
    rouge:
      rouges.length === 0
        ? null
        : { rouge1: mean(one => one.rouge1), rouge2: mean(one => one.rouge2), rougeL: mean(one => one.rougeL) },
  };
}

/** Precision, recall and F1; null where nothing was wanted and nothing found. */
export function ratesOf({ right, found, wanted }: Counts): { precision: number; recall: number; f1: number } | null {
  if (found + wanted === 0) return null;
  const ratio = (of: number) => (of === 0 ? 0 : right / of);
  return { precision: ratio(found), recall: ratio(wanted), f1: (2 * right) / (found + wanted) };
}
