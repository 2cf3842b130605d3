/** What people change in a summary: an item's words, owner, date and state. Kept beside the summary, and put over it. */
import { z } from 'zod';
import type { ActionItem, Summary, SummaryItem } from '../summary.ts';

export const MOST_ITEM_CHARACTERS = 300;
export const MOST_EDITS = 200;
const MOST_OWNER_CHARACTERS = 80;

export const summaryEdit = z.object({
  /** Of the item, `A1`; and its words before anybody changed it, since a summary that is made again counts anew. */
  item: z.string().max(20),
  was: z.string().max(2_000),
  text: z.string().trim().min(1).max(MOST_ITEM_CHARACTERS).optional(),
  owner: z.string().trim().min(1).max(MOST_OWNER_CHARACTERS).nullable().optional(),
  due: z
    .object({ text: z.string().max(80), date: z.iso.date().nullable() })
    .nullable()
    .optional(),
  status: z.enum(['open', 'done', 'cancelled']).optional(),
  /** It should not have been there. */
  removed: z.boolean().optional(),
});
export type SummaryEdit = z.infer<typeof summaryEdit>;

/** A later edit of the same item adds to the earlier one. The oldest go when there are too many. */
export function addEdit(edits: readonly SummaryEdit[], edit: SummaryEdit): SummaryEdit[] {
  const isSame = ({ item, was }: SummaryEdit) => item === edit.item && was === edit.was;
  const before = edits.find(isSame);
  return [...edits.filter(one => !isSame(one)), { ...before, ...edit }].slice(-MOST_EDITS);
}

/** What fits no item any more is told in a warning: nothing that a person wrote is dropped in silence. */
export function editSummary(summary: Summary, edits: readonly SummaryEdit[] = []): Summary {
  if (edits.length === 0) return summary;
  const items = [...summary.decisions, ...summary.actionItems, ...summary.questions, ...summary.numbers];
  const editOf = new Map<SummaryItem, SummaryEdit>();
  const warnings = [...summary.warnings];
  for (const edit of edits) {
    const sameWords = items.filter(({ text }) => text === edit.was);
    const item = sameWords.find(({ id }) => id === edit.item) ?? sameWords[0];
    if (item) editOf.set(item, { ...editOf.get(item), ...edit });
    else warnings.push(`What was changed about “${edit.was.slice(0, 80)}” fits no item any more and is left out.`);
  }
  const kept = <Item extends SummaryItem>(list: readonly Item[], change: (item: Item, edit: SummaryEdit) => Item) =>
    list.flatMap(item => {
      const edit = editOf.get(item);
      if (!edit) return [item];
      return edit.removed ? [] : [change(item, edit)];
    });
  return {
    ...summary,
    decisions: kept(summary.decisions, editItem),
    actionItems: kept(summary.actionItems, editAction),
    questions: kept(summary.questions, editItem),
    numbers: kept(summary.numbers, editItem),
    warnings,
  };
}

/** What a person wrote needs no other check. */
function editItem<Item extends SummaryItem>(item: Item, { text }: SummaryEdit): Item {
  return text === undefined ? item : { ...item, text, verified: true, reason: null, edited: true };
}

function editAction(action: ActionItem, edit: SummaryEdit): ActionItem {
  const { owner = action.owner, due = action.due, status = action.status } = edit;
  const isOther = owner !== action.owner || due !== action.due || edit.text !== undefined;
  const judged = isOther ? { verified: true, reason: null } : {};
  return { ...editItem(action, edit), owner, due, status, ...judged, edited: true };
}
