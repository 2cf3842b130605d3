/**
 * Makes one list of what a language model found part by part. The later moment wins: an item that is said again, moved,
 * reassigned, done or cancelled ends in its last state, with both moments as evidence. Models see one part at a time and
 * miss what comes later; the rules go through the whole meeting in order, so their last word on an item counts too.
 */
import { dueOf } from '../../pipeline/minutes/build-extractive-summary.ts';
import type { Action } from '../../pipeline/minutes/find-actions.ts';
import type { Decision } from '../../pipeline/minutes/find-decisions.ts';
import type { RuleReading } from '../../pipeline/minutes/read-by-rules.ts';
import { cite, type Sentence } from '../../pipeline/minutes/sentences.ts';
import { subjectStems } from '../../pipeline/minutes/subject-stems.ts';
import { contentStems, countShared, foldWords, overlapOf, tidy } from '../../pipeline/minutes/words.ts';
import type { ActionItem, Evidence, SummaryItem } from '../../pipeline/summary.ts';

export type FoundItem = Pick<SummaryItem, 'text' | 'evidence'>;
export type FoundAction = FoundItem & Pick<ActionItem, 'owner' | 'due' | 'status'>;

/** Shared part of the smaller set of words from which two items are one. */
const SAME = 0.75;
/** The same, where the words are those of the subject alone and the rest may have changed. */
const SAME_SUBJECT = 0.8;
const MOST_EVIDENCE = 8;

/** Questions, numbers: said twice is said once. */
export function settleItems(items: readonly FoundItem[]): FoundItem[] {
  return merge(items, createSameness().isSame, (earlier, later) => ({ ...later, evidence: unite(earlier, later) }));
}

/** @param rules undefined where they do not know the language */
export function settleDecisions(items: readonly FoundItem[], rules: RuleReading | undefined): FoundItem[] {
  const { isSame, hasSameSubject } = createSameness();
  const settle = (list: readonly FoundItem[]) =>
    merge(
      list,
      (a, b) => isSame(a, b) || hasSameSubject(a, b),
      (earlier, later) => ({ ...later, evidence: unite(earlier, later) }),
    );
  const settled = settle(items);
  return rules ? settle(settled.map(item => replaceDecision(item, rules.decisions))) : settled;
}

/** @param rules undefined where they do not know the language */
export function settleActions(items: readonly FoundAction[], rules: RuleReading | undefined): FoundAction[] {
  const { isSame } = createSameness();
  const settle = (list: readonly FoundAction[]) => merge(list, isSame, goOn);
  const settled = settle(items);
  return rules ? settle(settled.map(item => bringUpToDate(item, rules))) : settled;
}

/** In the order of their last moments, each joined with the one that it continues. */
function merge<Item extends FoundItem>(
  items: readonly Item[],
  isOne: (earlier: Item, later: Item) => boolean,
  join: (earlier: Item, later: Item) => Item,
): Item[] {
  const merged: Item[] = [];
  for (const item of items.toSorted((a, b) => lastMoment(a) - lastMoment(b))) {
    const at = merged.findIndex(other => isOne(other, item));
    const earlier = merged[at];
    if (earlier) merged.splice(at, 1);
    merged.push(earlier ? join(earlier, item) : item);
  }
  return merged;
}

/** Compares each item with each other one, so the words of a text are looked at once. */
function createSameness() {
  const remember = (read: (text: string) => Set<string>) => {
    const known = new Map<string, Set<string>>();
    return (text: string): Set<string> => {
      const stems = known.get(text) ?? read(text);
      known.set(text, stems);
      return stems;
    };
  };
  const compare = (read: (text: string) => Set<string>, least: number) => (a: FoundItem, b: FoundItem) => {
    const [one, other] = [read(a.text), read(b.text)];
    return countShared(one, other) >= 2 && overlapOf(one, other) >= least;
  };
  return {
    isSame: compare(remember(contentStems), SAME),
    /** "Launch on the twelfth" and "launch on the nineteenth": numbers and days changed, the subject did not. */
    hasSameSubject: compare(remember(subjectStems), SAME_SUBJECT),
  };
}

/** The later state, with what it leaves unsaid from before. */
function goOn(earlier: FoundAction, later: FoundAction): FoundAction {
  const isLater = lastMoment(later) > lastMoment(earlier);
  return {
    ...later,
    owner: later.owner ?? earlier.owner,
    due: later.due ?? earlier.due,
    status: isLater || later.status !== 'open' ? later.status : earlier.status,
    evidence: unite(earlier, later),
  };
}

/** Where the meeting came back to a decision that the model has from an earlier moment, what was said last. */
function replaceDecision(item: FoundItem, decisions: readonly Decision[]): FoundItem {
  const cited = new Set(item.evidence.map(({ turn }) => turn));
  // agreement that comes later says nothing else; the decision itself must have been said again
  const isRestated = ({ stems, evidence }: Decision) => {
    const said = evidence.findLast(sentence => countShared(sentence.stems, stems) === stems.size);
    return said !== undefined && !cited.has(said.turn.id);
  };
  const later = decisions.find(
    decision =>
      goesOnFrom(item, decision.evidence) &&
      isRestated(decision) &&
      countShared(decision.subject, subjectStems(textWithQuotes(item))) >= 1,
  );
  if (!later) return item;
  return { text: later.text, evidence: unite(item, { evidence: cite(later.evidence) }) };
}

function bringUpToDate(item: FoundAction, { actions, decisions }: RuleReading): FoundAction {
  const stems = contentStems(item.text);
  const shared = (action: Action) => countShared(action.stems, stems);
  const [action] = actions
    .filter(one => goesOnFrom(item, one.evidence) && shared(one) >= Math.min(2, stems.size))
    .toSorted((a, b) => shared(b) - shared(a));
  if (!action) return item;
  const owner = action.owner ?? item.owner;
  const names = item.owner !== null && owner !== item.owner && foldWords(item.text).includes(item.owner.toLowerCase());
  return {
    text: names ? tidy(action.text) : item.text, // "Oliver gets the quotes" is no longer right
    owner,
    due: dueOf(action, decisions) ?? item.due,
    status: action.status === 'open' ? item.status : action.status,
    evidence: unite(item, { evidence: cite(action.evidence) }),
  };
}

/** True where the rules follow from a moment that the item cites to a later one that it does not. */
function goesOnFrom(item: FoundItem, evidence: readonly Sentence[]): boolean {
  const cited = new Set(item.evidence.map(({ turn }) => turn));
  const last = evidence.at(-1);
  return last !== undefined && !cited.has(last.turn.id) && evidence.some(({ turn }) => cited.has(turn.id));
}

function textWithQuotes({ text, evidence }: FoundItem): string {
  return [text, ...evidence.map(({ quote }) => quote)].join(' ');
}

function lastMoment({ evidence }: Pick<FoundItem, 'evidence'>): number {
  return Math.max(0, ...evidence.map(({ start }) => start));
}

/** In the order of time; where there is too much of it, where it began and how it went on last. */
function unite(...items: readonly Pick<FoundItem, 'evidence'>[]): Evidence[] {
  const all = items.flatMap(({ evidence }) => evidence);
  const ordered = all
    .filter((one, index) => all.findIndex(({ turn, quote }) => turn === one.turn && quote === one.quote) === index)
    .sort((a, b) => a.start - b.start);
  return ordered.length <= MOST_EVIDENCE ? ordered : [...ordered.slice(0, 2), ...ordered.slice(2 - MOST_EVIDENCE)];
}
