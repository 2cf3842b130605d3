/** Hears what people put right: words, items of the summary, what is done. */
import { z } from 'zod';
import { MOST_ITEM_CHARACTERS } from '../../pipeline/minutes/edit-summary.ts';
import { MOST_NAME_CHARACTERS, MOST_PHRASE_CHARACTERS } from '../../pipeline/recording-options.ts';
import type { Summary, SummaryItem } from '../../pipeline/summary.ts';
import { changesOfItem, isAction } from '../change-meeting.ts';
import { formatItemRef, parseItemRef } from '../item-ref.ts';
import { type ButtonSpec, buttons, context, message, paragraph } from '../message.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { MENU } from './custom-id.ts';
import { buildForm, optionsOffered } from './forms.ts';
import type { Heard } from './handlers.ts';
import { LIMITS } from './limits.ts';
import { buildModal, choiceField, textField } from './modal.ts';
import type { DiscordParts } from './parts.ts';
import { assertMayChange } from './rights.ts';

/** The list of items that can be corrected; the word that can be; the dialogs of both. */
const FIX_ITEM = 'fixitem';
const FIX_WORD = 'fixword';
const WORD_MODAL = 'word';
const ITEM_MODAL = 'item';

const YES = 'yes';
const STATUSES = [
  { value: 'open', label: 'to do' },
  { value: 'done', label: 'done' },
  { value: 'cancelled', label: 'cancelled' },
  { value: 'removed', label: 'wrong altogether: take it out' },
];
const KEPT = [
  { value: 'kept', label: 'right' },
  { value: 'removed', label: 'wrong altogether: take it out' },
];

export function listenToItems(parts: DiscordParts): void {
  const { handlers, changes, minutes } = parts;

  handlers.onMeeting(ACTIONS.fix, async ({ meeting, caller, responder }) => {
    assertMayChange(meeting, caller);
    const { summary } = await minutes.minutes(meeting.id);
    await responder.sayComponents(buildFixForm(meeting.id, summary));
  });
  handlers.onMeeting(FIX_WORD, async ({ meeting, caller, responder }) => {
    assertMayChange(meeting, caller);
    await responder.open(buildWordModal(meeting.id));
  });
  handlers.onMeeting(WORD_MODAL, async ({ meeting, caller, responder, answers }) => {
    assertMayChange(meeting, caller);
    const { heard = '', written = '', glossary = '' } = Object.fromEntries(answers);
    if (![heard, written].every(word => /[\p{L}\p{N}]/u.test(word) && word.length <= MOST_PHRASE_CHARACTERS))
      return await responder.say('Write the word as it stands in the transcript, and as it should be.');
    changes.correct(meeting, { heard, written }, glossary === YES, caller.user);
    await responder.say(`I write “${written}” instead of “${heard}”.`);
  });

  // what is done every member may say; what was said, and who shall do it, only whoever may change the minutes
  handlers.onMeeting(ACTIONS.tick, async ({ meeting, caller, responder, interaction, chosen }) => {
    const offered = optionsOffered(interaction.message?.components, interaction.data?.custom_id ?? '');
    await responder.acknowledge();
    await changes.tick(meeting, [...offered, ...chosen], chosen, caller.user);
  });

  const itemOf = async (heard: Heard, ref: string) => {
    const meeting = handlers.meetingOf(parseItemRef(ref)?.meetingId ?? '', heard.caller);
    return { meeting, item: await changes.itemOf(ref) };
  };
  handlers.onAction(ACTIONS.item, async heard => {
    const { value, caller, responder } = heard;
    const wish = value.slice(0, value.indexOf('.'));
    const { meeting, item } = await itemOf(heard, value.slice(value.indexOf('.') + 1));
    if (wish === MENU) return await responder.say(buildItemMenu(meeting.id, item));
    if (wish === 'edit') {
      assertMayChange(meeting, caller);
      return await responder.open(buildItemModal(meeting.id, item));
    }
    const change = { done: { status: 'done' }, open: { status: 'open' }, unassign: { owner: null } } as const;
    const known = z.enum(['done', 'open', 'unassign']).safeParse(wish).data;
    if (!known) return await responder.say('I do not know that any more. Look at the latest notes.');
    await responder.acknowledge();
    await changes.edit(meeting, item, change[known], caller.user);
  });
  handlers.onMeeting(FIX_ITEM, async heard => {
    const { meeting, caller, responder, chosen } = heard;
    assertMayChange(meeting, caller);
    const { item } = await itemOf(heard, chosen[0] ?? '');
    await responder.open(buildItemModal(meeting.id, item));
  });
  handlers.onAction(ITEM_MODAL, async heard => {
    const { caller, responder, answers, value } = heard;
    const { meeting, item } = await itemOf(heard, value);
    assertMayChange(meeting, caller);
    const { text = '', owner, due, status } = Object.fromEntries(answers);
    if (text === '') return await responder.say('Write what the item should say, or take it out.');
    if (due && !/^\d{4}-\d{2}-\d{2}$/.test(due)) return await responder.say('Write the day as 2026-12-31, or nothing.');
    const known = z.enum(['open', 'done', 'cancelled']).safeParse(status).data;
    const isRemoved = status === 'removed';
    const wanted = changesOfItem(item, {
      text: text.slice(0, MOST_ITEM_CHARACTERS),
      owner,
      due,
      status: known,
      isRemoved,
    });
    await responder.say(
      Object.keys(wanted).length === 0 ? 'Nothing is different, so nothing changes.' : 'I correct it.',
    );
    await changes.edit(meeting, item, wanted, caller.user);
  });
}

