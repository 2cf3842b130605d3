/** Hears the buttons, menus and dialogs of a meeting. */
import type { Meeting } from '../../pipeline/store/meetings.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { createAnswering, onDialog } from './answering.ts';
import { buildFilesDialog } from './files-dialog.ts';
import { listenToItems } from './listen-items.ts';
import { memberName } from './member-name.ts';
import { buildNotesDialog } from './notes-dialog.ts';
import type { SlackParts } from './parts.ts';
import { createOnPress, type Press, pressSchema } from './presses.ts';
import { buildRerunDialog, RERUN_DIALOG, readRerunDialog } from './rerun-dialog.ts';
import { buildSpeakersDialog, readSpeakersDialog, SPEAKERS_DIALOG } from './speakers-dialog.ts';

/** What a word of `/transcribe` does as well. @returns what to say, when nothing shows it */
export type MeetingActions = Record<
  'cancel' | 'retry' | 'speakers' | 'forget',
  (meeting: Meeting, user: string, triggerId: string) => Promise<string | undefined>
>;

export function listenToMeetings(parts: SlackParts): MeetingActions {
  const { app, slack, store, changes, rights, teller, minutes, platform, keeper, voices } = parts;
  const answering = createAnswering(teller);
  const onPress = createOnPress(app, store, answering);
  listenToItems(parts, onPress, answering);
  const onButton = (action: string, work: (press: Press) => Promise<unknown>) =>
    onPress(action, ({ value }) => value, work);
  /** Of whoever may change the meeting. */
  const onOwnButton = (action: string, work: (press: Press) => Promise<unknown>) =>
    onButton(action, async press => {
      await rights.assertMayChange(press.meeting, press.user);
      await work(press);
    });

  const whoIsWho = async (id: string) => [await minutes.transcript(id), await minutes.namesRead(id)] as const;

  const actions: MeetingActions = {
    async cancel(meeting, user) {
      await rights.assertMayChange(meeting, user);
      await changes.cancel(meeting, user);
      return `I stop working on ${meeting.title}.`;
    },
    async retry(meeting, user) {
      await changes.retry(meeting, user);
      return `I try ${meeting.title} again.`;
    },
    async speakers(meeting, user, triggerId) {
      await rights.assertMayChange(meeting, user);
      const view = buildSpeakersDialog(meeting, ...(await whoIsWho(meeting.id)));
      await slack.call('views.open', client => client.views.open({ trigger_id: triggerId, view }));
      return undefined;
    },
    async forget(meeting, user) {
      await rights.assertMayChange(meeting, user);
      await changes.forget(meeting, user);
      return undefined;
    },
  };
  onButton(ACTIONS.cancel, ({ meeting, user, triggerId }) => actions.cancel(meeting, user, triggerId));
  onButton(ACTIONS.retry, ({ meeting, user, triggerId }) => actions.retry(meeting, user, triggerId));
  onButton(ACTIONS.speakers, ({ meeting, user, triggerId }) => actions.speakers(meeting, user, triggerId));
  onButton(ACTIONS.forget, ({ meeting, user, triggerId }) => actions.forget(meeting, user, triggerId));

  app.action(ACTIONS.take, async ({ ack, body }) => {
    const { user, channel, team, trigger_id: triggerId, actions: pressed } = pressSchema.parse(body);
    const seen = { team: team?.id ?? parts.team, channel: channel?.id ?? '', user: user.id, asked: true };
    keeper.noteFile({ ...seen, fileId: pressed[0].value ?? '' }, `take:${triggerId}`);
    await ack();
  });

  onOwnButton(ACTIONS.rerun, async ({ meeting, triggerId }) => {
    await slack.call('views.open', client =>
      client.views.open({ trigger_id: triggerId, view: buildRerunDialog(meeting) }),
    );
  });
  onDialog(app, answering, RERUN_DIALOG, readRerunDialog, async ({ meeting: { id }, wanted }, user) => {
    const meeting = store.meetings.get(id);
    await rights.assertMayChange(meeting, user);
    await changes.rerun(meeting, wanted, user);
  });

  onDialog(app, answering, SPEAKERS_DIALOG, readSpeakersDialog, async ({ meeting: { id }, ...wish }, user) => {
    const meeting = store.meetings.get(id);
    await rights.assertMayChange(meeting, user);
    const said = { ...wish.names, ...(await namesOf(wish.members)) };
    const names = await voices.confirm(meeting, said, wish.members);
    const [own] = Object.keys(wish.members).filter(speaker => wish.members[speaker] === user);
    // what was said is looked up now: it is made again once the speaker has a name
    const offer = own === undefined ? undefined : await voices.offer(meeting, own, { user, name: said[own] ?? user });
    changes.nameSpeakers(meeting, { names, merges: wish.merges }, user);
    if (offer) await teller.whisper({ channel: meeting.channel, user }, offer);
  });
  /** As they are called in the workspace. */
  const namesOf = async (members: Record<string, string>): Promise<Record<string, string>> => {
    const named = Object.entries(members).map(
      async ([speaker, user]) => [speaker, await memberName(slack, user)] as const,
    );
    return Object.fromEntries(await Promise.all(named));
  };
  onOwnButton(ACTIONS.clips, async ({ meeting, viewId }) => {
    const clips = await parts.cutClips(meeting);
    await platform.showClips(meeting, clips);
    const view = buildSpeakersDialog(meeting, ...(await whoIsWho(meeting.id)), true);
    if (viewId) await slack.call('views.update', client => client.views.update({ view_id: viewId, view }));
  });

  onButton(ACTIONS.notes, async ({ meeting, triggerId }) => {
    const view = buildNotesDialog(meeting, await minutes.minutes(meeting.id));
    await slack.call('views.open', client => client.views.open({ trigger_id: triggerId, view }));
  });
  onButton(ACTIONS.files, async ({ meeting, triggerId }) => {
    const files = await Promise.all(
      platform.filesOf(meeting.id).map(async ({ id: file }) => {
        const answer = await slack.call('files.info', client => client.files.info({ file }));
        return { name: answer.file?.title ?? answer.file?.name ?? file, url: answer.file?.permalink ?? '' };
      }),
    );
    const view = buildFilesDialog(meeting, files);
    await slack.call('views.open', client => client.views.open({ trigger_id: triggerId, view }));
  });
  // a button that only opens a link has to be answered as well
  app.action(/^hansard_open/, async ({ ack }) => await ack());

  return actions;
}
