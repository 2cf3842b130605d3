/** The full notes as a dialog, for whoever does not want to look for them in the thread. Pure. */
import type { ModalView } from '@slack/types';
import { context } from '../message.ts';
import type { PostedMinutes } from '../present/present-minutes.ts';
import { presentNotes } from '../present/present-notes.ts';
import { asBlock, asSlack, SLACK_ROOM, unfold } from './blocks.ts';
import { buildDialog, type DialogMeeting } from './dialog.ts';
import { LIMITS } from './limits.ts';

/** What a dialog has no room for is in the thread. */
export function buildNotesDialog(
  meeting: DialogMeeting,
  minutes: Omit<PostedMinutes, 'meetingId' | 'consent'>,
): ModalView {
  const messages = presentNotes({ ...minutes, meetingId: meeting.id, consent: '' }, SLACK_ROOM);
  const blocks = messages.flatMap(one => unfold(asSlack(one)).blocks);
  const fitting =
    blocks.length <= LIMITS.viewBlocks
      ? blocks
      : [...blocks.slice(0, LIMITS.viewBlocks - 1), asBlock(context('The rest is in the thread.'))];
  return buildDialog('hansard_notes_dialog', meeting, { title: 'Full notes', blocks: fitting });
}
