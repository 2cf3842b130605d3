/** Hears who is who: a list of the speakers with something that each said, and a dialog for one of them. */
import { z } from 'zod';
import type { Speaker, Transcript } from '../../pipeline/meeting.ts';
import { MOST_NAME_CHARACTERS } from '../../pipeline/recording-options.ts';
import { formatLength } from '../../pipeline/render/format-time.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { SpeakerName } from '../../pipeline/summary.ts';
import { isUnnamed } from '../../pipeline/tracks.ts';
import { context, list, message, paragraph } from '../message.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { hintsOf, speakersShown } from '../present/speaker-quotes.ts';
import { cut, plain } from '../text.ts';
import { asDiscord } from './components.ts';
import { buildForm } from './forms.ts';
import type { Heard } from './handlers.ts';
import { nameOfResolved } from './interaction.ts';
import { buildModal, choiceField, personField, textField } from './modal.ts';
import type { DiscordParts } from './parts.ts';
import { assertMayChange } from './rights.ts';

const WHO = 'who';
const WHO_MODAL = 'whois';
const NOBODY = 'nobody';

const namesSchema = z.record(z.string(), z.string()).catch({});

/** @returns shows the list */
export function listenToSpeakers(parts: DiscordParts): (meeting: Meeting, heard: Heard) => Promise<void> {
  const { handlers, changes, minutes, platform, voices } = parts;

  handlers.onMeeting(WHO, async ({ meeting, caller, responder, chosen: [speaker = ''] }) => {
    assertMayChange(meeting, caller);
    const { speakers } = await minutes.transcript(meeting.id);
    const one = speakers.find(({ id }) => id === speaker);
    if (!one) return await responder.say('That speaker is not there any more. Press Speakers again.');
    await responder.open(buildSpeakerModal(meeting.id, one, speakers));
  });

  handlers.onMeeting(WHO_MODAL, async heard => {
    const { meeting, caller, responder, answers, detail: speaker, interaction } = heard;
    assertMayChange(meeting, caller);
    const { speakers } = await minutes.transcript(meeting.id);
    const member = answers.get('member') ?? '';
    const name = member === '' ? (answers.get('name') ?? '') : nameOfResolved(interaction, member);
    const same = answers.get('same') ?? '';
    const shown = cut(plain(name), MOST_NAME_CHARACTERS);
    const isMerged = same !== '' && same !== NOBODY;
    if (shown === '' && !isMerged) return await responder.say('Nothing was filled in, so nothing changes.');
    const isThere = (wanted: string) => speakers.some(({ id }) => id === wanted);
    if (!isThere(speaker) || (isMerged && (!isThere(same) || same === speaker)))
      return await responder.say('That speaker is not there any more. Press Speakers again.');
    const merges = isMerged ? { [speaker]: same } : {};
    // a dialog is of one speaker: the others keep their names
    const before = namesSchema.parse(meeting.options.speakerNames);
    const own = isMerged ? same : speaker;
    const accounts = member === '' ? {} : { [own]: member };
    const named = shown === '' ? {} : await voices.confirm(meeting, { [own]: shown }, accounts);
    // what was said is looked up now: it is made again once the speaker has a name
    const offer = member === caller.user ? await voices.offer(meeting, own, { user: member, name }) : undefined;
    changes.nameSpeakers(meeting, { names: { ...before, ...named }, merges }, caller.user);
    await responder.say(`${speaker} is ${named[own] ?? same} from now on.`);
    if (offer) await responder.say(offer);
  });

  handlers.onMeeting(ACTIONS.clips, async ({ meeting, caller, responder }) => {
    assertMayChange(meeting, caller);
    await platform.showClips(meeting, await parts.cutClips(meeting));
    await responder.say('A few seconds of each unknown voice are in the thread now.');
  });

  return async (meeting, { responder }) => {
    const transcript = await minutes.transcript(meeting.id);
    await responder.sayComponents(buildSpeakersForm(meeting.id, transcript, await minutes.namesRead(meeting.id)));
  };
}

/**
 * Each with something that was said, and a menu that leads to the dialog of one.
 * @param read names that a language model read in the words
 */
export function buildSpeakersForm(meetingId: string, transcript: Transcript, read: readonly SpeakerName[]) {
  const speakers = speakersShown(transcript);
  if (speakers.length === 0)
    return asDiscord(message('Nobody', [paragraph({ text: 'Nobody speaks in this recording.' })])).components;
  const isUnknown = speakers.some(isUnnamed);
  const lines = speakers.map(({ id, label, speechMs }) => [
    { text: `${label === id ? id : `${label} (${id})`}, ${formatLength(speechMs)} `, style: 'bold' as const },
    ...hintsOf(id, transcript, read),
  ]);
  return buildForm({
    ...{ title: 'Who is who', action: WHO, value: meetingId },
    blocks: [list(lines), context('Choose one to name it.')],
    fields: [
      {
        ...{ name: 'speaker', label: 'Name', chosen: '' },
        choices: speakers.map(({ id, label }) => ({ value: id, label: label === id ? id : `${label} (${id})` })),
      },
    ],
    buttons: isUnknown ? [{ action: ACTIONS.clips, label: 'Let me hear the unknown ones', value: meetingId }] : [],
  });
}

/** Of one speaker. */
export function buildSpeakerModal(meetingId: string, { id, label }: Speaker, all: readonly Speaker[]) {
  const others = all.filter(other => other.id !== id);
  const named = ({ id: other, label: name }: Speaker) => (name === other ? other : `${name} (${other})`);
  return buildModal(`Who is ${id}?`, `${WHO_MODAL}.${id}:${meetingId}`, [
    textField(
      { id: 'name', label: 'Name', isOptional: true },
      { initial: label === id ? undefined : label, most: MOST_NAME_CHARACTERS },
    ),
    personField({ id: 'member', label: 'Or the member of this server', isOptional: true }),
    ...(others.length > 0
      ? [
          choiceField(
            { id: 'same', label: 'Is the same person as', isOptional: true },
            [
              { value: NOBODY, label: 'nobody else' },
              ...others.map(other => ({ value: other.id, label: named(other) })),
            ],
            NOBODY,
          ),
        ]
      : []),
  ]);
}
