/** The notes from which the abstract of a long meeting is written: what was found and checked, and what each part was about. */
import type { EvidenceCheck } from '../../pipeline/minutes/check-evidence.ts';
import type { Items } from './build-items.ts';
import { estimateTokens } from './plan-chunks.ts';
import type { Reply } from './reply.ts';

export interface Note {
  kind: 'decision' | 'task' | 'question' | 'part';
  text: string;
}

/** Of the room, for the decisions, tasks and questions; the parts share the rest. */
const ITEM_SHARE = 0.5;
/** What the prompt writes around a note. */
const NOTE_TOKENS = 6;

/**
 * Only what was verified comes in, and of the parts the sentences that the words bear out: an invention of one part
 * would be repeated by all. Where the room ends, the parts are shortened alike and later items left out.
 * @param room in tokens
 */
export function noteDown(replies: readonly Reply[], items: Items, check: EvidenceCheck, room: number): Note[] {
  const verified = (kind: Note['kind'], list: readonly { text: string; verified: boolean }[]): Note[] =>
    list.filter(item => item.verified).map(({ text }) => ({ kind, text }));
  const facts = [
    ...verified('decision', items.decisions),
    ...verified(
      'task',
      items.actionItems.map(item => ({
        ...item,
        text: item.owner === null ? item.text : `${item.owner}: ${item.text}`,
      })),
    ),
    ...verified('question', items.questions),
  ];
  const chosen = fitting(facts, room * ITEM_SHARE);
  const used = chosen.reduce((sum, note) => sum + costOf(note), 0);
  const shareOfPart = Math.max(0, Math.floor((room - used) / replies.length) - NOTE_TOKENS);
  const parts = replies.flatMap(({ abstract }): Note[] => {
    const text = firstSentences(abstract, shareOfPart, check);
    return text === '' ? [] : [{ kind: 'part', text }];
  });
  return [...parts, ...chosen];
}

function fitting(notes: readonly Note[], tokens: number): Note[] {
  let left = tokens;
  return notes.filter(note => {
    left -= costOf(note);
    return left >= 0;
  });
}

function costOf({ text }: Note): number {
  return estimateTokens(text) + NOTE_TOKENS;
}

function firstSentences(abstract: string, tokens: number, check: EvidenceCheck): string {
  let text = '';
  for (const sentence of abstract.split(/(?<=[.!?])\s+|(?<=[。！？])/u)) {
    if (check.statement(sentence) !== undefined) continue;
    const longer = text === '' ? sentence : `${text} ${sentence}`;
    if (estimateTokens(longer) > tokens) break;
    text = longer;
  }
  return text;
}
