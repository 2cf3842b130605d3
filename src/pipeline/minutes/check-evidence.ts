/**
 * The checks that decide `verified`, the same for every summarizer: cited turns exist, the quote is in them, and the
 * numbers, names, negations and dates of the text were said there. What fails is kept and says why.
 */
import type { Transcript, Turn } from '../meeting.ts';
import type { ActionItem, Evidence, SummaryItem } from '../summary.ts';
import type { Day } from './calendar.ts';
import { findDueMentions } from './due-dates.ts';
import { isHostile } from './hostile-text.ts';
import { isSaid } from './names.ts';
import { findNumbers } from './numerals.ts';
import { foldWords } from './words.ts';

const NEGATION = /\b(?:not|no(?!,|\s*$)|never|none|nobody|nothing|without|cannot|\p{L}+n't|isnt|dont|wont|cant)\b/iu;
/** Words that may be capitalised without being a name. */
const CALENDAR =
  /^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|q[1-4]|i|i'm|i'll|i'd|i've|ok|eod|eow|eom)$/i;

export interface EvidenceCheck {
  /** Undefined when the item stands, else the reason in plain words. */
  item(item: Pick<SummaryItem, 'text' | 'evidence'>): string | undefined;
  action(item: Pick<ActionItem, 'text' | 'evidence' | 'owner' | 'due'>): string | undefined;
}

/** @param today of the meeting, against which due dates were resolved */
export function createEvidenceCheck(transcript: Transcript, today: Day): EvidenceCheck {
  const turns = new Map(transcript.turns.map(turn => [turn.id, turn]));
  const labels = new Map(transcript.speakers.map(({ id, label }) => [id, label]));
  const foldedTurns = new Map<Turn, string>();
  const folded = (turn: Turn) => {
    const known = foldedTurns.get(turn) ?? ` ${foldWords(turn.text).join(' ')} `;
    foldedTurns.set(turn, known);
    return known;
  };
  const checkItem = (item: Pick<SummaryItem, 'text' | 'evidence'>): string | undefined => {
    if (item.evidence.length === 0) return 'no place in the recording is given';
    for (const { turn: id, quote } of item.evidence) {
      const turn = turns.get(id);
      if (!turn) return `there is no turn ${id}`;
      const words = foldWords(quote).join(' ');
      if (!words || !folded(turn).includes(` ${words} `)) return 'the quote is not in the recording';
      if (isHostile(quote)) return 'the quote gives orders to the note taker';
    }
    const cited = item.evidence.map(({ turn: id }) => turns.get(id)?.text ?? '').join(' ');
    return (
      unsaidNumber(item.text, cited) ??
      unsaidName(item.text, cited, [...labels.values()]) ??
      wrongNegation(item.text, item.evidence)
    );
  };
  return {
    item: checkItem,
    action: item => checkItem(item) ?? checkOwner(item, turns, labels) ?? checkDue(item, turns, today),
  };
}

function unsaidNumber(text: string, cited: string): string | undefined {
  const said = numbersOf(cited);
  for (const { value, words } of readNumbers(text)) {
    if (value > 1 && !said.has(value)) return `the number ${words} was not said there`;
  }
  return undefined;
}

function numbersOf(text: string): Set<number> {
  return new Set(readNumbers(text).map(({ value }) => value));
}

function readNumbers(text: string): { value: number; words: string }[] {
  const tokens = foldWords(text);
  return findNumbers(tokens).map(({ value, from, to }) => ({ value, words: tokens.slice(from, to).join(' ') }));
}

function unsaidName(text: string, cited: string, labels: readonly string[]): string | undefined {
  const allowed = new Set(labels.flatMap(label => foldWords(label)));
  for (const match of text.matchAll(/(?<!^|[.?!:]\s)(?<![\p{L}\p{N}'-])\p{Lu}[\p{L}'-]*/gu)) {
    const name = match[0].replace(/'s$/, '');
    if (CALENDAR.test(name) || foldWords(name).every(word => allowed.has(word))) continue;
    if (!isSaid(name, cited)) return `the name ${name} was not said there`;
  }
  return undefined;
}

/** Said with "not" and written without it, or the other way round. */
function wrongNegation(text: string, evidence: readonly Evidence[]): string | undefined {
  const quotes = evidence.map(({ quote }) => quote);
  if (NEGATION.test(text) && !quotes.some(quote => NEGATION.test(quote)))
    return 'the text says "not", the recording does not';
  const words = new Set(foldWords(text));
  const near = (quote: string) =>
    foldWords(quote).some(
      (word, at, all) =>
        word !== 'no' &&
        NEGATION.test(word) &&
        all.slice(at + 1, at + 3).some(next => next.length > 3 && words.has(next)),
    );
  const affirmed = quotes.some(quote => !near(quote));
  return !NEGATION.test(text) && quotes.length > 0 && !affirmed
    ? 'the recording says "not", the text does not'
    : undefined;
}

function checkOwner(
  { owner, evidence }: Pick<ActionItem, 'owner' | 'evidence'>,
  turns: ReadonlyMap<string, Turn>,
  labels: ReadonlyMap<string, string>,
): string | undefined {
  if (owner === null) return undefined;
  if ([...labels.values()].includes(owner)) return undefined;
  const cited = evidence.map(({ turn }) => turns.get(turn)?.text ?? '').join(' ');
  return isSaid(owner, cited) ? undefined : `${owner} neither speaks nor is named there`;
}

/** The deadline was said in a cited turn; its date is ours, computed from those words. */
function checkDue(
  { due, evidence }: Pick<ActionItem, 'due' | 'evidence'>,
  turns: ReadonlyMap<string, Turn>,
  today: Day,
): string | undefined {
  if (!due) return undefined;
  const cited = evidence.map(({ turn }) => turns.get(turn)?.text ?? '');
  const said = cited.some(text => ` ${foldWords(text).join(' ')} `.includes(` ${foldWords(due.text).join(' ')} `));
  if (!said) return `the due date "${due.text}" was not said there`;
  if (due.date === null) return undefined;
  const days = [due.text, ...cited].flatMap(text => findDueMentions(text, today));
  return days.some(({ date, event }) => date === due.date || event !== undefined)
    ? undefined
    : `the date ${due.date} does not follow from "${due.text}"`;
}
