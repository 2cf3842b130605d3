/** The dialogs that put something right: a word that was heard wrong, or an item of the summary. Pure. */
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { MOST_ITEM_CHARACTERS } from '../../pipeline/minutes/edit-summary.ts';
import { type Correction, MOST_NAME_CHARACTERS, MOST_PHRASE_CHARACTERS } from '../../pipeline/recording-options.ts';
import type { Summary, SummaryItem } from '../../pipeline/summary.ts';
import { type ItemAnswers, isAction } from '../change-meeting.ts';
import { formatItemRef } from '../item-ref.ts';
import { paragraph } from '../message.ts';
import { ACTIONS } from '../present/present-progress.ts';
import {
  buildDialog,
  choiceField,
  type DialogErrors,
  type DialogMeeting,
  dateField,
  readDialog,
  selectOf,
  textField,
  tickField,
} from './dialog.ts';

export const FIX_DIALOG = 'hansard_fix_dialog';
export const ITEM_DIALOG = 'hansard_item_dialog';

export function buildFixDialog(meeting: DialogMeeting, summary: Summary): ModalView {
  const items = [...summary.decisions, ...summary.actionItems, ...summary.questions, ...summary.numbers];
  return buildDialog(FIX_DIALOG, meeting, {
    title: 'Put something right',
    submit: 'Correct it',
    blocks: [
      ...(items.length > 0
        ? [
            paragraph({ text: 'An item of the summary' }),
            {
              type: 'actions' as const,
              block_id: 'items',
              elements: [
                selectOf(
                  ACTIONS.item,
                  items.map(item => ({
                    value: `edit.${formatItemRef(meeting.id, item)}`,
                    label: `${item.id} ${item.text}`,
                  })),
                ),
              ],
            },
          ]
        : []),
      paragraph({ text: 'Or a word or name that was heard wrong, everywhere in this meeting' }),
      textField({ block: 'heard', label: 'It says' }, { most: MOST_PHRASE_CHARACTERS }),
      textField({ block: 'written', label: 'It should say' }, { most: MOST_PHRASE_CHARACTERS }),
      tickField({ block: 'glossary', label: 'Glossary' }, 'Also in later recordings of this channel', true),
    ],
  });
}

export type FixWish = { meeting: DialogMeeting; correction: Correction; isForGlossary: boolean };

export function readFixDialog(view: unknown): FixWish | DialogErrors {
  const { meeting, answers } = readDialog(view);
  const { heard = '', written = '', glossary = '' } = Object.fromEntries(answers);
  if (!/[\p{L}\p{N}]/u.test(heard)) return { errors: { heard: 'Write the word as it stands in the transcript.' } };
  if (!/[\p{L}\p{N}]/u.test(written)) return { errors: { written: 'Write the word as it should be.' } };
  return { meeting, correction: { heard, written }, isForGlossary: glossary === 'yes' };
}

const statuses = [
  { value: 'open', label: 'to do' },
  { value: 'done', label: 'done' },
  { value: 'cancelled', label: 'cancelled' },
];

export function buildItemDialog(meeting: DialogMeeting, item: SummaryItem): ModalView {
  const text = textField(
    { block: 'text', label: 'What it says' },
    { initial: item.text, most: MOST_ITEM_CHARACTERS, isLong: true },
  );
  const remove = tickField({ block: 'removed', label: 'Wrong altogether' }, 'Take it out', false);
  const blocks = isAction(item)
    ? [
        text,
        textField(
          { block: 'owner', label: 'Who does it', hint: 'Empty: nobody yet.', isOptional: true },
          { initial: item.owner ?? undefined, most: MOST_NAME_CHARACTERS },
        ),
        dateField({ block: 'due', label: 'Due', isOptional: true }, item.due?.date ?? null),
        choiceField({ block: 'status', label: 'It is' }, statuses, item.status),
        remove,
      ]
    : [text, remove];
  return buildDialog(
    ITEM_DIALOG,
    { ...meeting, item: formatItemRef(meeting.id, item) },
    {
      title: 'Correct an item',
      submit: 'Correct it',
      blocks,
    },
  );
}

const itemAnswers = z.object({
  text: z.string().min(1).max(MOST_ITEM_CHARACTERS),
  owner: z.string().optional(),
  due: z.string().optional(),
  status: z.enum(['open', 'done', 'cancelled']).optional(),
  removed: z.string().optional(),
});

export interface ItemWish {
  meeting: DialogMeeting;
  /** Of the item, as it stood when the dialog opened. */
  ref: string;
  answers: ItemAnswers;
}

export function readItemDialog(view: unknown): ItemWish | DialogErrors {
  const { meeting, answers } = readDialog(view);
  const parsed = itemAnswers.safeParse(Object.fromEntries(answers));
  if (!parsed.success) return { errors: { text: 'Write what the item should say, or take it out.' } };
  const { text, owner, due, status, removed } = parsed.data;
  return {
    meeting,
    ref: meeting.item ?? '',
    answers: { text, owner, due, status, isRemoved: removed === 'yes' },
  };
}
