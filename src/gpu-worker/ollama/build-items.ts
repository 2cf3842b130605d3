/** Turns what the model answered into items with evidence, in code: times, quotes, dates and checks are ours. */
import type { Transcript, Turn } from '../../pipeline/meeting.ts';
import type { Day } from '../../pipeline/minutes/calendar.ts';
import { createEvidenceCheck, type EvidenceCheck } from '../../pipeline/minutes/check-evidence.ts';
import { findDue } from '../../pipeline/minutes/due-dates.ts';
import { seconds } from '../../pipeline/minutes/sentences.ts';
import { contentStems, countShared, foldWords, overlapOf, tidy } from '../../pipeline/minutes/words.ts';
import type { ActionItem, Evidence, Summary, SummaryItem } from '../../pipeline/summary.ts';
import type { Reply, ReplyItem } from './reply.ts';

type Items = Pick<Summary, 'topics' | 'decisions' | 'actionItems' | 'questions' | 'numbers'>;

/** Shared part of the smaller set of words from which two items are one, said in two parts of the meeting. */
const SAME = 0.75;

/** @param replies one per part, in order; later ones win where they speak of the same thing */
export function buildItems(replies: readonly Reply[], transcript: Transcript, today: Day): Items {
  const place = createPlacer(transcript);
  const check = createEvidenceCheck(transcript, today);
  const labels = new Map(transcript.speakers.map(({ label }) => [label.toLowerCase(), label]));
  const items = (letter: string, found: readonly ReplyItem[]) =>
    merge(found.map(one => toItem(one, place))).map((item, index) => number(item, `${letter}${index + 1}`, check));
  const actions = merge(
    replies
      .flatMap(({ actionItems }) => actionItems)
      .map(one => ({
        ...toItem(one, place),
        owner: one.owner?.trim() ? (labels.get(one.owner.trim().toLowerCase()) ?? one.owner.trim()) : null,
        due: toDue(one.due, today),
        status: one.status,
      })),
  );
  return {
    topics: toTopics(replies, transcript),
    decisions: items(
      'D',
      replies.flatMap(({ decisions }) => decisions),
    ),
    actionItems: actions.map((action, index): ActionItem => {
      const reason = check.action(action) ?? null;
      return { id: `A${index + 1}`, ...action, verified: reason === null, reason };
    }),
    questions: items(
      'Q',
      replies.flatMap(({ questions }) => questions),
    ),
    numbers: items(
      'N',
      replies.flatMap(({ numbers }) => numbers),
    ),
  };
}

type Found = Pick<SummaryItem, 'text' | 'evidence'>;

function toItem({ text, evidence }: ReplyItem, place: Placer): Found {
  return { text: tidy(text), evidence: evidence.map(({ turn, quote }) => place(turn, quote)) };
}

function number(item: Found, id: string, check: EvidenceCheck): SummaryItem {
  const reason = check.item(item) ?? null;
  return { id, ...item, verified: reason === null, reason };
}

/** The same item from two parts is one, as it was left, with both moments as evidence. */
function merge<Item extends Found>(items: readonly Item[]): Item[] {
  const merged: { item: Item; stems: Set<string> }[] = [];
  for (const item of items) {
    const stems = contentStems(item.text);
    const at = merged.findIndex(other => countShared(other.stems, stems) >= 2 && overlapOf(other.stems, stems) >= SAME);
    const earlier = merged[at];
    if (!earlier) {
      merged.push({ item, stems });
      continue;
    }
    merged[at] = { item: { ...item, evidence: unite(earlier.item.evidence, item.evidence) }, stems };
  }
  return merged.map(({ item }) => item);
}

function unite(earlier: readonly Evidence[], later: readonly Evidence[]): Evidence[] {
  const isNew = (one: Evidence) => !earlier.some(({ turn, quote }) => turn === one.turn && quote === one.quote);
  return [...earlier, ...later.filter(isNew)];
}

/** The deadline as said; its date is worked out here, never by the model. */
function toDue(said: string | null, today: Day): ActionItem['due'] {
  const text = said?.trim();
  return text ? { text, date: findDue(text, today)?.date ?? null } : null;
}

/** A topic lasts until the next one begins; those at turns that do not exist are left out. */
function toTopics(replies: readonly Reply[], { turns }: Transcript): Summary['topics'] {
  const byId = new Map(turns.map(turn => [turn.id, turn]));
  const starts = replies
    .flatMap(({ topics }) => topics)
    .flatMap(({ title, turn }) => {
      const startMs = byId.get(turn)?.startMs;
      return startMs === undefined || tidy(title) === '' ? [] : [{ title: tidy(title), startMs }];
    })
    .sort((a, b) => a.startMs - b.startMs)
    .filter(({ startMs }, index, all) => startMs !== all[index - 1]?.startMs);
  const endMs = turns.reduce((latest, turn) => Math.max(latest, turn.endMs), 0);
  return starts.map(({ title, startMs }, index) => ({
    title,
    start: seconds(startMs),
    end: seconds(starts[index + 1]?.startMs ?? endMs),
  }));
}

type Placer = (turnId: string, quote: string) => Evidence;

/**
 * Finds the quote in its turn and gives the words as they were said, with their times. A quote that is not there is
 * kept as it is, for the check to refuse.
 */
function createPlacer({ turns }: Transcript): Placer {
  const byId = new Map(turns.map(turn => [turn.id, turn]));
  return (id, quote) => {
    const turn = byId.get(id);
    const found = turn && locate(turn, foldWords(quote));
    if (found) return { turn: id, ...found };
    return { turn: id, start: seconds(turn?.startMs ?? 0), end: seconds(turn?.endMs ?? 0), quote };
  };
}

function locate(turn: Turn, wanted: readonly string[]): Omit<Evidence, 'turn'> | undefined {
  const said = turn.words.flatMap((word, index) => foldWords(word.text).map(token => ({ token, index })));
  const isAt = (from: number) => wanted.every((token, offset) => said[from + offset]?.token === token);
  const from = wanted.length === 0 ? -1 : said.findIndex((_, index) => isAt(index));
  const first = said[from]?.index;
  const last = said[from + wanted.length - 1]?.index;
  if (first === undefined || last === undefined) return undefined;
  const words = turn.words.slice(first, last + 1);
  return {
    start: seconds(words[0]?.startMs ?? turn.startMs),
    end: seconds(words.at(-1)?.endMs ?? turn.endMs),
    quote: words.map(({ text }) => text).join(' '),
  };
}
