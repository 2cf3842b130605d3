/** Hears what people put right: words, items of the summary, what is done. */
import { changesOfItem } from '../change-meeting.ts';
import { parseItemRef } from '../item-ref.ts';
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
  const { app, slack, store, changes, rights, minutes } = parts;

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
  onDialog(app, answering, FIX_DIALOG, readFixDialog, async ({ meeting: { id }, correction, isForGlossary }, user) => {
    const meeting = store.meetings.get(id);
    await rights.assertMayChange(meeting, user);
    changes.correct(meeting, correction, isForGlossary, user);
  });

  // what is done every member may say; what was said, and who shall do it, only whoever may change the minutes
  onPress(
    ACTIONS.tick,
    ({ blockId }) => meetingOfTasks(blockId),
    async ({ meeting, user, chosen, offered }) => {
      await rights.assertIsMember(meeting.channel, user);
      await changes.tick(meeting, [...offered, ...chosen], chosen, user);
    },
  );
  onPress(
    ACTIONS.item,
    ({ value }) => parseItemRef(value.slice(value.indexOf('.') + 1))?.meetingId,
    async ({ meeting, user, triggerId, viewId, chosen: [value = ''] }) => {
      await rights.assertIsMember(meeting.channel, user);
      const wish = value.slice(0, value.indexOf('.'));
      const item = await changes.itemOf(value.slice(value.indexOf('.') + 1));
      if (wish === 'done' || wish === 'open') return await changes.edit(meeting, item, { status: wish }, user);
      if (wish === 'unassign') return await changes.edit(meeting, item, { owner: null }, user);
      await rights.assertMayChange(meeting, user);
      const view = buildItemDialog(meeting, item);
      if (viewId) await slack.call('views.update', client => client.views.update({ view_id: viewId, view }));
      else await slack.call('views.open', client => client.views.open({ trigger_id: triggerId, view }));
    },
  );
  onDialog(app, answering, ITEM_DIALOG, readItemDialog, async ({ meeting: { id }, ref, answers }, user) => {
    const meeting = store.meetings.get(id);
    await rights.assertMayChange(meeting, user);
    const item = await changes.itemOf(ref);
    await changes.edit(meeting, item, changesOfItem(item, answers), user);
  });
}
