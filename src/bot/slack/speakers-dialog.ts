/** The dialog that says who is who: names, members, speakers that are one person, with something that each of them said. Pure. */
import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Speaker, Transcript } from '../../pipeline/meeting.ts';
import { MOST_NAME_CHARACTERS } from '../../pipeline/recording-options.ts';
import { formatLength } from '../../pipeline/render/format-time.ts';
import type { SpeakerName } from '../../pipeline/summary.ts';
import { isUnnamed } from '../../pipeline/tracks.ts';
import { type Block, buttons, context, paragraph } from '../message.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { hintsOf, speakersShown } from '../present/speaker-quotes.ts';
import {
  buildDialog,
  choiceField,
  type DialogErrors,
  type DialogMeeting,
  personField,
  readDialog,
  textField,
} from './dialog.ts';

export const SPEAKERS_DIALOG = 'hansard_speakers_dialog';

const NOBODY = 'nobody';

/**
 * @param read names that a language model read in the words
 * @param areClipsPosted they are in the thread by now
 */
export function buildSpeakersDialog(
  meeting: DialogMeeting,
  transcript: Transcript,
  read: readonly SpeakerName[],
  areClipsPosted = false,
): ModalView {
  const shown = speakersShown(transcript);
  const unknown = shown.filter(isUnnamed);
  const help: Block[] =
    unknown.length === 0
      ? []
      : areClipsPosted
        ? [context('A few seconds of each unknown voice are in the thread now.')]
        : [
            context('Who is it? I can post a few seconds of each unknown voice in the thread.'),
            buttons({ action: ACTIONS.clips, label: 'Let me hear them', value: meeting.id }),
          ];
  return buildDialog(SPEAKERS_DIALOG, meeting, {
    title: 'Who is who',
    submit: 'Use these names',
    blocks: [...help, ...shown.flatMap(speaker => blocksOf(speaker, transcript, read, shown))],
  });
}

/** A name that only the voice says is not filled in: a dialog that is sent as it was confirms nothing. */
function nameField({ id, label, by, maybe }: Speaker): InputBlock {
  const byVoice = by === 'voice' ? label : maybe?.name;
  const hint = byVoice === undefined ? {} : { hint: 'By the voice alone so far: write the name to confirm it.' };
  const initial = by === 'voice' || label === id ? undefined : label;
  return textField(
    { block: `name.${id}`, label: 'Name', isOptional: true, ...hint },
    { initial, placeholder: byVoice, most: MOST_NAME_CHARACTERS },
  );
}

function blocksOf(
  speaker: Speaker,
  transcript: Transcript,
  read: readonly SpeakerName[],
  all: readonly Speaker[],
): (Block | KnownBlock)[] {
  const { id, speechMs } = speaker;
  const others = all.filter(other => other.id !== id);
  return [
    paragraph({ text: `${id}, ${formatLength(speechMs)} `, style: 'bold' }, ...hintsOf(id, transcript, read)),
    nameField(speaker),
    personField({ block: `member.${id}`, label: 'Or the member of this workspace', isOptional: true }),
    ...(others.length > 0
      ? [
          choiceField(
            { block: `same.${id}`, label: 'Is the same person as' },
            [
              { value: NOBODY, label: 'nobody else' },
              ...others.map(other => ({
                value: other.id,
                label: other.label === other.id ? other.id : `${other.label} (${other.id})`,
              })),
            ],
            NOBODY,
          ),
        ]
      : []),
  ];
}

export interface SpeakersWish {
  meeting: DialogMeeting;
  /** By speaker id, without those that were left empty. */
  names: Record<string, string>;
  /** Ids of people on the platform, by speaker id. */
  members: Record<string, string>;
  merges: Record<string, string>;
}

export function readSpeakersDialog(view: unknown): SpeakersWish | DialogErrors {
  const { meeting, answers } = readDialog(view);
  const under = (prefix: string) =>
    Object.fromEntries(
      [...answers]
        .filter(([block, value]) => block.startsWith(`${prefix}.`) && value !== '' && value !== NOBODY)
        .map(([block, value]) => [block.slice(prefix.length + 1), value]),
    );
  const merges = under('same');
  for (const id of Object.keys(merges)) {
    const stays = merges[id] ?? '';
    if (merges[stays] !== undefined)
      return { errors: { [`same.${id}`]: `${stays} is the same person as another already: choose that one.` } };
  }
  return { meeting, names: under('name'), members: under('member'), merges };
}
