/** Hears the buttons, menus and dialogs of a meeting. */
import { ButtonStyle, ComponentType } from 'discord.js';
import { MOST_SPEAKERS, parseSpeakerRange } from '../../pipeline/recording-options.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import { LANGUAGES, modelChoices, STYLES, SUMMARIZERS, SUMMARY_LANGUAGES, templateChoices } from '../choices.ts';
import { type ButtonSpec, buttons, context, message, paragraph } from '../message.ts';
import { forgetButton } from '../present/present-minutes.ts';
import { presentNotes } from '../present/present-notes.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { exportVoiceButton, forgetVoiceButton } from '../present/present-voice.ts';
import { asRows, DISCORD_ROOM } from './components.ts';
import { ASK_FIRST } from './custom-id.ts';
import { buildForm, readForm, withChoice } from './forms.ts';
import type { Heard } from './handlers.ts';
import { DIRECT } from './interaction.ts';
import { listenToItems } from './listen-items.ts';
import { listenToSpeakers } from './listen-speakers.ts';
import type { DiscordParts } from './parts.ts';
import { readRerunForm } from './rerun-form.ts';
import { assertMayChange } from './rights.ts';

/** What a word of `/transcribe` does as well. */
export type MeetingActions = Record<
  'cancel' | 'retry' | 'speakers' | 'forget',
  (meeting: Meeting, heard: Heard) => Promise<void>
>;

const RERUN = 'rerun';
const RUN = 'run';
const AUTO = 'auto';
/** As a menu has them: one number, or a range. */
const SPEAKER_CHOICES = [
  { value: AUTO, label: 'I find out' },
  ...Array.from({ length: 12 }, (_, i) => ({ value: `${i + 1}`, label: `${i + 1}` })),
  ...['2-4', '3-6', '5-10', '8-16'].map(value => ({ value, label: value })),
];

export function listenToMeetings(parts: DiscordParts): MeetingActions {
  const { handlers, changes, minutes, platform } = parts;
  listenToItems(parts);
  const openSpeakers = listenToSpeakers(parts);

  const actions: MeetingActions = {
    async cancel(meeting, { caller, responder }) {
      assertMayChange(meeting, caller);
      await changes.cancel(meeting, caller.user);
      await responder.say(`I stop working on ${meeting.title}.`);
    },
    async retry(meeting, { caller, responder }) {
      await changes.retry(meeting, caller.user);
      await responder.say(`I try ${meeting.title} again.`);
    },
    async speakers(meeting, heard) {
      assertMayChange(meeting, heard.caller);
      await openSpeakers(meeting, heard);
    },
    async forget(meeting, { caller, responder }) {
      assertMayChange(meeting, caller);
      await changes.forget(meeting, caller.user);
      await responder.say('It is forgotten.');
    },
  };
  handlers.onMeeting(ACTIONS.cancel, heard => actions.cancel(heard.meeting, heard));
  handlers.onMeeting(ACTIONS.retry, heard => actions.retry(heard.meeting, heard));
  handlers.onMeeting(ACTIONS.speakers, heard => actions.speakers(heard.meeting, heard));
  handlers.onMeeting(ACTIONS.forget, heard => actions.forget(heard.meeting, heard));

  const forgetMeetingButton = (id: string, caller: Heard['caller']): ButtonSpec => {
    const meeting = handlers.meetingOf(id, caller);
    assertMayChange(meeting, caller);
    return forgetButton(meeting.id);
  };
  const ofCaller = [forgetVoiceButton(), exportVoiceButton()];
  handlers.onAction(ASK_FIRST.slice(0, -1), async ({ detail, value, caller, responder }) => {
    const asked = ofCaller.find(({ action }) => action === detail) ?? forgetMeetingButton(value, caller);
    const { confirm, ...button } = asked;
    if (detail !== button.action || !confirm) return await responder.say('I do not know that any more.');
    const question = [paragraph({ text: confirm.title, style: 'bold' }), paragraph({ text: confirm.text })];
    await responder.say(message(confirm.title, [...question, buttons({ ...button, label: confirm.yes })]));
  });

  handlers.onMeeting(ACTIONS.rerun, async ({ meeting, caller, responder }) => {
    assertMayChange(meeting, caller);
    await responder.sayComponents(buildRerunForm(meeting));
  });
  handlers.onMeeting(RERUN, async ({ meeting, caller, interaction, responder, chosen }) => {
    assertMayChange(meeting, caller);
    const { message: form, data } = interaction;
    await responder.update(withChoice(form?.components ?? [], data?.custom_id ?? '', chosen));
  });
  handlers.onMeeting(RUN, async ({ meeting, caller, interaction, responder }) => {
    assertMayChange(meeting, caller);
    const answers = readForm(interaction.message?.components ?? [], RERUN);
    const speakers = answers.get('speakers') ?? AUTO;
    const range = parseSpeakerRange(speakers) ?? { minSpeakers: 0, maxSpeakers: MOST_SPEAKERS };
    await changes.rerun(meeting, { ...range, ...readRerunForm(answers) }, caller.user);
    await responder.update(message('I run it again.', [paragraph({ text: `I run ${meeting.title} again.` })]));
  });

  handlers.onMeeting(ACTIONS.notes, async ({ meeting, responder }) => {
    const posted = { ...(await minutes.minutes(meeting.id)), meetingId: meeting.id, consent: '' };
    const [first, ...more] = presentNotes(posted, DISCORD_ROOM);
    if (first) await responder.say(first);
    if (more.length > 0) await responder.say('The rest is in the thread.');
  });
  handlers.onMeeting(ACTIONS.files, async ({ meeting, interaction, responder }) => {
    const addresses = platform.filesOf(meeting.id).map(({ place, id }) => {
      const where = `${interaction.guild_id ?? DIRECT}/${place.threadId ?? place.channel}/${id}`;
      return `https://discord.com/channels/${where}`;
    });
    const none = 'The files are not there yet, or were removed. Run it again to get them.';
    if (addresses.length === 0) return await responder.say(none);
    await responder.sayComponents(
      asRows(
        addresses.map((url, index) => ({
          ...{ type: ComponentType.Button, style: ButtonStyle.Link, url },
          label: addresses.length === 1 ? 'To the files' : `To the files, ${index + 1}`,
        })),
      ),
    );
  });

  return actions;
}

