/** Turns what the model answered into items with evidence, in code: times, quotes, dates and checks are ours. */
import type { Transcript } from '../../pipeline/meeting.ts';
import type { Day } from '../../pipeline/minutes/calendar.ts';
import { createEvidenceCheck, type EvidenceCheck } from '../../pipeline/minutes/check-evidence.ts';
import { findDue, findDueMentions } from '../../pipeline/minutes/due-dates.ts';
import { readByRules } from '../../pipeline/minutes/read-by-rules.ts';
import { seconds } from '../../pipeline/minutes/sentences.ts';
import { keepBorneOut } from '../../pipeline/minutes/suggest-names.ts';
import { foldWords, tidy } from '../../pipeline/minutes/words.ts';
import type { ActionItem, Evidence, SpeakerName, Summary, SummaryItem } from '../../pipeline/summary.ts';
import { createPlacer, type Placer } from './place-quote.ts';
import type { Reply, ReplyItem } from './reply.ts';
import { type FoundAction, type FoundItem, settleActions, settleDecisions, settleItems } from './settle-items.ts';

export type Items = Pick<Summary, 'topics' | 'decisions' | 'actionItems' | 'questions' | 'numbers'>;

/** @param replies one per part, in order; later moments win where they speak of the same thing */
export function buildItems(replies: readonly Reply[], transcript: Transcript, today: Day): Items {
  const place = createPlacer(transcript);
  const check = createEvidenceCheck(transcript, today);
  const rules = transcript.language === 'en' ? readByRules(transcript, today) : undefined;
  const labels = new Map(transcript.speakers.map(({ label }) => [label.toLowerCase(), label]));
  const found = (kind: 'decisions' | 'questions' | 'numbers') =>
    replies.flatMap(reply => reply[kind]).map(one => toItem(one, place));
  const actions = replies
    .flatMap(({ actionItems }) => actionItems)
    .map(one => toAction(one, toItem(one, place), labels, today));
  return {
    topics: toTopics(replies, transcript),
    decisions: numbered('D', settleDecisions(found('decisions'), rules), check),
    actionItems: settleActions(actions, rules).map((action, index): ActionItem => {
      const reason = check.action(action) ?? null;
      return { id: `A${index + 1}`, ...action, verified: reason === null, reason };
    }),
    questions: numbered('Q', settleItems(found('questions')), check),
    numbers: numbered('N', settleItems(found('numbers')), check),
  };
}

/** Names that pass the checks of items, and that the words give to that speaker; the others are left out. */
export function buildSpeakerNames(
  replies: readonly Reply[],
  transcript: Transcript,
  check: EvidenceCheck,
): SpeakerName[] {
  const place = createPlacer(transcript);
  const ids = new Map(
    transcript.speakers.flatMap(({ id, label }) => [id, label].map(said => [said.toLowerCase(), id])),
  );
  const read = replies
    .flatMap(({ speakerNames }) => speakerNames)
    .map(({ speaker, name, turn, quote }) => ({
      speaker: ids.get(speaker.trim().toLowerCase()) ?? speaker,
      name,
      evidence: place(turn, quote),
    }));
  return keepBorneOut(
    read.filter(({ name, evidence }) => check.item({ text: name, evidence: [evidence] }) === undefined),
    transcript,
  );
}

function toItem({ text, evidence }: ReplyItem, place: Placer): FoundItem {
  return { text: tidy(text), evidence: evidence.map(({ turn, quote }) => place(turn, quote)) };
}

function toAction(
  { owner, due, status }: Reply['actionItems'][number],
  item: FoundItem,
  labels: ReadonlyMap<string, string>,
  today: Day,
): FoundAction {
  const named = owner?.trim();
  return {
    ...item,
    owner: named ? (labels.get(named.toLowerCase()) ?? named) : null,
    due: toDue(due, item.evidence, today),
    status,
  };
}

function numbered(letter: string, items: readonly FoundItem[], check: EvidenceCheck): SummaryItem[] {
  return items.map((item, index) => {
    const reason = check.item(item) ?? null;
    return { id: `${letter}${index + 1}`, ...item, verified: reason === null, reason };
  });
}

/** The deadline as said; its date is worked out here, from the quotes if "the eleventh" alone says too little. */
function toDue(said: string | null, evidence: readonly Evidence[], today: Day): ActionItem['due'] {
  const text = said?.trim();
  if (!text) return null;
  const words = ` ${foldWords(text).join(' ')} `;
  const inQuotes = evidence
    .flatMap(({ quote }) => findDueMentions(quote, today))
    .find(mention => ` ${foldWords(mention.text).join(' ')} `.includes(words));
  return { text, date: findDue(text, today)?.date ?? inQuotes?.date ?? null };
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