/** What can be put right. */
export function buildFixForm(meetingId: string, summary: Summary) {
  const items = [...summary.decisions, ...summary.actionItems, ...summary.questions, ...summary.numbers];
  const choices = items.map(item => ({ value: formatItemRef(meetingId, item), label: `${item.id} ${item.text}` }));
  const isMore = items.length > LIMITS.options;
  return buildForm({
    ...{ title: 'Put something right', action: FIX_ITEM, value: meetingId },
    ...(isMore && { blocks: [context(`The first ${LIMITS.options} items; the others have a menu in the notes.`)] }),
    fields: choices.length > 0 ? [{ name: 'item', label: 'Item', choices, chosen: '' }] : [],
    buttons: [{ action: FIX_WORD, label: 'A word or name that was heard wrong', value: meetingId }],
  });
}

/** A word as it was heard, and as it is written. */
export function buildWordModal(meetingId: string) {
  return buildModal('A word that was heard wrong', `${WORD_MODAL}:${meetingId}`, [
    textField({ id: 'heard', label: 'It says' }, { most: MOST_PHRASE_CHARACTERS }),
    textField({ id: 'written', label: 'It should say' }, { most: MOST_PHRASE_CHARACTERS }),
    choiceField(
      { id: 'glossary', label: 'Also in later recordings of this channel' },
      [
        { value: YES, label: 'Yes, into the glossary' },
        { value: 'no', label: 'No, only here' },
      ],
      YES,
    ),
  ]);
}

/** What can be done with one item of the notes. */
export function buildItemMenu(meetingId: string, item: SummaryItem) {
  const ref = formatItemRef(meetingId, item);
  const button = (wish: string, label: string): ButtonSpec => ({
    action: ACTIONS.item,
    label,
    value: `${wish}.${ref}`,
  });
  const choices = isAction(item)
    ? [
        item.status === 'open' ? button('done', 'Done') : button('open', 'Open again'),
        ...(item.owner ? [button('unassign', 'Not mine')] : []),
      ]
    : [];
  return message(item.text, [paragraph({ text: item.text }), buttons(...choices, button('edit', 'Edit …'))]);
}

/** What an item says; of an action item also who, when, and whether it is done. */
export function buildItemModal(meetingId: string, item: SummaryItem) {
  const text = textField(
    { id: 'text', label: 'What it says' },
    { initial: item.text, most: MOST_ITEM_CHARACTERS, isLong: true },
  );
  const fields = isAction(item)
    ? [
        text,
        textField(
          { id: 'owner', label: 'Who does it', hint: 'Empty: nobody yet.', isOptional: true },
          { initial: item.owner ?? undefined, most: MOST_NAME_CHARACTERS },
        ),
        textField(
          { id: 'due', label: 'Due', hint: 'A day such as 2026-12-31.', isOptional: true },
          { initial: item.due?.date ?? undefined, most: 10 },
        ),
        choiceField({ id: 'status', label: 'It is' }, STATUSES, item.status),
      ]
    : [text, choiceField({ id: 'status', label: 'It is' }, KEPT, 'kept')];
  return buildModal('Correct an item', `${ITEM_MODAL}:${formatItemRef(meetingId, item)}`, fields);
}
