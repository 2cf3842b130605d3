/** Hears what people put right: words, items of the summary, what is done. */
import { HansardError } from '../../errors.ts';
import type { SummaryEdit } from '../../pipeline/minutes/edit-summary.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { SummaryItem } from '../../pipeline/summary.ts';
import { addToGlossary } from '../channel-settings.ts';
import { findItem, formatItemRef, parseItemRef } from '../item-ref.ts';
import { tasksOf } from '../present/present-minutes.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { type Answering, onDialog } from './answering.ts';
import { meetingOfTasks } from './blocks.ts';
import {
  buildFixDialog,
  buildItemDialog,
  FIX_DIALOG,
  ITEM_DIALOG,
  readFixDialog,
  readItemDialog,
} from './fix-dialog.ts';
import type { SlackParts } from './parts.ts';
import type { OnPress } from './presses.ts';

export function listenToItems(parts: SlackParts, onPress: OnPress, answering: Answering): void {
  const { app, slack, store, orchestrator, rights, minutes } = parts;
  const whoIs = (user: string) => `${SLACK_PLATFORM}:${user}`;

  onPress(
    ACTIONS.fix,
    ({ value }) => value,
    async ({ meeting, user, triggerId }) => {
      await rights.assertMayChange(meeting, user);
      const { summary } = await minutes.minutes(meeting.id);
      const view = buildFixDialog(meeting, summary);
      await slack.call('views.open', client => client.views.open({ trigger_id: triggerId, view }));
    },
  );
  onDialog(app, answering, FIX_DIALOG, readFixDialog, async ({ meeting, correction, isForGlossary }, user) => {
    await rights.assertMayChange(store.meetings.get(meeting.id), user);
    orchestrator.correct(meeting.id, { corrections: [correction] }, whoIs(user));
    const scope = `${SLACK_PLATFORM}:${meeting.channel}`;
    if (isForGlossary) addToGlossary(store.settings, scope, [correction], whoIs(user));
  });

  const edit = async (
    meetingId: string,
    item: SummaryItem,
    changes: Omit<SummaryEdit, 'item' | 'was'>,
    user: string,
  ): Promise<void> => {
    if (Object.keys(changes).length === 0) return;
    const was = await minutes.originalText(meetingId, item);
    orchestrator.correct(meetingId, { edits: [{ item: item.id, was, ...changes }] }, whoIs(user));
  };
  /** @throws HansardError `item_changed` */
  const itemOf = async (ref: string): Promise<SummaryItem> => {
    const parsed = parseItemRef(ref);
    const item = parsed && findItem((await minutes.minutes(parsed.meetingId)).summary, parsed);
    if (!item) throw new HansardError('item_changed', ref);
    return item;
  };

  // what is done every member may say; what was said, and who shall do it, only whoever may change the minutes
  onPress(
    ACTIONS.tick,
    ({ blockId }) => meetingOfTasks(blockId),
    async ({ meeting, user, chosen, offered }) => {
      await rights.assertIsMember(meeting.channel, user);
      const shown = new Set([...offered, ...chosen]);
      const ticked = new Set(chosen);
      for (const task of tasksOf((await minutes.minutes(meeting.id)).summary)) {
        const ref = formatItemRef(meeting.id, task);
        const isTicked = ticked.has(ref);
        if (shown.has(ref) && isTicked !== (task.status === 'done'))
          await edit(meeting.id, task, { status: isTicked ? 'done' : 'open' }, user);
      }
    },
  );
  onPress(
    ACTIONS.item,
    ({ value }) => parseItemRef(value.slice(value.indexOf('.') + 1))?.meetingId,
    async ({ meeting, user, triggerId, viewId, chosen: [value = ''] }) => {
      await rights.assertIsMember(meeting.channel, user);
      const wish = value.slice(0, value.indexOf('.'));
      const item = await itemOf(value.slice(value.indexOf('.') + 1));
      if (wish === 'done' || wish === 'open') return await edit(meeting.id, item, { status: wish }, user);
      if (wish === 'unassign') return await edit(meeting.id, item, { owner: null }, user);
      await rights.assertMayChange(meeting, user);
      const view = buildItemDialog(meeting, item);
      if (viewId) await slack.call('views.update', client => client.views.update({ view_id: viewId, view }));
      else await slack.call('views.open', client => client.views.open({ trigger_id: triggerId, view }));
    },
  );
  onDialog(app, answering, ITEM_DIALOG, readItemDialog, async ({ meeting: { id }, ref, changesOf }, user) => {
    await rights.assertMayChange(store.meetings.get(id), user);
    const item = await itemOf(ref);
    await edit(id, item, changesOf(item), user);
  });
}
