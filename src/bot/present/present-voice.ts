/** What people read who want to be recognised by their voice, or no longer. Pure. */
import type { ForgetReceipt } from '../../pipeline/voices/forget-person.ts';
import {
  type ButtonSpec,
  buttons,
  type ChatMessage,
  context,
  list,
  message,
  type Piece,
  paragraph,
  sentence,
} from '../message.ts';
import { ACTIONS } from './present-progress.ts';

export interface VoiceStanding {
  /** Whether voices are recognised in this installation. */
  isOn: boolean;
  /** Who they are, when they are known. */
  known: { name: string; samples: number; until: string } | undefined;
  /** They agreed, and their sample is to come. */
  isWaiting: boolean;
  /** ISO day until which a consent of now would hold. */
  until: string;
}

/** The value of buttons that are about whoever presses them. */
const MYSELF = 'me';

/** @param off the sentence that says who switches it on */
export function presentVoice({ isOn, known, isWaiting, until }: VoiceStanding, off: string): ChatMessage {
  if (!isOn && !known) return sentence(off);
  const first = known
    ? `I know your voice as “${known.name}”, until ${known.until}.`
    : 'If you agree, I recognise your voice in recordings that are posted to me, and put your name where you speak.';
  const remember: ButtonSpec = {
    ...{ action: ACTIONS.voice, value: MYSELF, style: 'primary' },
    label: known ? 'Add another sample' : 'Remember my voice',
  };
  return message(first, [
    paragraph({ text: 'Your voice', style: 'bold' }),
    paragraph({ text: first }),
    ...(isOn ? [] : [paragraph({ text: off })]),
    list(termsOf(known?.until ?? until).map(text => [{ text }])),
    ...(isWaiting ? [paragraph({ text: 'I wait for your sample: post it in our direct messages.' })] : []),
    buttons(
      ...(isOn ? [remember] : []),
      ...(known ? [exportVoiceButton()] : []),
      ...(known || isWaiting ? [forgetVoiceButton()] : []),
    ),
    context(
      known
        ? `${known.samples} samples. Another name: /transcribe voice, then name and how you are called.`
        : 'Only you can agree to it for yourself.',
    ),
  ]);
}

function termsOf(until: string): string[] {
  return [
    'What I keep: numbers that describe your voice, encrypted, on the machines where I run. Not the sample.',
    'Where a meeting took you for yourself and somebody confirms it, I learn from that meeting too.',
    `For how long: until ${until}, or until you withdraw.`,
    'How to withdraw: /transcribe voice, then “Forget my voice”.',
  ];
}

/** After somebody said that a speaker is themselves. @param quote something that the speaker says */
export function presentVoiceOffer(lessonId: string, quote: string, until: string): ChatMessage {
  const first = 'Shall I remember your voice, and put your name where you speak in later recordings?';
  return message(first, [
    paragraph({ text: first, style: 'bold' }),
    paragraph({ text: `I would learn it from this meeting, where you speak alone: ${quote}` }),
    list(termsOf(until).map(text => [{ text }])),
    buttons({
      ...{ action: ACTIONS.voiceClaim, value: lessonId, style: 'primary' },
      label: 'That is me, remember my voice',
    }),
    context('Only you can agree to it for yourself. Press nothing, and nothing is kept.'),
  ]);
}

export function forgetVoiceButton(): ButtonSpec {
  return {
    action: ACTIONS.voiceForget,
    label: 'Forget my voice',
    value: MYSELF,
    style: 'danger',
    confirm: {
      title: 'Forget your voice?',
      text: 'Your voice is deleted, your name becomes “Participant” in past minutes, and I do not know you again unless you ask for it.',
      yes: 'Forget my voice',
      no: 'Keep it',
    },
  };
}

export function exportVoiceButton(): ButtonSpec {
  return {
    action: ACTIONS.voiceExport,
    label: 'Everything kept about me',
    value: MYSELF,
    confirm: {
      title: 'Have everything sent to you?',
      text: 'You alone get a file, in this chat. It holds the numbers of your voice, no longer encrypted: keep it to yourself.',
      yes: 'Send me the file',
      no: 'Not now',
    },
  };
}

/** Goes with the file. */
export const EXPORT_NOTE =
  'This is everything that I keep about you. Meetings in which somebody only typed your name are not in it, since others may have that name: an administrator looks for these with hansard people export.';

/** @param receipts one for each workspace in which they were known */
export function presentReceipts(receipts: readonly ForgetReceipt[]): ChatMessage {
  const first = 'Your voice is forgotten.';
  const samples = receipts.reduce((sum, { voiceprints }) => sum + voiceprints, 0);
  return message(first, [
    paragraph({ text: first, style: 'bold' }),
    list([
      [{ text: `Samples deleted: ${samples}` }],
      [
        {
          text: `Meetings that are made again without your name: ${receipts.flatMap(({ meetings }) => meetings).length}`,
        },
      ],
      ...receipts.map(({ auditSeq, at, person }): Piece[] => [
        { text: `Receipt: row ${auditSeq} of the audit, ${at}, ` },
        { text: person, style: 'code' },
      ]),
    ]),
    context('Copies that somebody downloaded, and what others said of you, stay.'),
  ]);
}