/** In which way: menus, and what starts it. */
export function buildRerunForm({ id, options }: Pick<Meeting, 'id' | 'options'>) {
  const chosen = (name: string, otherwise: string) => String(options[name] ?? otherwise);
  const { minSpeakers, maxSpeakers } = options;
  const range = !minSpeakers ? AUTO : minSpeakers === maxSpeakers ? `${minSpeakers}` : `${minSpeakers}-${maxSpeakers}`;
  // one that was chosen elsewhere stays until somebody chooses another
  const own = { value: range, label: range };
  const isOffered = SPEAKER_CHOICES.some(({ value }) => value === range);
  return buildForm({
    ...{ title: 'Run again', blocks: [context('Only a language model can translate.')], action: RERUN, value: id },
    fields: [
      {
        name: 'speakers',
        label: 'People',
        choices: isOffered ? SPEAKER_CHOICES : [...SPEAKER_CHOICES, own],
        chosen: range,
      },
      { name: 'language', label: 'They speak', choices: LANGUAGES, chosen: chosen('language', 'auto') },
      {
        name: 'model',
        label: 'Heard by',
        choices: modelChoices(chosen('model', 'moonshine-base')),
        chosen: chosen('model', 'moonshine-base'),
      },
      { name: 'summarizer', label: 'Summary written', choices: SUMMARIZERS, chosen: chosen('summarizer', 'auto') },
      { name: 'style', label: 'Length', choices: STYLES, chosen: chosen('summaryStyle', 'standard') },
      {
        name: 'template',
        label: 'It has',
        choices: templateChoices(chosen('summaryTemplate', 'minutes')),
        chosen: chosen('summaryTemplate', 'minutes'),
      },
      {
        name: 'summaryLanguage',
        label: 'Its language',
        choices: SUMMARY_LANGUAGES,
        chosen: chosen('summaryLanguage', 'meeting'),
      },
    ],
    buttons: [{ action: RUN, label: 'Run', value: id, style: 'primary' }],
  });
}
