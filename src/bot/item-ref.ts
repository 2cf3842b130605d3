/** Names an item of a summary in what buttons carry: opaque, short, and of no use once the item has changed. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Summary, SummaryItem } from '../pipeline/summary.ts';

export interface ItemRef {
  meetingId: string;
  item: string;
  /** Of its words. */
  mark: string;
}

const parts = z.tuple([z.uuid(), z.string().regex(/^[A-Z]\d{1,4}$/), z.string().regex(/^[0-9a-f]{6}$/)]);

/** At most 60 characters: `id.A1.5f2a1c`. */
export function formatItemRef(meetingId: string, { id, text }: Pick<SummaryItem, 'id' | 'text'>): string {
  return [meetingId, id, markOf(text)].join('.');
}

/** Undefined for anything else. */
export function parseItemRef(text: string): ItemRef | undefined {
  const parsed = parts.safeParse(text.split('.'));
  if (!parsed.success) return undefined;
  const [meetingId, item, mark] = parsed.data;
  return { meetingId, item, mark };
}

/** Undefined when it is gone, or reads differently now. */
export function findItem(summary: Summary, { item, mark }: ItemRef): SummaryItem | undefined {
  const items = [...summary.decisions, ...summary.actionItems, ...summary.questions, ...summary.numbers];
  return items.find(({ id, text }) => id === item && markOf(text) === mark);
}

function markOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
